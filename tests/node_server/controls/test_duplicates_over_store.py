"""What may be there twice, among all that the store has."""

from __future__ import annotations

import json
from typing import Any

import pytest
from msgspec import structs

from canonical_model.controls.duplicates import DuplicateIndex
from canonical_model.envelope import Record
from node_server.operations import duplicating
from node_server.operations import terms as naming
from node_server.operations.document_facts import facts_of
from node_server.store import records as store
from node_server.store import terms
from tests.canonical_model.controls.generated.bills import inbox

from ..conftest import BILL, Served
from .trade import came, followed, invoice, new_trade, state


@pytest.fixture(scope="module")
def served(lasting: Served) -> Served:
    return lasting


@pytest.fixture(autouse=True)
def trade() -> None:
    new_trade()


def open_suspicions(served: Served, *documents: str) -> list[dict[str, Any]]:
    """What is open for these documents."""
    found = served.get("/v1/duplicates").get_json()["data"]
    return [each for each in found if each["document"] in documents]


def misread(number: str) -> str:
    """The number with a letter where a digit was."""
    return number.replace("0", "O", 1) if "0" in number else number.replace("1", "I", 1)


def again(served: Served, **more: Any) -> tuple[str, str]:
    """An invoice, and the same once more with a letter for a digit."""
    first, second = came(served, invoice("INV-0123", named=None),
                         invoice("INV-O123", named=None, **more))  # fmt: skip
    return first, second


def test_a_retyped_number_holds_the_later_one_and_says_why(served: Served) -> None:
    first, second = again(served)
    assert state(served, first) == ("validated", None, False)
    assert state(served, second) == ("validated", None, True)
    (found,) = open_suspicions(served, first, second)
    assert (found["document"], found["records"][0]["id"]) == (second, first)
    (pair,) = found["suspicions"]
    assert pair["verdict"] == "hold"
    assert {each["basis"] for each in pair["reasons"]} >= {"F2", "F3"}
    shown = served.get(f"/v1/documents/{second}").get_json()
    assert [issue["code"] for issue in shown["issues"]].count("duplicate_suspected") == 1


def test_the_answer_to_the_delivery_tells_of_the_suspicion(served: Served) -> None:
    (first,) = came(served, invoice("INV-0123", named=None))
    data = json.dumps(invoice("INV-O123", named=None)).encode()
    taken = served.post("/v1/documents?connector=canonical", "mapper", data=data).get_json()
    (outcome,) = taken["documents"]
    assert (outcome["action"], outcome["suspected_of"], outcome["payment_hold"]) == (
        "create", first, True,
    )  # fmt: skip
    assert "number read alike" in outcome["why"]


def test_across_supplier_records(served: Served) -> None:
    known = {"name": "Möbelwerk Nord GmbH", "ids": [{"kind": "vat", "value": "DE136695976"}]}
    other = {"name": "Moebelwerk Nord", "ids": [{"kind": "vat", "value": "ATU12345675"}]}
    both = (invoice("4711-A", named=None, seller=each) for each in (known, other))
    (found,) = open_suspicions(served, *came(served, *both))
    assert found["holds"]
    assert found["suspicions"][0]["across"] == ["supplier_record"]


def test_a_series_of_equal_amounts_is_none(served: Served) -> None:
    months = [
        invoice(f"R-{month}", named=None, issue_date=f"2026-0{month}-01",
                period={"start": f"2026-0{month}-01", "end": f"2026-0{month}-28"})
        for month in range(1, 6)
    ]  # fmt: skip
    assert open_suspicions(served, *came(served, *months)) == []


def test_it_goes_when_the_other_one_is_rejected(served: Served) -> None:
    first, second = again(served)
    reason = {"to": "rejected", "reason": "came twice"}
    assert served.post(f"/v1/documents/{first}/transitions", json=reason).status_code == 200
    followed(served)
    assert state(served, second) == ("validated", None, False)
    assert open_suspicions(served, first, second) == []
    shown = served.get(f"/v1/documents/{second}").get_json()
    assert not [each for each in shown.get("issues", []) if each["code"] == "duplicate_suspected"]


def test_it_goes_when_the_number_is_corrected_at_its_source(served: Served) -> None:
    bill = json.loads(BILL)["Invoices"][0]
    scanned = bill | {"InvoiceID": "0a1b2c3d-0000-4000-8000-000000000001"}
    first = served.take_in(json.dumps({"Invoices": [bill]}).encode())["documents"][0]
    scanned["InvoiceNumber"] = misread(bill["InvoiceNumber"])
    second = served.take_in(json.dumps({"Invoices": [scanned]}).encode())["documents"][0]
    assert (second["suspected_of"], second["payment_hold"]) == (first["id"], True)
    corrected = scanned | {"InvoiceNumber": "ANOTHER-77", "DateString": "2025-03-05T00:00:00"}
    changed = served.take_in(json.dumps({"Invoices": [corrected]}).encode())["documents"][0]
    assert (changed["id"], changed["action"]) == (second["id"], "revise")
    assert open_suspicions(served, first["id"], second["id"]) == []


def test_a_person_decides_and_is_not_asked_again(served: Served) -> None:
    first, second = again(served)
    (found,) = open_suspicions(served, first, second)
    body = {"reason": "two orders, I called them"}
    done = served.post(f"/v1/exceptions/{found['id']}/release", "approver", json=body)
    assert done.status_code == 200, done.text
    served.post(f"/v1/documents/{second}/duplicates")
    assert state(served, second) == ("validated", None, False)


def test_neighbours_of_a_term_are_found_without_the_rest(served: Served) -> None:
    ids = came(served, *(invoice(f"N-{n}", price=str(n + 1)) for n in range(12)), follow=False)
    with served.house.store.writing() as connection:
        for place, record_id in enumerate(ids):
            found = {"dup:shared": f"{place:02}"}
            terms.replace(connection, "acme", record_id, found, fresh=False)
        near = terms.near(connection, "acme", {"dup:shared": "06"}, 3)
        few = terms.near(connection, "acme", {"dup:shared": "06"}, 24)
        assert not terms.near(connection, "other", {"dup:shared": "06"}, 3)
    assert near == set(ids[3:10])
    assert few == set(ids)


def test_documents_sent_along_are_compared_and_not_kept(served: Served) -> None:
    sent = [invoice("INV-0123"), invoice("INV-O123"), invoice("X-9", price="7")]
    answer = served.post("/v1/duplicates", "mapper", json={"documents": sent}).get_json()
    assert [(each["one"], each["other"], each["verdict"]) for each in answer["data"]] == [
        ("0", "1", "hold")
    ]
    assert served.get(f"/v1/documents?number={sent[0]['number']}").get_json()["data"] == []
    lenient = {"documents": sent, "settings": {"hold_at": "1", "warn_at": "0.9999"}}
    assert served.post("/v1/duplicates", json=lenient).get_json()["data"] == []
    wrong = {"documents": sent, "settings": {"hold_a": "1"}}
    refused = served.post("/v1/duplicates", json=wrong)
    assert (refused.status_code, refused.get_json()["errors"][0]["path"]) == (422, "hold_a")


def test_the_store_finds_what_an_index_over_everything_finds(served: Served) -> None:
    records = {name: _stored(name, each) for name, each in inbox(7, 150).records.items()}
    index = DuplicateIndex()
    for name, each in records.items():
        index.put(name, each)
    with served.house.store.writing() as connection:
        for each in records.values():
            store.add(connection, each, facts_of(each), actor="test", hold=False, at="2026")
            naming.note(connection, each, fresh=True)
        found = {
            (pair.one, pair.other, pair.verdict, pair.score)
            for each in records.values()
            for pair in duplicating.suspicions(connection, "many", each)
        }
    expected = {(pair.one, pair.other, pair.verdict, pair.score) for pair in index.all()}
    assert len(expected) > 5
    assert found == expected


def _stored(name: str, record: Record) -> Record:
    at = {"revision": 1, "state": "validated", "state_seq": 1, "content_hash": "sha256:0"}
    return structs.replace(record, id=name, tenant="many", keys=[], **at)
