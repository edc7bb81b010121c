"""Documents over HTTP: taken in once, listed, traced, moved on."""

from __future__ import annotations

import json
from typing import Any

import pytest

from .conftest import BILL, INVOICE, Served


def canonical(number: str = "INV-1", **more: Any) -> bytes:
    """An invoice to us that has no error issue."""
    document = {
        "kind": "invoice",
        "number": number,
        "issue_date": "2026-01-31",
        "due_date": "2026-02-28",
        "currency": "EUR",
        "direction": "payable",
        "entity": "DE01",
        "seller": {"name": "Muster GmbH", "ids": [{"kind": "vat", "value": "DE123456788"}]},
        "buyer": {"name": "We Ltd"},
        "lines": [{"id": "1", "net": "100.00"}],
        "taxes": [{"category": "S", "rate": "19", "taxable": "100.00", "amount": "19.00"}],
        "totals": {
            "lines": "100.00", "net": "100.00", "tax": "19.00", "gross": "119.00",
            "payable": "119.00",
        },
    }  # fmt: skip
    return json.dumps(document | more).encode()


def take(served: Served, data: bytes, role: str = "mapper") -> dict[str, Any]:
    outcome = served.post("/v1/documents?connector=canonical", role, data=data)
    assert outcome.status_code in (200, 201), outcome.text
    found: dict[str, Any] = outcome.get_json()["documents"][0]
    return found


def test_a_payload_taken_in_twice_is_one_document(served: Served) -> None:
    first = served.post("/v1/documents", "mapper", data=INVOICE)
    again = served.post("/v1/documents", "mapper", data=INVOICE)
    assert (first.status_code, again.status_code) == (201, 200)
    one, two = first.get_json()["documents"][0], again.get_json()["documents"][0]
    assert (one["action"], two["action"]) == ("create", "replay")
    assert one["id"] == two["id"]
    assert len(served.get("/v1/documents").get_json()["data"]) == 1


def test_an_invoice_without_errors_is_validated_at_once(served: Served) -> None:
    assert take(served, canonical())["state"] == "validated"


def test_an_invoice_with_errors_stays_received(served: Served) -> None:
    wrong = canonical(totals={"net": "100.00", "tax": "19.00", "gross": "120.00"})
    outcome = take(served, wrong)
    assert outcome["state"] == "received"
    assert any(issue["severity"] == "error" for issue in outcome["issues"])
    types = [event["type"] for event in served.get("/v1/events").get_json()["data"]]
    assert types == ["finance.invoice.received.v1", "finance.invoice.validation_failed.v1"]


def test_the_same_number_with_another_amount_is_a_conflict_and_both_are_kept(
    served: Served,
) -> None:
    first = take(served, canonical())
    totals = {
        "lines": "200.00", "net": "200.00", "tax": "38.00", "gross": "238.00", "payable": "238.00",
    }  # fmt: skip
    second = take(served, canonical(totals=totals))
    assert second["action"] == "conflict"
    assert second["state"] == "exception"
    assert second["id"] != first["id"]
    assert served.get(f"/v1/documents/{first['id']}").status_code == 200
    held = served.get("/v1/documents?state=exception").get_json()["data"]
    assert [each["exception"]["code"] for each in held] == ["natural_key_conflict"]


def test_the_same_document_by_another_way_is_a_second_source(served: Served) -> None:
    first = take(served, canonical())
    second = take(served, canonical() + b" ")
    assert second["action"] == "attach_source"
    trace = served.get(f"/v1/documents/{first['id']}/trace").get_json()
    assert [each["action"] for each in trace["sources"]] == ["create", "attach_source"]


def test_what_only_a_second_source_states_is_taken_over_as_a_new_revision(served: Served) -> None:
    first = take(served, canonical())
    take(served, canonical(buyer_reference="4711"))
    shown = served.get(f"/v1/documents/{first['id']}").get_json()
    assert shown["document"]["buyer_reference"] == "4711"
    assert shown["revision"] == 2
    revisions = served.get(f"/v1/documents/{first['id']}/revisions").get_json()["data"]
    assert [each["revision"] for each in revisions] == [1, 2]
    assert "buyer_reference" not in revisions[0]["record"]["document"]


def test_a_changed_object_of_a_source_is_a_revision(served: Served) -> None:
    first = served.take_in(BILL)["documents"][0]
    bill = json.loads(BILL)
    target = bill["Invoices"][0] if "Invoices" in bill else bill
    target["Reference"] = "changed at source"
    again = served.take_in(json.dumps(bill).encode())["documents"][0]
    assert again["action"] == "revise"
    assert (again["id"], again["revision"]) == (first["id"], 2)


def test_a_likely_duplicate_is_held_before_payment_and_released_by_an_approver(
    served: Served,
) -> None:
    take(served, canonical("INV-00123"))
    copy = take(served, canonical("INV-O0123"))
    assert copy["action"] == "create"
    assert copy["payment_hold"] is True
    path = f"/v1/documents/{copy['id']}"
    refused = served.post(f"{path}/transitions", "approver", json={"to": "approved"})
    assert refused.status_code == 409
    assert "duplicate" in refused.get_json()["message"]
    released = served.post(f"{path}/release", "approver", json={"reason": "two deliveries"})
    assert released.get_json()["payment_hold"] is False
    done = served.post(f"{path}/transitions", "approver", json={"to": "approved"})
    assert done.get_json()["state"] == "approved"


def test_whoever_took_a_document_in_does_not_approve_it(served: Served) -> None:
    found = take(served, canonical(), "admin")
    path = f"/v1/documents/{found['id']}/transitions"
    refused = served.post(path, "admin", json={"to": "approved"})
    assert (refused.status_code, refused.get_json()["code"]) == (409, "step_refused")
    assert served.post(path, "approver", json={"to": "approved"}).status_code == 200


def test_an_illegal_step_names_the_legal_ones(served: Served) -> None:
    found = take(served, canonical())
    refused = served.post(f"/v1/documents/{found['id']}/transitions", json={"to": "paid"})
    assert refused.status_code == 409
    assert refused.get_json()["code"] == "illegal_transition"
    assert "approved" in refused.get_json()["message"]


def test_rejecting_needs_a_reason(served: Served) -> None:
    found = take(served, canonical())
    path = f"/v1/documents/{found['id']}/transitions"
    assert served.post(path, "approver", json={"to": "rejected"}).status_code == 409
    done = served.post(path, "approver", json={"to": "rejected", "reason": "not ours"})
    assert done.get_json()["state"] == "rejected"
    steps = served.get(f"/v1/documents/{found['id']}/trace").get_json()["steps"]
    assert steps[-1]["reason"] == "not ours"


def test_a_step_from_a_state_that_has_moved_on_is_refused(served: Served) -> None:
    found = take(served, canonical())
    path = f"/v1/documents/{found['id']}/transitions"
    refused = served.post(path, "approver", json={"to": "approved", "state_seq": 1})
    assert (refused.status_code, refused.get_json()["code"]) == (409, "conflict")


def test_an_exception_leads_back_to_where_it_was_opened(served: Served) -> None:
    found = take(served, canonical())
    path = f"/v1/documents/{found['id']}/transitions"
    wish = {"to": "exception", "code": "price_variance", "reason": "5 % over the order"}
    held = served.post(path, json=wish).get_json()
    assert held["exception"]["from_state"] == "validated"
    back = served.post(path, "approver", json={"to": "validated", "reason": "agreed"}).get_json()
    assert back["state"] == "validated"
    assert "exception" not in back


def test_content_changed_after_posting_opens_an_exception_and_edits_nothing(
    served: Served,
) -> None:
    found = served.take_in(BILL)["documents"][0]
    path = f"/v1/documents/{found['id']}"
    assert (
        served.post(f"{path}/transitions", "approver", json={"to": "approved"}).status_code == 200
    )
    assert served.post(f"{path}/transitions", "poster", json={"to": "posted"}).status_code == 200
    before = served.get(path).get_json()["document"]
    bill = json.loads(BILL)
    target = bill["Invoices"][0] if "Invoices" in bill else bill
    target["Reference"] = "changed after it was posted"
    again = served.take_in(json.dumps(bill).encode())["documents"][0]
    assert (again["action"], again["state"]) == ("hold", "exception")
    after = served.get(path).get_json()
    assert after["document"] == before
    assert after["exception"]["code"] == "changed_after_post"


def test_pages_give_every_document_exactly_once(served: Served) -> None:
    for number in range(7):
        take(served, canonical(f"PAGE-{number}", totals={"gross": f"{number + 1}.00"}))
    seen: list[str] = []
    cursor = ""
    while True:
        page = served.get(f"/v1/documents?limit=3&cursor={cursor}").get_json()
        seen += [each["document"]["number"] for each in page["data"]]
        if not page["has_more"]:
            break
        cursor = page["next_cursor"]
    assert seen == [f"PAGE-{number}" for number in range(7)]


def test_a_list_comes_bare_where_the_caller_asks_for_it(served: Served) -> None:
    for number in range(3):
        take(served, canonical(f"BARE-{number}", totals={"gross": f"{number + 1}.00"}))
    answer = served.get("/v1/documents?limit=2&envelope=false")
    assert [each["document"]["number"] for each in answer.get_json()] == ["BARE-0", "BARE-1"]
    rest = served.get(f"/v1/documents?envelope=false&cursor={answer.headers['X-Next-Cursor']}")
    assert [each["document"]["number"] for each in rest.get_json()] == ["BARE-2"]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("kind=invoice", 1),
        ("kind=payment", 0),
        ("number=INV-1", 1),
        ("counterparty=Muster%20GmbH", 1),
        ("currency=USD", 0),
        ("date_from=2026-01-31&date_to=2026-01-31", 1),
        ("payment_hold=true", 0),
    ],
)
def test_lists_are_filtered(served: Served, query: str, count: int) -> None:
    take(served, canonical())
    assert len(served.get(f"/v1/documents?{query}").get_json()["data"]) == count


def test_a_raw_payload_is_what_came_and_only_for_auditors(served: Served) -> None:
    sha256 = served.take_in(INVOICE)["raw_sha256"]
    assert served.get(f"/v1/payloads/{sha256}", "auditor").data == INVOICE
    assert served.get(f"/v1/payloads/{sha256}", "reader").status_code == 403


def test_several_payloads_have_their_own_results(served: Served) -> None:
    import io

    files = {"a": (io.BytesIO(INVOICE), "a.xml"), "b": (io.BytesIO(b"\xff\x00"), "b.bin")}
    answer = served.post("/v1/documents", "mapper", data=files)
    good, bad = answer.get_json()["results"]
    assert answer.status_code == 201
    assert good["documents"][0]["action"] == "create"
    assert (bad["documents"], bad["issues"][0]["severity"]) == ([], "error")


def test_our_own_entities_tell_direction_and_entity(served: Served) -> None:
    for name, vat in (("DE01", "DE123456788"), ("DE02", "DE811907980")):
        served.call("PUT", f"/v1/entities/{name}", json={"own_ids": [vat]})
    document = json.loads(canonical())
    del document["direction"], document["entity"]
    document["buyer"] = {"name": "We", "ids": [{"kind": "vat", "value": "DE811907980"}]}
    document["seller"] = {"name": "They", "ids": [{"kind": "vat", "value": "ATU57780814"}]}
    found = take(served, json.dumps(document).encode())
    shown = served.get(f"/v1/documents/{found['id']}").get_json()["document"]
    assert (shown["direction"], shown["entity"]) == ("payable", "DE02")
