"""What policies do to stored documents: holds, duties, versions, several at once."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest
import yaml

from node_server.operations.excepting import Finding, raise_on, settle

from ..conftest import Served
from .office import MATRIX, Office

DUTIES = Path(__file__).resolve().parents[3] / "docs/examples/policies/segregation.yaml"


@pytest.fixture
def office(lasting: Served) -> Office:
    made = Office(lasting)
    made.directory()
    made.in_force(MATRIX)
    return made


def test_a_refusal_opens_an_exception_and_nobody_approves(office: Office) -> None:
    record = office.invoice("600.00", seller={"name": "Mallory"})
    office.follow()
    assert office.open_ones(record) == [("policies", "matrix.refuse")]
    found = office.document(record)
    assert (found["state"], found["payment_hold"]) == ("exception", True)
    assert office.waiting("ann") == []
    assert office.approve("ann", record, "owner").status_code == 409
    office.follow()
    assert len(office.decisions(record)) == 1
    released = office.call("eve", "POST", f"/v1/documents/{record}/release", json={"reason": "x"})
    assert (released.status_code, "that is not released" in released.text) == (409, True)
    rows = office.get("aud", f"/v1/exceptions?record_id={record}")["data"]
    body = {"reason": "a court says so", "evidence": ["ruling of 3 March"]}
    path = f"/v1/exceptions/{rows[0]['id']}/override"
    assert office.call("eve", "POST", path, json=body).status_code == 200
    office.follow()
    assert office.waiting("ann") == [(record, "owner")]


def test_a_hold_that_was_lifted_asks_for_its_steps_still(office: Office) -> None:
    record = office.bill("B-1", "2000000.00")
    office.follow()
    assert office.open_ones(record) == [("policies", "matrix.hold")]
    path = f"/v1/documents/{record}/release"
    assert office.call("eve", "POST", path, json={"reason": "a ship"}).status_code == 200
    office.follow()
    assert (office.state(record), office.open_ones(record)) == ("validated", [])
    assert office.step("eve", record).status_code == 409
    assert office.waiting("ann") == [(record, "owner")]
    office.approve("ann", record, "owner")
    assert office.approve("cyd", record, "finance").status_code == 200
    assert office.state(record) == "approved"
    office.bill("B-1", "3000000.00")  # other content: the question is open again
    office.follow()
    assert office.open_ones(record) == [("policies", "matrix.hold")]


def test_other_controls_are_facts_and_policies_follow_them(office: Office) -> None:
    tree = copy.deepcopy(MATRIX) | {"version": "2", "cases": []}
    tree["tables"][0]["rules"].append(
        {"id": "held", "says": "Something holds it", "when": {"held_for": {"present": True}},
         "then": {"outcome": "hold"}}
    )  # fmt: skip
    office.in_force(tree)
    record = office.invoice("600.00")
    found = Finding("match", "price_variance", "too dear", moves=True)
    with office.keeping(record) as (keeper, stored):
        raise_on(keeper, stored, found)
    office.follow()
    assert ("policies", "matrix.hold") in office.open_ones(record)
    assert office.approve("ann", record, "owner").status_code == 409
    with office.keeping(record) as (keeper, stored):
        settle(keeper, stored, "match")
    office.follow()
    assert (office.open_ones(record), office.state(record)) == ([], "validated")
    assert office.waiting("ann") == [(record, "owner")]


def test_without_anybody_who_may_it_holds_and_says_so(office: Office) -> None:
    office.directory(assignments=[])
    record = office.invoice("600.00")
    office.follow()
    assert office.open_ones(record) == [("policies", "matrix.hold")]
    (kept,) = office.decisions(record)
    assert "nobody can take it" in kept["message"]
    office.directory()
    again = office.call("pam", "POST", f"/v1/documents/{record}/decide")
    assert again.get_json()["data"][0]["outcome"] == "review"
    assert (office.state(record), office.open_ones(record)) == ("validated", [])


def test_the_same_facts_are_one_decision(office: Office) -> None:
    record = office.invoice("600.00")
    for _ in range(3):
        assert office.call("pam", "POST", f"/v1/documents/{record}/decide").status_code == 200
        office.follow()
    assert len(office.decisions(record)) == 1
    assert office.events(record).count("approval_requested") == 1


def test_an_approval_asked_for_stays_with_the_version_that_asked(office: Office) -> None:
    record = office.invoice("600.00")
    office.follow()
    tree = copy.deepcopy(MATRIX) | {"version": "2", "cases": []}
    tree["tables"][1]["rules"][0]["when"]["amount"]["at_least"] = 700
    office.in_force(tree)
    assert office.step("ann", record).status_code == 409
    assert office.approve("ann", record, "owner").status_code == 200
    assert office.state(record) == "approved"


def test_acts_count_under_a_new_version_that_asks_for_the_same(office: Office) -> None:
    record = office.invoice("1200.00")
    office.follow()
    office.approve("bob", record, "owner")
    tree = copy.deepcopy(MATRIX) | {"version": "2", "cases": []}
    tree["tables"][1]["rules"][1]["then"]["steps"][0]["role"] = "owner"
    office.in_force(tree)
    office.call("pam", "POST", f"/v1/documents/{record}/decide")
    assert office.waiting("ann") == [(record, "finance")]  # bob took a step already
    assert office.approve("bob", record, "finance").status_code == 409
    assert office.approve("ann", record, "finance").status_code == 200
    assert office.state(record) == "approved"


def test_without_a_policy_in_force_the_rule_of_the_house_stays(office: Office) -> None:
    office.call("pam", "POST", "/v1/policies/matrix/retire", json={"reason": "no more"})
    office.decide("pat", "matrix", 2, "activate")
    record = office.invoice("600.00")
    assert office.approve("ann", record, "owner").status_code == 409
    assert office.call("pam", "POST", f"/v1/documents/{record}/decide").status_code == 409
    assert office.step("ann", record).status_code == 200


def test_a_new_policy_is_asked_about_what_was_there_before_it(office: Office) -> None:
    office.call("pam", "POST", "/v1/policies/matrix/retire", json={"reason": "no more"})
    office.decide("pat", "matrix", 2, "activate")
    large, small, _ = (office.invoice(each) for each in ("600.00", "5.00", "7.00"))
    office.step("ann", small)
    office.follow()
    gone = office.call("pam", "POST", "/v1/policies/matrix/apply", json={})
    assert gone.status_code == 404
    office.in_force(MATRIX | {"version": "3"})
    assert office.waiting("ann") == []
    first = office.call("pam", "POST", "/v1/policies/matrix/apply", json={"most": 1}).get_json()
    body = {"cursor": first.pop("next_cursor")}
    assert first == {"asked": 1, "outcomes": {"review": 1}, "has_more": True}
    rest = office.call("pam", "POST", "/v1/policies/matrix/apply", json=body).get_json()
    assert rest == {"asked": 1, "outcomes": {"allow": 1}, "has_more": False}
    assert office.waiting("ann") == [(large, "owner")]
    assert office.decisions(large)[0]["actor"] != "control:policies"
    assert office.call("ann", "POST", "/v1/policies/matrix/apply", json={}).status_code == 403


def test_duties_are_asked_before_an_approval(office: Office) -> None:
    office.in_force(yaml.safe_load(DUTIES.read_text("utf-8")))
    tree = {
        "policy": "no_ann", "version": "1", "applies_to": {"acts": ["approve"]},
        "inputs": {"actor": {"type": "text"}},
        "tables": [{"name": "who", "hit": "collect", "rules": [
            {"id": "ann", "says": "Ann is on trial", "when": {"actor": "ann"},
             "then": {"outcome": "refuse"}}]}],
    }  # fmt: skip
    office.in_force(tree)
    record, small = office.invoice("600.00"), office.invoice("5.00")
    office.follow()
    for refused in (office.approve("ann", record, "owner"), office.step("ann", small)):
        assert refused.status_code == 409
        assert "Ann is on trial" in refused.text
    assert office.approve("bob", record, "owner").status_code == 200
    assert office.step("bob", small).status_code == 200
    asked = {each["policy"] for each in office.decisions(record)}
    assert asked == {"matrix", "segregation_of_duties", "no_ann"}


def test_who_approved_a_payment_does_not_pay_it(office: Office) -> None:
    office.in_force(yaml.safe_load(DUTIES.read_text("utf-8")))
    office.key("ann", "approver", "poster")
    office.key("eve", "approver", "poster")
    payment = {
        "kind": "payment", "direction": "out", "type": "payment", "amount": "5.00",
        "currency": "EUR", "issue_date": "2026-03-01", "value_date": "2026-03-01", "means": "30",
        "number": "Z-1",
        "allocations": [{"target": {"role": "invoice", "number": "A-1"}, "amount": "5.00"}],
        "payee": {"name": "Alder"},
    }  # fmt: skip
    record = office.taken_in(json.dumps(payment).encode())
    approved = office.step("ann", record)
    assert approved.status_code == 200, approved.text
    refused = office.step("ann", record, "posted")
    assert (refused.status_code, "Who approved does not pay" in refused.text) == (409, True)
    assert office.step("eve", record, "posted").status_code == 200


def test_two_policies_must_both_be_satisfied(office: Office) -> None:
    second = copy.deepcopy(MATRIX) | {"policy": "second", "cases": []}
    office.in_force(second)
    record = office.invoice("600.00")
    office.follow()
    assert office.waiting("ann") == [(record, "owner"), (record, "owner")]
    assert office.approve("ann", record, "owner").status_code == 422
    assert office.approve("ann", record, "owner", policy="matrix").status_code == 200
    assert office.state(record) == "validated"
    assert office.approve("ann", record, "owner", policy="second").status_code == 200
    assert office.state(record) == "approved"
