"""Approvals over a stored document: who may, whose turn it is, what counts, what follows."""

from __future__ import annotations

import copy
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from node_server.operations.access import rotate_key

from ..conftest import Served
from .office import MATRIX, Office

DUTIES = Path(__file__).resolve().parents[3] / "docs/examples/policies/segregation.yaml"


@pytest.fixture
def office(lasting: Served) -> Office:
    made = Office(lasting)
    made.directory()
    made.in_force(MATRIX)
    return made


def test_two_people_approve_one_after_the_other(office: Office) -> None:
    record = office.invoice("1200.00")
    office.follow()
    assert office.events(record)[-1] == "approval_requested"
    assert office.waiting("ann") == office.waiting("bob") == [(record, "owner")]
    assert office.waiting("cyd") == office.waiting("eve") == []
    assert office.approve("cyd", record, "finance").status_code == 409  # not yet
    assert office.approve("eve", record, "owner").status_code == 409  # not her
    assert office.approve("bob", record, "owner", reason="mine").status_code == 200
    assert (office.state(record), office.waiting("cyd")) == ("validated", [(record, "finance")])
    assert office.approve("bob", record, "owner").status_code == 409  # once is enough
    done = office.approve("cyd", record, "finance").get_json()
    assert done["document"]["state"] == "approved"
    assert [each["state"] for each in done["approvals"]] == ["approved"]
    told = ["approval_requested", "approval_given", "approval_given", "approved"]
    assert office.events(record)[-4:] == told
    (kept,) = office.decisions(record)
    assert kept["content_hash"] == office.document(record)["content_hash"]
    assert [hit["rule"] for hit in kept["hits"]] == ["owner", "finance"]
    assert (kept["number"], kept["actor"]) == (1, "control:policies")


def test_what_needs_nobody_is_approved_as_before(office: Office) -> None:
    record = office.invoice("10.00")
    assert office.step("ann", record).status_code == 200
    (kept,) = office.decisions(record)
    assert kept["outcome"] == "allow"


@pytest.mark.parametrize("followed", [True, False])
def test_no_other_way_leads_past_the_steps(office: Office, followed: bool) -> None:
    record = office.invoice("600.00")
    if followed:
        office.follow()
    refused = office.step("ann", record)
    assert refused.status_code == 409
    assert "asks for approvals that are not given yet: owner (ann or bob)" in refused.text
    item = {"json": {"id": record}}
    body = {"items": [item], "parameters": {"to": "approved", "reason": "quick"}}
    node = office.call("ann", "POST", "/v1/nodes/move/execute", json=body)
    assert "approvals" in node.text
    assert office.state(record) == "validated"
    assert office.approve("ann", record, "owner").status_code == 200
    assert office.state(record) == "approved"


def test_whoever_brought_the_document_approves_nothing_of_it(office: Office) -> None:
    office.key("ann", "approver", "mapper")
    record = office.invoice("600.00", "ann")
    office.follow()
    assert (office.waiting("ann"), office.waiting("bob")) == ([], [(record, "owner")])
    assert office.approve("ann", record, "owner").status_code == 409


def test_whoever_changed_it_approves_nothing_of_it(office: Office) -> None:
    office.key("ann", "approver", "mapper")
    record = office.bill("B-1", "600.00")
    assert office.bill("B-1", "700.00", "ann") == record
    office.follow()
    assert office.approve("ann", record, "owner").status_code == 409
    assert office.waiting("ann") == []


def test_a_rotated_key_does_not_make_another_person(office: Office) -> None:
    office.key("ann", "approver", "mapper")
    office.key("root", "admin")
    record = office.invoice("600.00", "ann")
    rows = office.get("root", "/v1/keys")["data"]
    old = [row for row in rows if row["name"] == "ann"][-1]["id"]
    made = rotate_key(office.served.house, office.tenant, old, "root", overlap_seconds=0)
    office.keys["ann"] = made["key"]
    office.follow()
    assert office.approve("ann", record, "owner").status_code == 409


def test_changed_content_revokes_what_was_approved(office: Office) -> None:
    record = office.bill("B-1", "1200.00")
    office.follow()
    assert office.approve("bob", record, "owner").status_code == 200
    assert office.bill("B-1", "9000.00") == record
    assert office.approve("cyd", record, "finance").status_code == 409
    office.follow()
    assert office.events(record)[-2:] == ["approval_revoked", "approval_requested"]
    office.bill("B-1", "1200.00")  # as it was: the approval was given to another revision
    office.follow()
    assert office.waiting("cyd") == []
    shown = office.get("aud", f"/v1/documents/{record}/approvals")
    assert [(act["person"], act["counts"]) for act in shown["acts"]] == [("bob", False)]
    assert shown["data"][0]["steps"][0].get("approved_by") is None


def test_what_is_approved_is_so_no_more_when_its_content_changes(office: Office) -> None:
    record = office.bill("B-1", "600.00")
    office.follow()
    office.approve("bob", record, "owner")
    assert office.state(record) == "approved"
    office.bill("B-1", "700.00")
    assert office.state(record) == "validated"
    assert office.step("ann", record).status_code == 409
    office.follow()
    assert office.events(record).count("approval_revoked") == 1
    assert office.waiting("ann") == [(record, "owner")]


def test_only_what_was_looked_at_is_approved(office: Office) -> None:
    record = office.bill("B-1", "600.00")
    office.follow()
    seen = office.get("bob", "/v1/approvals")["data"][0]["content_hash"]
    office.bill("B-1", "700.00")
    late = office.approve("bob", record, "owner", content_hash=seen)
    assert (late.status_code, late.get_json()["code"]) == (409, "conflict")


def test_a_rejection_rejects_the_document_with_its_reason(office: Office) -> None:
    record = office.invoice("600.00")
    office.follow()
    bare = office.approve("bob", record, "owner", verdict="reject")
    assert bare.status_code == 422
    done = office.approve("bob", record, "owner", verdict="reject", reason="not ours")
    assert done.get_json()["document"]["state"] == "rejected"
    trace = office.get("aud", f"/v1/documents/{record}/trace")
    assert trace["steps"][-1]["reason"] == "not ours"


def test_a_stand_in_acts_for_one_who_is_away(office: Office) -> None:
    record = office.invoice("1200.00")
    office.follow()
    office.approve("bob", record, "owner")
    assert office.approve("eve", record, "finance").status_code == 409
    away = {"absences": [{"person": "cyd"}], "delegations": [{"person": "cyd", "to": "eve"}]}
    office.directory(**away)
    assert office.waiting("cyd") == []
    (entry,) = office.get("eve", "/v1/approvals")["data"]
    assert entry["instead_of"] == "cyd"
    assert office.approve("eve", record, "finance", instead_of="ann").status_code == 409
    assert office.approve("eve", record, "finance", instead_of="cyd").status_code == 200
    assert office.state(record) == "approved"
    shown = office.get("aud", f"/v1/documents/{record}/approvals")
    assert [act.get("instead_of") for act in shown["acts"]] == [None, "cyd"]


def test_what_was_approved_stays_when_the_directory_changes(office: Office) -> None:
    record = office.invoice("1200.00")
    office.follow()
    office.approve("bob", record, "owner")
    office.directory(assignments=[{"role": "owner", "person": "ann"},
                                  {"role": "controller", "person": "cyd"}])  # fmt: skip
    assert office.approve("cyd", record, "finance").status_code == 200
    assert office.state(record) == "approved"


def test_steps_of_one_stage_run_side_by_side(office: Office) -> None:
    tree = copy.deepcopy(MATRIX) | {"version": "2", "cases": []}
    tree["tables"][1]["rules"][1]["then"]["steps"][0]["stage"] = 1
    office.in_force(tree)
    record = office.invoice("1200.00")
    office.follow()
    assert office.waiting("cyd") == [(record, "finance")]
    assert office.approve("cyd", record, "finance").status_code == 200
    assert office.approve("ann", record, "owner").status_code == 200
    assert office.state(record) == "approved"


def test_open_approvals_come_in_pages(office: Office) -> None:
    records = [office.invoice("600.00") for _ in range(5)]
    office.follow()
    page = office.get("ann", "/v1/approvals?limit=3")
    rest = office.get("ann", f"/v1/approvals?limit=3&cursor={page['next_cursor']}")
    found = [each["document"] for each in page["data"] + rest["data"]]
    assert (found, rest["has_more"]) == (records, False)
    assert office.call("ann", "GET", "/v1/approvals?all=true").status_code == 403
    every = office.get("aud", "/v1/approvals?all=true")["data"]
    assert [each["may"] for each in every] == [["ann", "bob"]] * 5


def test_a_trace_tells_what_was_decided_and_who_approved(office: Office) -> None:
    record = office.invoice("600.00")
    office.follow()
    office.approve("bob", record, "owner", reason="mine")
    trace = office.get("aud", f"/v1/documents/{record}/trace")
    (decision,) = trace["decisions"]
    assert (decision["policy"], decision["outcome"]) == ("matrix", "review")
    (act,) = trace["approvals"]
    assert (act["person"], act["step"], act["reason"]) == ("bob", "owner", "mine")


def test_of_two_who_approve_at_once_one_counts(office: Office) -> None:
    record = office.invoice("600.00")
    office.follow()
    with ThreadPoolExecutor(2) as pool:
        answers = pool.map(lambda name: office.approve(name, record, "owner"), ("ann", "bob"))
        assert sorted(each.status_code for each in answers) == [200, 409]
    acts = office.get("aud", f"/v1/documents/{record}/approvals")["acts"]
    assert (office.state(record), len(acts)) == ("approved", 1)


def test_nothing_of_another_tenant_is_approved(office: Office) -> None:
    record = office.invoice("600.00")
    office.follow()
    body = {"step": "owner", "verdict": "approve"}
    path = f"/v1/documents/{record}/approvals"
    assert office.served.post(path, tenant="other", json=body).status_code == 404
    assert office.served.get(path, tenant="other").status_code == 404
