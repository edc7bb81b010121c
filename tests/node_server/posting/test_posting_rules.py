"""What a caller is told: the stored result, what is under way, what is refused and why."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from canonical_model.identity import outbound_key
from connectors import pack
from node_server.operations.access import audit_trail
from node_server.operations.posting.leasing import take
from node_server.operations.posting.poster import Poster
from node_server.operations.posting.turns import turn
from node_server.simulators.keyring import Keyring
from node_server.store import clock, counterfoils, crosswalks
from tests.node_server.test_documents_over_http import canonical

from .conftest import TARGETS, Desk, Open

PARTY = json.dumps(
    {"kind": "party", "name": "Muster GmbH", "ids": [{"kind": "vat", "value": "DE123456788"}],
     "roles": ["supplier"]}
).encode()  # fmt: skip


@pytest.fixture
def there(desk: Open) -> Desk:
    return desk("sim/unique")


def test_the_key_is_that_of_the_record_on_this_connection_for_ever(there: Desk) -> None:
    record = there.invoice()
    key = outbound_key("create", target="sim/unique", connection=there.connection, record=record)
    assert there.key(there.post(record)) == key.hex64


def test_the_same_again_gives_the_stored_result(there: Desk) -> None:
    record = there.invoice()
    there.post(record)
    there.work()
    again = there.post(record)
    assert (again.status_code, again.get_json()["replayed"]) == (200, True)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(there.target.objects("bill")) == 1


def test_what_is_under_way_is_not_begun_again(there: Desk) -> None:
    record = there.invoice()
    first = there.post(record)
    again = there.post(record)
    assert (again.status_code, again.get_json()["code"]) == (409, "idempotency_in_flight")
    assert again.get_json()["counterfoil"] == there.key(first)
    assert int(again.headers["Retry-After"]) >= 1
    assert len(there.rows()) == 1


def test_another_content_under_the_same_key_is_refused_with_the_id_there(there: Desk) -> None:
    record = there.invoice("INV-7")
    there.post(record)
    there.work()
    with there.served.house.store.writing() as connection:
        (row,) = counterfoils.of_record(connection, "acme", record)
        counterfoils.step(connection, {**row, "lease": None}, body_hash="another")
    again = there.post(record)
    assert (again.status_code, again.get_json()["code"]) == (422, "idempotency_key_reused")
    assert again.get_json()["existing_id"] == there.target.objects("bill")[0]["id"]
    assert again.get_json()["outcome"] == "applied"


def test_a_refusal_is_told_in_the_targets_words(there: Desk) -> None:
    there.target.fail(next=[{"name": "refuse", "message": "Period 2026-01 is locked"}])
    record = there.invoice()
    there.post(record)
    there.work()
    again = there.post(record)
    assert (again.status_code, again.get_json()["code"]) == (422, "posting_refused")
    assert "Period 2026-01 is locked" in again.get_json()["message"]
    assert again.get_json()["outcome"] == "not_applied"
    document = there.document(record)
    assert document["exception"]["code"] == "target_rejected"
    assert "post_failed" in there.events()


def test_a_refused_document_is_posted_after_a_retry_and_leaves_its_exception(there: Desk) -> None:
    there.target.fail(next=["refuse"])
    record = there.invoice()
    key = there.key(there.post(record))
    there.work()
    path = f"/v1/counterfoils/{key}/retry"
    assert there.served.post(path, "poster", json={"reason": "unlocked"}).status_code == 202
    there.work()
    document = there.document(record)
    assert (document["state"], document.get("exception")) == ("posted", None)
    trail = [row["action"] for row in _audit(there)]
    assert "counterfoil_retried" in trail


def test_a_mended_document_gets_a_new_key_once_the_first_was_refused(there: Desk) -> None:
    there.target.fail(next=["refuse"])
    record = there.invoice("INV-9")
    there.post(record)
    there.work()
    mended = json.loads(canonical("INV-9")) | {"due_date": "2026-03-31"}
    there.taken(json.dumps(mended).encode())
    with there.served.house.store.writing() as connection:
        (row,) = counterfoils.of_record(connection, "acme", record)
        counterfoils.step(connection, {**row, "lease": None}, body_hash="what it said before")
    second = there.post(record)
    assert second.status_code == 202
    there.work()
    assert [row["state"] for row in there.rows()] == ["refused", "confirmed"]
    assert len({row["key"] for row in there.rows()}) == 2
    assert len(there.target.objects("bill")) == 1


@pytest.mark.parametrize("state", ["validated", "rejected"])
def test_only_what_is_approved_is_posted(there: Desk, state: str) -> None:
    refused = there.post(there.invoice(state=state))
    assert (refused.status_code, refused.get_json()["code"]) == (409, "step_refused")
    assert there.rows() == []


def test_an_exception_holds_it_until_it_is_resolved(there: Desk) -> None:
    record = there.invoice()
    there.post(record)
    path = f"/v1/documents/{record}/transitions"
    held = {"to": "exception", "code": "price_variance", "reason": "too dear"}
    assert there.served.post(path, "admin", json=held).status_code == 200
    there.work()
    assert there.row["state"] == "held"
    assert there.row["why"].startswith("price_variance")
    assert there.target.objects("bill") == []
    there.served.post(path, "approver", json={"to": "approved", "reason": "agreed"})
    there.served.post(
        f"/v1/counterfoils/{there.row['key']}/retry", "poster", json={"reason": "agreed"}
    )
    there.work()
    assert there.row["state"] == "confirmed"


def test_a_closed_period_holds_it(there: Desk) -> None:
    span = {"from": "2026-01-01T00:00:00Z", "to": "2026-01-31T23:59:59Z", "why": "year end"}
    _settings(there, calendar={"closed": [span]})
    assert there.post(there.invoice()).status_code == 202
    assert there.row["state"] == "held"
    assert there.row["why"].startswith("period_closed")
    assert "year end" in there.row["why"]
    record = there.row["record_id"]
    assert there.document(record)["exception"]["code"] == "period_closed"
    _settings(there, calendar={})
    _retry(there, "the books are open again")
    there.work()
    assert there.document(record)["state"] == "posted"


def test_maintenance_makes_it_wait(there: Desk) -> None:
    span = {"from": "2020-01-01T00:00:00Z", "to": "2099-12-31T00:00:00Z"}
    _settings(there, calendar={"windows": [span]})
    there.post(there.invoice())
    there.work(steps=1)
    assert (there.row["state"], there.row["attempts"]) == ("pending", 0)
    assert there.row["due_at"] > "2099"


def test_a_dry_run_shows_the_exact_request_and_keeps_nothing(there: Desk) -> None:
    shown = there.post(there.invoice("INV-77"), dry_run=True)
    said = shown.get_json()
    assert shown.status_code == 200
    assert said["request"]["url"].endswith("/bills")
    assert json.loads(said["request"]["body"])["number"] == "INV-77"
    assert there.target.credential["parts"]["token"] not in shown.text
    assert there.rows() == []


def test_no_secret_is_shown_in_a_counterfoil(there: Desk) -> None:
    key = there.key(there.post(there.invoice()))
    there.work()
    shown = there.served.get(f"/v1/counterfoils/{key}")
    assert len(shown.get_json()["exchanges"]) == 1
    assert there.target.credential["parts"]["token"] not in shown.text


def test_a_vendor_is_made_before_the_bill_that_needs_it(desk: Open) -> None:
    there = desk("sim/none")
    vendor = there.taken(PARTY)
    there.target.fail(next=["reset@create"])
    there.post(vendor)
    bill = there.invoice()
    assert there.post(bill, after=vendor).status_code == 202
    there.work()
    (made,) = there.target.objects("vendor")
    (billed,) = there.target.objects("bill")
    assert billed["supplier_id"] == made["id"]
    purposes = [call.resource for call in there.target.calls if call.purpose == "create"]
    assert purposes == ["vendor", "vendor", "bill"]


def test_a_payment_waits_for_its_bill_and_names_it_by_the_targets_id(desk: Open) -> None:
    there = desk("sim/replay")
    bill = there.invoice()
    payment = {
        "kind": "payment", "number": "P-1", "direction": "out", "amount": "119.00",
        "currency": "EUR", "value_date": "2026-02-28", "entity": "DE01",
        "means": "58", "payee": {"name": "Muster GmbH"},
        "allocations": [{"target": {"role": "invoice", "id": bill}, "amount": "119.00"}],
    }  # fmt: skip
    paid = there.taken(json.dumps(payment).encode())
    there.moved(paid, "approved")
    there.post(bill)
    assert there.post(paid).get_json()["waits_for"] == there.rows()[0]["key"]
    there.work()
    (sent,) = there.target.objects("payment")
    assert sent["bill_id"] == there.target.objects("bill")[0]["id"]


def test_a_vendor_that_was_made_for_it_need_not_be_in_a_table(desk: Open) -> None:
    there = desk("sim/none")
    _know(there, "name:somebody else", "V-1")
    vendor = there.taken(PARTY)
    there.post(vendor)
    there.post(there.invoice(), after=vendor)
    there.work()
    assert there.target.objects("bill")[0]["supplier_id"] == there.target.objects("vendor")[0]["id"]


def test_what_waits_for_something_refused_is_held(desk: Open) -> None:
    there = desk("sim/none")
    vendor = there.taken(PARTY)
    there.post(vendor)
    there.post(there.invoice(), after=vendor)
    there.target.fail(next=["refuse"])
    there.work()
    assert [row["state"] for row in there.rows()] == ["refused", "held"]
    assert "refused" in there.rows()[1]["why"]


def test_payments_and_bills_come_before_master_data(desk: Open) -> None:
    there = desk("sim/upsert")
    there.post(there.taken(PARTY))
    there.post(there.invoice())
    order = [row["resource"] for row in take(there.served.house, 5)]
    assert order == ["bill", "vendor"]


def test_no_more_at_once_than_a_connection_may_have(there: Desk) -> None:
    _settings(there, concurrency=2)
    for _ in range(5):
        there.post(there.invoice())
    assert len(take(there.served.house, 10)) == 2
    assert take(there.served.house, 10) == []


def test_a_worker_that_died_after_sending_leaves_no_second_one(desk: Open) -> None:
    there = desk("sim/none")
    there.post(there.invoice())
    (row,) = take(there.served.house, 1)
    dead = turn(there.served.house, row)
    assert dead is not None
    with there.served.house.store.writing() as connection:
        counterfoils.step(
            connection, {**row, "lease": None}, state="sent", first_sent_at=clock.stamp(),
            target_id=None, settled_at=None, lease="dead", leased_until=clock.stamp(),
            due_at=clock.stamp(),
        )  # fmt: skip
    there.work()
    assert (there.row["state"], there.row["attempts"]) == ("confirmed", 1)
    assert len(there.target.objects("bill")) == 1


def test_who_has_lost_the_lease_neither_sends_nor_writes(there: Desk) -> None:
    there.post(there.invoice())
    (row,) = take(there.served.house, 1)
    assert turn(there.served.house, {**row, "lease": "somebody else's"}) is None
    assert there.target.objects("bill") == []
    assert there.row["state"] == "pending"
    assert turn(there.served.house, row) is not None


def test_a_person_settles_what_is_uncertain(desk: Open) -> None:
    there = desk("sim/none")
    there.target.fail(next=["lost@create"])
    record = there.invoice()
    key = there.key(there.post(record))
    there.work(steps=1)
    path = f"/v1/counterfoils/{key}/resolve"
    without_id = there.served.post(path, "poster", json={"outcome": "applied", "reason": "seen"})
    assert without_id.status_code == 422
    found = {"outcome": "applied", "target_id": "42", "reason": "seen in the journal"}
    settled = there.served.post(path, "poster", json=found)
    assert settled.get_json()["state"] == "confirmed"
    assert there.document(record)["state"] == "posted"
    assert there.served.post(path, "poster", json=found).status_code == 409


def test_a_person_gives_up_what_is_not_there_and_it_can_be_tried_again(desk: Open) -> None:
    there = desk("sim/none")
    there.target.fail(next=["timeout@create"])
    record = there.invoice()
    key = there.key(there.post(record))
    there.work(steps=1)
    finding = {"outcome": "not_applied", "reason": "not in the ledger"}
    there.served.post(f"/v1/counterfoils/{key}/resolve", "poster", json=finding)
    assert there.row["state"] == "dead"
    dead = there.post(record)
    assert (dead.status_code, dead.get_json()["code"]) == (502, "posting_dead")
    there.served.post(f"/v1/counterfoils/{key}/retry", "poster", json={"reason": "again"})
    there.work()
    assert there.row["state"] == "confirmed"
    assert len(there.target.objects("bill")) == 1


@contextmanager
def working(there: Desk) -> Iterator[None]:
    """A worker beside the server, as in every server process."""
    poster, stop = Poster(there.served.house, threads=1), threading.Event()

    def work() -> None:
        while not stop.is_set():
            poster.round()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        poster.close()


def test_the_answer_comes_with_the_call_where_the_caller_waits(there: Desk) -> None:
    record = there.invoice()
    with working(there):
        answer = there.post(record, headers={"Prefer": "respond-async, wait=10"})
    assert answer.status_code == 200
    assert answer.get_json()["state"] == "confirmed"
    assert answer.headers["Preference-Applied"] == "wait=10"


def test_who_waits_in_vain_is_told_where_to_ask(there: Desk) -> None:
    answer = there.post(there.invoice(), path="?wait=1")
    assert (answer.status_code, answer.get_json()["state"]) == (202, "pending")
    assert answer.headers["Location"].startswith("/v1/counterfoils/")


def test_a_reader_may_look_and_not_post(there: Desk) -> None:
    record = there.invoice()
    assert there.post(record, role="reader").status_code == 403
    key = there.key(there.post(record))
    assert there.served.get(f"/v1/counterfoils/{key}", "reader").status_code == 200
    other = there.served.get(f"/v1/counterfoils/{key}", "reader", tenant="other")
    assert other.status_code == 404


def test_the_trace_of_a_document_shows_its_counterfoils(there: Desk) -> None:
    record = there.invoice()
    there.post(record)
    there.work()
    trace = there.served.get(f"/v1/documents/{record}/trace").get_json()
    assert [each["state"] for each in trace["counterfoils"]] == ["confirmed"]
    assert {"from_state": "approved", "to_state": "posted"}.items() <= trace["steps"][-1].items()
    source = there.document(record)["sources"][-1]
    assert (source["connection"], source["object_id"]) == (there.connection, there.row["target_id"])


def test_counterfoils_are_listed_by_state_and_counted(there: Desk) -> None:
    there.target.fail(next=["refuse"])
    for _ in range(2):
        there.post(there.invoice())
    there.work()
    refused = there.served.get("/v1/counterfoils?state=refused").get_json()["data"]
    assert len(refused) == 1
    figures = there.served.get("/metrics").get_data(as_text=True)
    assert 'counterfoil_counterfoils{connector="sim/unique",state="refused"} 1.0' in figures


def test_a_connection_that_is_gone_holds_what_was_to_go_there(there: Desk) -> None:
    there.post(there.invoice())
    assert there.served.call("DELETE", f"/v1/connections/{there.connection}").status_code in (
        200,
        204,
    )
    there.work()
    assert there.row["state"] == "held"
    assert "no connection" in there.row["why"]


def test_a_credential_that_is_not_good_any_more_holds_it(there: Desk) -> None:
    there.post(there.invoice())
    there.target.system._door._keyring = Keyring(there.target.system.target, 99)
    there.work()
    assert there.row["state"] == "held"
    assert there.target.objects("bill") == []


def _retry(there: Desk, reason: str) -> None:
    path = f"/v1/counterfoils/{there.row['key']}/retry"
    assert there.served.post(path, "poster", json={"reason": reason}).status_code == 202


def test_what_no_table_knows_is_held_before_anything_is_sent(there: Desk) -> None:
    _know(there, "name:somebody else", "V-1")
    record = there.invoice()
    assert there.post(record).get_json()["state"] == "held"
    assert there.document(record)["exception"]["code"] == "supplier_unmapped"
    (held,) = there.served.get("/v1/exceptions").get_json()["data"]
    assert (held["control"], held["holds"], held["moves"]) == ("crosswalks", False, True)
    assert there.target.calls == []
    _know(there, "name:supplier 1 gmbh", "V-2")
    _retry(there, "it is in the table now")
    there.work()
    assert there.target.objects("bill")[0]["supplier_id"] == "V-2"
    assert there.document(record)["state"] == "posted"
    assert there.served.get("/v1/exceptions?state=open").get_json()["data"] == []


def _know(there: Desk, value: str, target: str) -> None:
    row = {
        "tenant": "acme", "connection_id": there.connection, "name": "supplier", "value": value,
        "target": target, "state": "confirmed", "actor": "test", "at": clock.stamp(),
    }  # fmt: skip
    with there.served.house.store.writing() as connection:
        crosswalks.put(connection, row)


def _settings(there: Desk, **more: object) -> None:
    path = f"/v1/connections/{there.connection}"
    old = there.served.get(path).get_json()["settings"]
    answer = there.served.call("PATCH", path, json={"settings": old | more})
    assert answer.status_code == 200, answer.text


def _audit(there: Desk) -> list[dict[str, str]]:
    return audit_trail(there.served.house, "acme", after=0, limit=100)


def test_who_repeats_a_call_that_waits_waits_for_the_same(there: Desk) -> None:
    record = there.invoice()
    there.post(record)
    with working(there):
        again = there.post(record, path="?wait=10")
    assert (again.status_code, again.get_json()["replayed"]) == (200, True)
    assert len(there.target.objects("bill")) == 1


def test_what_the_manifest_lets_follow_is_an_effect_of_its_own(desk: Open) -> None:
    there = desk("sim/none")
    spec = there.target.system.target.manifest["resources"]["bill"]
    connector = pack((str(TARGETS),))["sim/none"].manifest["resources"]["bill"]
    assert spec is connector
    connector["create"]["then"] = ["submit"]
    connector["actions"] = {"submit": {"path": "/bills/{id}/submit"}}
    try:
        record = there.invoice()
        there.post(record)
        there.work(steps=1)
        assert there.document(record)["state"] == "approved"
        there.work(steps=1)
    finally:
        del connector["create"]["then"], connector["actions"]
    states = [(row["action"], row["state"]) for row in there.rows()]
    assert states[0] == ("create", "confirmed")
    assert states[1][0] == "submit"
    assert there.rows()[1]["url"].endswith(f"/bills/{there.rows()[0]['target_id']}/submit")
