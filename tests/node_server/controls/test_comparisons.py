"""Two connections compared over what each of them delivered last."""

from __future__ import annotations

import itertools
import json
from typing import Any

from node_server.auth import principal
from node_server.operations.ingesting import Intake, Payload, ingest

from ..conftest import BILL, Served
from .conftest import open_ones

_numbers = itertools.count(1)
SETTINGS = {"disagreements": ["amount"]}


def bill(number: str, object_id: str, **more: Any) -> bytes:
    plain = json.loads(BILL)
    (invoice,) = plain["Invoices"]
    invoice |= {"InvoiceNumber": number, "InvoiceID": object_id} | more
    return json.dumps(plain).encode()


def delivered(served: Served, connection: str, data: bytes) -> str:
    """What a pull of that connection would have taken in."""
    who = principal("acme", f"pull:{connection}", "schedule", frozenset({"poster"}))
    how = Intake("erp/xero", "invoice", connection=connection, channel="api")
    outcome = ingest(served.house, who, Payload(data, "application/json"), how)
    return str(outcome["documents"][0]["id"])


def compare(served: Served, left: str, right: str, **more: Any) -> dict[str, Any]:
    answer = served.post("/v1/comparisons", json={"left": left, "right": right} | more)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def pair() -> tuple[str, str, str]:
    """Two connections of their own, and the number of a bill."""
    number = next(_numbers)
    return f"left-{number}", f"right-{number}", f"BILL-{number}"


def test_documents_that_differ_are_told_with_what_each_system_says(lasting: Served) -> None:
    left, right, number = pair()
    delivered(lasting, left, bill(number, "a"))
    delivered(lasting, right, bill(number, "b", DueDateString="2030-01-31T00:00:00"))
    found = compare(lasting, left, right)
    assert (found["compared"], found["differing"]) == (1, 1)
    (differing,) = found["disagreements"]
    assert differing["number"] == number
    assert [each["path"] for each in differing["differences"]] == ["due_date"]
    assert lasting.get(f"/v1/comparisons/{found['id']}").get_json() == found


def test_what_a_system_says_now_counts_and_not_what_it_said_first(lasting: Served) -> None:
    left, right, number = pair()
    delivered(lasting, left, bill(number, "a", DueDateString="2030-01-31T00:00:00"))
    delivered(lasting, right, bill(number, "b"))
    assert compare(lasting, left, right)["differing"] == 1
    delivered(lasting, left, bill(number, "a"))
    found = compare(lasting, left, right)
    assert (found["compared"], found["differing"]) == (1, 0)


def test_what_only_one_of_them_has_is_told(lasting: Served) -> None:
    left, right, number = pair()
    delivered(lasting, left, bill(number, "a"))
    delivered(lasting, right, bill(f"{number}-other", "b"))
    found = compare(lasting, left, right)
    assert (found["compared"], len(found["only_left"]), len(found["only_right"])) == (0, 1, 1)


def test_how_far_a_document_is_paid_is_read_off_its_balance(lasting: Served) -> None:
    left, right, number = pair()
    delivered(lasting, left, bill(number, "a"))
    delivered(lasting, right, bill(number, "b", AmountDue="0.00"))
    found = compare(lasting, left, right)
    paths = [each["path"] for each in found["disagreements"][0]["differences"]]
    assert "payment_status" in paths


def test_only_the_kinds_that_are_asked_for_are_compared(lasting: Served) -> None:
    left, right, number = pair()
    delivered(lasting, left, bill(number, "a"))
    delivered(lasting, right, bill(number, "b"))
    assert compare(lasting, left, right, kinds=["payment"])["compared"] == 0


def test_reading_first_needs_a_connection(lasting: Served) -> None:
    answer = lasting.post("/v1/comparisons", json={"left": "x", "right": "y", "live": True})
    assert (answer.status_code, answer.get_json()["code"]) == (422, "unknown_name")


def test_nothing_of_another_tenant_is_compared(lasting: Served) -> None:
    left, right, number = pair()
    delivered(lasting, left, bill(number, "a"))
    found = compare(lasting, left, right)
    path = f"/v1/comparisons/{found['id']}"
    assert lasting.get(path, tenant="other").status_code == 404
    body = {"left": left, "right": right}
    other = lasting.post("/v1/comparisons", tenant="other", json=body).get_json()
    assert other["only_left"] == []


def test_what_may_not_differ_opens_an_exception_until_it_agrees(served: Served) -> None:
    path = "/v1/control-settings/reconciliation"
    answer = served.call("PUT", path, json=SETTINGS)
    assert answer.status_code in (200, 201), answer.text
    version = answer.get_json()["version"]
    activated = served.post(f"{path}/{version}/activate", "controller", json={"reason": "seen"})
    assert activated.status_code == 200, activated.text
    left, right, number = pair()
    one = delivered(served, left, bill(number, "a"))
    delivered(served, right, bill(number, "b", AmountDue="1.00"))
    compare(served, left, right)
    assert ("comparison", "systems_disagree") in open_ones(served, one)
    delivered(served, right, bill(number, "b"))
    compare(served, left, right)
    assert ("comparison", "systems_disagree") not in open_ones(served, one)
