"""Exceptions: opened and closed, what they do to a document, and who may close them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from node_server.operations.excepting import Finding

from ..conftest import BILL, Served
from .conftest import invoice, open_ones, raised, settled, taken_in

PRICE = Finding("match", "price_variance", "5 % over the order", moves=True)
LATE = Finding("match", "not_received", "nothing has come", moves=True)
NOTE = Finding("duplicates", "duplicate_suspected", "much like another", moves=False)


def shown(served: Served, record_id: str) -> dict[str, Any]:
    return served.get(f"/v1/documents/{record_id}").get_json()


def test_a_moving_finding_takes_the_document_into_exception_and_back(lasting: Served) -> None:
    found = taken_in(lasting)
    raised(lasting, found, PRICE)
    held = shown(lasting, found)
    assert (held["state"], held["payment_hold"]) == ("exception", True)
    assert held["exception"]["from_state"] == "validated"
    settled(lasting, found, "match", why="late receipt GR-7")
    back = shown(lasting, found)
    assert (back["state"], back["payment_hold"], back.get("exception")) == (
        *("validated", False), None,
    )  # fmt: skip


def test_the_same_finding_twice_is_one_exception_brought_up_to_date(lasting: Served) -> None:
    found = taken_in(lasting)
    raised(lasting, found, PRICE)
    before = shown(lasting, found)["state_seq"]
    raised(lasting, found, Finding("match", "price_variance", "6 % over", moves=True))
    now = shown(lasting, found)
    assert (now["state_seq"], now["exception"]["detail"]) == (before, "6 % over")
    assert open_ones(lasting, found) == [("match", "price_variance")]


def test_a_document_goes_back_with_the_last_reason_that_moved_it(lasting: Served) -> None:
    found = taken_in(lasting)
    raised(lasting, found, PRICE, LATE, NOTE)
    settled(lasting, found, "match", "not_received")
    held = shown(lasting, found)
    assert (held["state"], held["exception"]["code"]) == ("exception", "not_received")
    settled(lasting, found, "match")
    back = shown(lasting, found)
    assert (back["state"], back["payment_hold"]) == ("validated", True)
    assert open_ones(lasting, found) == [("duplicates", "duplicate_suspected")]
    settled(lasting, found, "duplicates")
    assert shown(lasting, found)["payment_hold"] is False


@pytest.mark.parametrize("order", [(PRICE, LATE, NOTE), (NOTE, LATE, PRICE)])
def test_every_opening_and_closing_is_an_event_of_its_own(
    lasting: Served, order: tuple[Finding, ...]
) -> None:
    found = taken_in(lasting)
    raised(lasting, found, *order)
    settled(lasting, found, "match")
    settled(lasting, found, "duplicates")
    trace = lasting.get(f"/v1/documents/{found}/trace").get_json()
    told = [each["type"].split(".")[2] for each in trace["events"]]
    assert told == ["received", "validated", *["exception_opened"] * 3, *["exception_resolved"] * 3]
    numbers = [step["state_seq"] for step in trace["steps"]]
    assert numbers == sorted(set(numbers))


def test_what_a_person_has_released_is_not_held_again_for_the_same_content(
    lasting: Served,
) -> None:
    found = taken_in(lasting)
    raised(lasting, found, PRICE)
    step = {"to": "validated", "reason": "agreed with the buyer"}
    path = f"/v1/documents/{found}/transitions"
    assert lasting.post(path, "approver", json=step).status_code == 200
    raised(lasting, found, PRICE)
    assert open_ones(lasting, found) == []
    raised(lasting, found, Finding("match", "price_variance", "now 9 %", basis="another order"))
    assert open_ones(lasting, found) == [("match", "price_variance")]


def test_what_a_control_has_resolved_may_come_again(lasting: Served) -> None:
    found = taken_in(lasting)
    raised(lasting, found, PRICE)
    settled(lasting, found, "match")
    raised(lasting, found, PRICE)
    assert open_ones(lasting, found) == [("match", "price_variance")]


def test_rejecting_a_document_closes_its_exceptions(lasting: Served) -> None:
    found = taken_in(lasting)
    raised(lasting, found, PRICE, NOTE)
    step = {"to": "rejected", "reason": "not ours"}
    done = lasting.post(f"/v1/documents/{found}/transitions", "approver", json=step).get_json()
    assert (done["state"], done["payment_hold"]) == ("rejected", False)
    assert open_ones(lasting, found) == []


@pytest.mark.parametrize("end", ["rejected", "archived"])
def test_whoever_brought_it_does_not_end_what_is_held_to_send_it_once_more(
    lasting: Served, end: str
) -> None:
    found = taken_in(lasting, role="admin")
    raised(lasting, found, PRICE)
    step = {"to": end, "reason": "I try again"}
    path = f"/v1/documents/{found}/transitions"
    assert lasting.post(path, "admin", json=step).status_code == 409
    assert open_ones(lasting, found) == [("match", "price_variance")]
    assert lasting.post(path, "approver", json=step).status_code == 200


def test_what_another_delivery_adds_to_an_approved_document_revokes_the_approval(
    lasting: Served,
) -> None:
    data = invoice()
    found = taken_in(lasting, data)
    path = f"/v1/documents/{found}/transitions"
    assert lasting.post(path, "approver", json={"to": "approved"}).status_code == 200
    more = json.dumps(json.loads(data) | {"buyer_reference": "4711"}).encode()
    assert taken_in(lasting, more) == found
    assert shown(lasting, found)["state"] == "validated"
    told = lasting.get(f"/v1/documents/{found}/trace").get_json()["events"]
    assert "finance.invoice.approval_revoked.v1" in [each["type"] for each in told]


def test_content_that_changes_while_it_is_held_goes_back_to_be_judged(lasting: Served) -> None:
    bill = json.loads(BILL)
    found = lasting.take_in(BILL)["documents"][0]["id"]
    step = {"to": "approved", "reason": "fine"}
    path = f"/v1/documents/{found}/transitions"
    assert lasting.post(path, "approver", json=step).status_code == 200
    raised(lasting, found, PRICE)
    bill["Invoices"][0]["Reference"] = "changed at its source"
    lasting.take_in(json.dumps(bill).encode())
    held = shown(lasting, found)
    assert (held["state"], held["exception"]["from_state"]) == ("exception", "validated")
    assert held["payment_hold"] is True
    settled(lasting, found, "match")
    assert shown(lasting, found)["state"] == "validated"
