"""Controls over HTTP on documents that are sent along, and reports of what the store has."""

from __future__ import annotations

import json
from typing import Any

import pytest

from canonical_model.schemas import example
from node_server.operations import terms as naming
from node_server.store import terms

from ..conftest import Served
from .trade import Trade, came, credit, invoice, new_trade, order, receipt, state


@pytest.fixture(scope="module")
def served(lasting: Served) -> Served:
    return lasting


@pytest.fixture(autouse=True)
def trade() -> None:
    new_trade()


def sent(*kinds: str) -> list[Any]:
    return [json.loads(example(kind)) for kind in kinds]


def test_an_invoice_that_is_sent_is_matched_and_not_kept(served: Served) -> None:
    bill, *others = sent("invoice", "purchase_order", "goods_receipt")
    body: dict[str, Any] = {"document": bill, "documents": others}
    found = served.post("/v1/match", "mapper", json=body).get_json()
    assert (found["holds"], found["reasons"]) == (True, ["DEL", "QUA"])
    assert served.get("/v1/documents?number=INV-00123").get_json()["data"] == []
    lenient = body | {"settings": {"rules": [{"receipt": "not_required"}]}}
    assert served.post("/v1/match", "mapper", json=lenient).get_json()["verdict"] == "matched"


def test_records_as_map_gives_them_are_taken_too(served: Served) -> None:
    bill, *others = sent("invoice", "purchase_order")
    body = {"document": {"document": bill}, "documents": [{"document": each} for each in others]}
    assert served.post("/v1/match", json=body).get_json()["verdict"] == "not_received"


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"document": {"kind": "nothing"}, "documents": []}, "document."),
        ({"document": {"kind": "party", "name": "x"}, "documents": []}, "document.kind"),
        ({"document": {"kind": "invoice"}, "documents": [{"kind": "invoice", "lines": 1}]},
         "documents[0]."),
        ({"document": {"kind": "invoice"}, "documents": [], "settings": {"rulez": []}}, "rulez"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(served: Served, body: Any, path: str) -> None:
    refused = served.post("/v1/match", json=body)
    assert refused.status_code == 422, refused.text
    assert refused.get_json()["errors"][0]["path"].startswith(path)


def test_costs_are_spread_to_the_cent(served: Served) -> None:
    costs = [{"name": "Freight", "amount": "10.00", "basis": "quantity"}]
    body = {"documents": sent("purchase_order", "goods_receipt"), "costs": costs, "currency": "EUR"}
    found = served.post("/v1/landed-cost", "mapper", json=body).get_json()
    (line,) = found["lines"]
    assert (line["landed"], line["unit_cost"]) == ("10.00", "78.333333333")
    body["costs"] = [costs[0] | {"basis": "colour"}]
    refused = served.post("/v1/landed-cost", json=body).get_json()
    assert refused["errors"][0]["path"] == "costs[0].basis"


def test_received_and_not_invoiced_comes_out_of_the_store(served: Served) -> None:
    came(served, order("PO-9"), receipt("GR-9", "8", "PO-9"), invoice("A-9", "3", named="PO-9"))
    asked = "/v1/accruals?on=2026-02-28&accrued=408000&expense=607000"
    found = served.get(asked).get_json()
    (line,) = [each for each in found["lines"] if each["order"] == Trade.called("PO-9")]
    assert (line["open"], line["amount"], line["age_days"]) == ("5", "25.00", 28)
    (journal,) = found["journals"]
    assert journal["reversal"]["reverses"] == journal["entry"]["number"]
    assert journal["reversal"]["issue_date"] == "2026-03-01"
    assert "journals" not in served.get("/v1/accruals?on=2026-02-28").get_json()
    refused = served.get("/v1/accruals?on=2026-02-31")
    assert (refused.status_code, refused.get_json()["errors"][0]["path"]) == (400, "on")


def test_only_bills_are_matched_and_only_those_there_are(served: Served) -> None:
    (there,) = came(served, order("PO-8"))
    assert served.post(f"/v1/documents/{there}/match").status_code == 409
    assert served.get(f"/v1/documents/{there}/match").status_code == 409
    assert served.post("/v1/documents/inv_none/match").status_code == 404
    assert served.post("/v1/documents/inv_none/duplicates").status_code == 404
    assert served.post("/v1/documents/inv_none/bill").status_code == 404
    assert served.post(f"/v1/documents/{there}/bill").status_code == 409


def test_a_store_from_before_there_were_terms_is_brought_up_to_date(served: Served) -> None:
    ids = came(served, order("PO-7"), receipt("GR-7", "2", "PO-7"), follow=False)
    with served.house.store.writing() as connection:
        for each in ids:
            terms.replace(connection, "acme", each, {}, fresh=False)
    assert naming.complete(served.house) == len(ids)
    (bill,) = came(served, invoice("A-7", "2", named="PO-7"))
    assert state(served, bill)[0] == "matched"


def test_a_credit_of_more_than_was_invoiced_waits_and_releases_nothing(served: Served) -> None:
    _, bill, note = came(served, order(), invoice("A-6"), credit("C-6", "20"))
    assert state(served, note)[:2] == ("exception", "over_credited")
    assert state(served, bill)[:2] == ("exception", "not_received")
