"""What people do about exceptions, and what becomes of those that nobody looks at."""

from __future__ import annotations

from typing import Any

import pytest

from node_server.operations.clearing import escalating
from node_server.operations.clearing.excerpts import excerpt
from node_server.operations.excepting import Finding
from node_server.store import clock, exceptions

from ..conftest import Served
from .conftest import raised, taken_in

PRICE = Finding("match", "price_variance", "5 % over the order", moves=True)
NOTE = Finding("screening", "near_hit", "much like a listed name")


def held(served: Served, *found: Finding) -> tuple[str, str]:
    """A document that is held, and the first of its exceptions."""
    record_id = taken_in(served)
    raised(served, record_id, *(found or (PRICE,)))
    return record_id, of(served, record_id)[0]["id"]


def of(served: Served, record_id: str, **more: str) -> list[dict[str, Any]]:
    asked = "".join(f"&{name}={value}" for name, value in more.items())
    found: list[dict[str, Any]] = served.get(
        f"/v1/exceptions?record_id={record_id}{asked}", "reader"
    ).get_json()["data"]
    return found


def act(served: Served, name: str, exception_id: str, role: str = "controller", **body: Any) -> Any:
    return served.post(f"/v1/exceptions/{exception_id}/{name}", role, json=body)


def document(served: Served, record_id: str) -> tuple[str, bool]:
    shown = served.get(f"/v1/documents/{record_id}").get_json()
    return shown["state"], shown["payment_hold"]


def test_a_list_tells_what_waits_and_what_it_is_about(lasting: Served) -> None:
    record_id, _ = held(lasting)
    (found,) = of(lasting, record_id, state="open", control="match", code="price_variance")
    assert (found["document"], found["kind"], found["overdue"]) == (record_id, "invoice", False)
    assert found["number"].startswith("C-")
    assert of(lasting, record_id, state="released") == []
    assert of(lasting, record_id, holds="false") == []


def test_released_it_goes_on_and_the_trace_says_who_and_why(lasting: Served) -> None:
    record_id, exception_id = held(lasting)
    done = act(lasting, "release", exception_id, reason="agreed with the buyer").get_json()
    assert (done["state"], done["reason"]) == ("released", "agreed with the buyer")
    assert document(lasting, record_id) == ("validated", False)
    trace = lasting.get(f"/v1/documents/{record_id}/trace").get_json()
    (told,) = trace["exceptions"]
    assert [each["action"] for each in told["acts"]] == ["released"]
    assert told["closed_by"] == told["acts"][0]["actor"]


@pytest.mark.parametrize("role", ["reader", "mapper", "poster", "auditor", "vendor_manager"])
def test_who_is_not_entitled_releases_nothing(lasting: Served, role: str) -> None:
    _, exception_id = held(lasting)
    assert act(lasting, "release", exception_id, role, reason="x").status_code == 403


def test_whoever_brought_the_document_releases_nothing_of_it(lasting: Served) -> None:
    record_id = taken_in(lasting, role="admin")
    raised(lasting, record_id, PRICE)
    exception_id = of(lasting, record_id)[0]["id"]
    for name, body in (
        ("release", {"reason": "x"}),
        ("override", {"reason": "x", "evidence": ["y"]}),
        ("reject", {"reason": "x"}),
    ):
        assert act(lasting, name, exception_id, "admin", **body).status_code == 409
    assert document(lasting, record_id) == ("exception", True)


def test_whoever_held_it_by_hand_does_not_release_it(lasting: Served) -> None:
    record_id = taken_in(lasting)
    step = {"to": "exception", "code": "unclear", "reason": "what is this?"}
    assert lasting.post(f"/v1/documents/{record_id}/transitions", "admin", json=step).status_code
    exception_id = of(lasting, record_id)[0]["id"]
    assert act(lasting, "release", exception_id, "admin", reason="ah").status_code == 409
    back = {"to": "validated", "reason": "ah"}
    path = f"/v1/documents/{record_id}/transitions"
    assert lasting.post(path, "admin", json=back).status_code == 409
    assert lasting.post(f"/v1/documents/{record_id}/release", "admin", json={"reason": "x"}
                        ).status_code == 409  # fmt: skip
    assert lasting.post(path, "approver", json=back).status_code == 200


def test_whoever_caused_a_verdict_does_not_release_it(lasting: Served) -> None:
    record_id = taken_in(lasting)
    me = lasting.get("/v1/keys").get_json()["data"]
    admin = next(each["id"] for each in me if each["name"] == "admin of acme")
    raised(lasting, record_id, Finding("vendors", "bank_changed", "new IBAN", caused_by=(admin,)))
    exception_id = of(lasting, record_id)[0]["id"]
    assert act(lasting, "release", exception_id, "admin", reason="mine").status_code == 409
    assert act(lasting, "release", exception_id, reason="called them").status_code == 200


def test_an_override_needs_evidence_and_is_counted(lasting: Served) -> None:
    record_id, exception_id = held(lasting)
    assert act(lasting, "override", exception_id, reason="urgent").status_code == 422
    before = lasting.get("/v1/exceptions/report", "auditor").get_json()["overridden"]
    done = act(lasting, "override", exception_id, reason="urgent", evidence=["mail of 3 March"])
    assert done.get_json()["state"] == "overridden"
    assert document(lasting, record_id) == ("validated", False)
    report = lasting.get("/v1/exceptions/report", "auditor").get_json()
    assert report["overridden"] == before + 1
    row = next(each for each in report["overrides"] if each["code"] == "price_variance")
    assert (row["person"], row["control"]) == ("controller of acme", "match")
    assert lasting.get("/v1/exceptions/report", "approver").status_code == 403
    shown = lasting.get(f"/v1/exceptions/{exception_id}").get_json()
    assert shown["acts"][-1]["evidence"] == ["mail of 3 March"]


def test_rejected_the_document_is_rejected_and_nothing_is_open(lasting: Served) -> None:
    record_id, exception_id = held(lasting, PRICE, NOTE)
    assert act(lasting, "reject", exception_id, reason="not ours").status_code == 200
    assert document(lasting, record_id) == ("rejected", False)
    assert {each["state"] for each in of(lasting, record_id)} == {"rejected"}


def test_what_is_closed_is_not_worked_on_again(lasting: Served) -> None:
    _, exception_id = held(lasting)
    act(lasting, "release", exception_id, reason="fine")
    for name, body in (
        ("release", {"reason": "again"}),
        ("comment", {"note": "late"}),
        ("assign", {"owner": "me"}),
    ):
        assert act(lasting, name, exception_id, **body).status_code == 409


def test_one_release_leaves_what_else_holds(lasting: Served) -> None:
    record_id, exception_id = held(lasting, PRICE, NOTE)
    act(lasting, "release", exception_id, reason="agreed")
    assert document(lasting, record_id) == ("validated", True)
    step = {"to": "approved", "reason": "fine"}
    refused = lasting.post(f"/v1/documents/{record_id}/transitions", "approver", json=step)
    assert "near_hit" in refused.get_json()["message"]


def test_owner_due_time_remarks_and_questions_are_kept(lasting: Served) -> None:
    record_id, exception_id = held(lasting)
    due = "2030-01-31T12:00:00Z"
    done = act(lasting, "assign", exception_id, owner="j.doe", due_at=due, note="yours").get_json()
    assert (done["owner"], done["due_at"]) == ("j.doe", due)
    act(lasting, "comment", exception_id, note="called them")
    act(lasting, "request", exception_id, question="which order?", of="supplier")
    shown = lasting.get(f"/v1/exceptions/{exception_id}").get_json()
    assert [each["action"] for each in shown["acts"]] == ["assigned", "commented", "requested"]
    assert shown["acts"][2]["of"] == "supplier"
    events = lasting.get(f"/v1/documents/{record_id}/trace").get_json()["events"]
    assert events[-1]["type"] == "finance.invoice.information_requested.v1"


def test_one_is_shown_with_its_lines_other_documents_and_where_it_came_from(
    lasting: Served,
) -> None:
    order, record_id = taken_in(lasting), taken_in(lasting)
    context = {"records": [{"id": order}], "lines": [{"line": "1"}], "off_by": "5"}
    raised(lasting, record_id, Finding("match", "price_variance", "off", context=context))
    path = f"/v1/exceptions/{of(lasting, record_id)[0]['id']}"
    shown = lasting.get(path, "auditor").get_json()
    assert shown["context"]["off_by"] == "5"
    assert [each["id"] for each in shown["lines"]] == ["1"]
    assert [each["id"] for each in shown["documents"]] == [order]
    number = shown["record"]["document"]["number"]
    assert number in shown["sources"][0]["excerpt"]
    assert "excerpt" not in lasting.get(path, "reader").get_json()["sources"][0]


@pytest.mark.parametrize(
    ("body", "marks", "found"),
    [
        (b"abc INV-7 def", ["INV-7"], "abc INV-7 def"),
        (b"no mark here", ["INV-7"], "no mark here"),
        (b"\xff\xfe\x00", ["INV-7"], ""),
        ("é".encode() * 40_000, ["nothing"], "é" * 300),
    ],
)
def test_an_excerpt_is_the_text_around_what_it_is_known_by(
    body: bytes, marks: list[str], found: str
) -> None:
    assert excerpt(body, marks) == found


def settings(served: Served, tree: dict[str, Any]) -> None:
    made = served.call("PUT", "/v1/control-settings/exceptions", "controller", json=tree)
    assert made.status_code == 201, made.text
    path = f"/v1/control-settings/exceptions/{made.get_json()['version']}/activate"
    assert served.post(path, "admin").status_code == 200


def overdue(served: Served, exception_id: str) -> None:
    with served.house.store.writing() as connection:
        row = {"tenant": "acme", "id": exception_id}
        past = clock.stamp(after=-60)
        exceptions.change(connection, row, due_at=past, escalate_at=past)


def test_what_nobody_looks_at_becomes_somebody_elses_once_each_time(served: Served) -> None:
    settings(served, {"escalate_to": "cfo", "every_hours": 24, "most": 2})
    record_id, exception_id = held(served)
    assert escalating.escalate(served.house) == 0
    overdue(served, exception_id)
    assert of(served, record_id, overdue="true")
    assert "counterfoil_exceptions_overdue 1.0" in served.get("/metrics").text
    assert [escalating.escalate(served.house) for _ in range(2)] == [1, 0]
    (found,) = of(served, record_id)
    assert (found["owner"], found["escalations"], found["overdue"]) == ("cfo", 1, True)
    events = served.get(f"/v1/documents/{record_id}/trace").get_json()["events"]
    assert events[-1]["type"] == "finance.invoice.exception_escalated.v1"
    overdue(served, exception_id)
    assert escalating.escalate(served.house) == 1
    assert escalating.escalate(served.house) == 0


def test_settings_say_when_it_is_due_and_whose_it_is(served: Served) -> None:
    rule = {"control": "match", "due_hours": 2, "owner": "buyer"}
    settings(served, {"rules": [rule], "due_hours": 100, "owner": "ap"})
    record_id, _ = held(served, PRICE, NOTE)
    match, other = of(served, record_id)
    hours = [
        (clock.read(each["due_at"]) - clock.read(each["opened_at"])).total_seconds() / 3600
        for each in (match, other)
    ]
    assert (match["owner"], other["owner"], hours) == ("buyer", "ap", [2, 100])


def test_open_exceptions_are_counted_by_control_and_code(served: Served) -> None:
    held(served, PRICE, NOTE)
    text = served.get("/metrics").text
    assert 'counterfoil_exceptions{code="price_variance",control="match"} 1.0' in text
