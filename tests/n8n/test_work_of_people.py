"""What people decide, decided from n8n: retry, resolve, accept, approve, release."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from node_server.simulators import Simulator
from tests.n8n.n8n_host import N8n
from tests.n8n.samples import bill, invoice
from tests.n8n.standing import Server
from tests.n8n.workflows import by_id, chain, fan, manual, ours

Json = dict[str, Any]
ONE: list[Json] = [{"json": {}}]
OWNERS_OWN = "Garten GmbH"
POLICY = {
    "policy": "owner_approves",
    "version": "1",
    "applies_to": {"kinds": ["invoice"], "directions": ["payable"]},
    "inputs": {"supplier_name": {"type": "text", "optional": True}},
    "tables": [{
        "name": "approval", "hit": "collect",
        "rules": [{"id": "owner", "says": "What comes from Garten the owner approves",
                   "when": {"supplier_name": OWNERS_OWN},
                   "then": {"steps": [{"id": "owner", "role": "owner", "stage": 1}]}}],
    }],
    "cases": [{"name": "theirs", "day": "2026-02-01", "facts": {"supplier_name": OWNERS_OWN},
               "expect": {"outcome": "review", "steps": ["owner"]}}],
}  # fmt: skip


def of_role(n8n: N8n, server: Server, role: str) -> Json:
    data = {"baseUrl": server.url, "apiKey": server.keys[role]}
    return {"counterfoilApi": n8n.credential(role, "counterfoilApi", data)}


def taken_in(server: Server, document: Json) -> str:
    """The id of a document that somebody else has brought."""
    made = server.asked("POST", "/v1/documents?connector=canonical", json=document)
    return str(made["documents"][0]["id"])


def stepped(server: Server, document: str, *steps: str) -> None:
    for to in steps:
        body = {"to": to, "reason": "checked"}
        role = "approver" if to == "approved" else "admin"
        server.asked("POST", f"/v1/documents/{document}/transitions", role, json=body)


def freed(server: Server, document: str) -> Any:
    """What waits for the owner, once nothing holds the document any more."""
    path = f"/v1/exceptions?record_id={document}&state=open"
    for each in server.asked("GET", path)["data"]:
        body = {"reason": "asked for by telephone"}
        server.call("POST", f"/v1/exceptions/{each['id']}/release", "n8n", json=body)
    return server.asked("GET", "/v1/approvals", "approver")["data"]


def until(asked: Callable[[], Any]) -> Any:
    """What is asked for, as soon as there is any."""
    end = time.monotonic() + 60
    while not (found := asked()) and time.monotonic() < end:
        time.sleep(0.1)
    return found


@pytest.fixture
def refused(server: Server, xero: Simulator) -> list[str]:
    """Keys of two counterfoils that the other system has refused."""
    keys = []
    for n in range(2):
        made = taken_in(server, bill(f"REFUSED-{n}", f"Refused {n} KG"))
        stepped(server, made, "approved")
        xero.fail(next=["refuse@create"])
        path = "/v1/connections/xero-main/post?wait=30"
        server.call("POST", path, "n8n", json={"document": made})
        [row] = server.asked("GET", f"/v1/counterfoils?document={made}")["data"]
        assert row["state"] == "refused"
        keys.append(row["key"])
    xero.shift(1000)  # for some minutes Xero gives the same answer to the same key
    return keys


def test_what_was_refused_is_tried_again_or_settled_by_what_was_found(
    n8n: N8n, credential: Json, server: Server, refused: list[str]
) -> None:
    again, settled = refused
    retry = ours("counterfoil", "retry", credential, name="Retry", key=again, reason="corrected")
    finding: Json = {"key": settled, "outcome": "applied", "reason": "typed in by hand",
               "options": {"targetId": "42"}}  # fmt: skip
    resolve = ours("counterfoil", "resolve", credential, name="Resolve", **finding)
    found = n8n.run(fan(manual(), retry, resolve, items=ONE))
    assert [each["key"] for each in found.items("Retry")] == [again]
    assert [each["state"] for each in found.items("Resolve")] == ["confirmed"]

    def went_through() -> bool:
        return bool(server.asked("GET", f"/v1/counterfoils/{again}")["state"] == "confirmed")

    assert until(went_through)


def test_a_proposal_is_accepted_and_the_invoice_paid(
    n8n: N8n, credential: Json, server: Server
) -> None:
    owed = invoice("RE-4471") | {
        "direction": "receivable", "payment": [], "refs": [],
        "seller": {"name": "Us"}, "buyer": {"name": "Kunde Accept"},
    }  # fmt: skip
    document = taken_in(server, owed)
    stepped(server, document, "approved", "posted")
    line = taken_in(server, {
        "kind": "bank_transaction", "account": {"scheme": "other", "value": "ACC-N8N"},
        "amount": "476.00", "currency": "EUR", "status": "booked", "direction": "credit",
        "booking_date": "2026-03-01", "value_date": "2026-03-01", "servicer_ref": "N8N-1",
        "occurrence": 1, "details": [{"remittance": ["Rechnung RE-4471"]}],
    })  # fmt: skip
    run = ours("control", "reconcile", credential, name="Run", options={"account": "ACC-N8N"})
    filters = {"state": "proposed", "document": line}
    proposed = ours("reconciliation", "getAll", credential, name="Proposed", filters=filters)
    stated: Json = {"reconciliationId": "={{ $json.id }}", "options": {"reason": "customer called"}}
    accept = ours("reconciliation", "accept", credential, name="Accept", **stated)
    found = n8n.run(chain(manual(), run, proposed, accept, items=ONE))
    [accepted] = found.items("Accept")
    assert accepted["state"] == "accepted"
    assert accepted["history"][0]["reason"] == "customer called"
    assert server.asked("GET", f"/v1/documents/{document}")["state"] == "paid"


def test_what_may_be_there_twice_is_found_and_listed(
    n8n: N8n, credential: Json, server: Server
) -> None:
    first = taken_in(server, bill("DUP-0123", "Zwilling KG"))
    second = taken_in(server, bill("DUP-O123", "Zwilling KG"))
    judge = ours("control", "findDuplicates", credential, name="Judge", documentId=by_id(second))
    many = ours("control", "getDuplicates", credential, name="Many", returnAll=True)
    found = n8n.run(chain(manual(), judge, many, items=ONE))
    assert first in json.dumps(found.items("Judge"))
    [listed] = [each for each in found.items("Many") if each["document"] == second]
    assert first in {each["id"] for each in listed["records"]}


def test_an_exception_is_released_by_whoever_is_entitled(
    n8n: N8n, credential: Json, server: Server
) -> None:
    held = taken_in(server, bill("REL-1", "Never Ordered KG"))
    match = ours("control", "match", credential, name="Match", documentId=by_id(held))
    many = ours("exception", "getAll", credential, name="Held", filters={"recordId": held})
    stated: Json = {"exceptionId": "={{ $json.id }}", "reason": "ordered by telephone"}
    release = ours("exception", "release", credential, name="Release", **stated)
    found = n8n.run(chain(manual(), match, many, release, items=ONE))
    assert [each["code"] for each in found.items("Held")] == ["no_order"]
    assert len(found.items("Release")) == 1
    [row] = server.asked("GET", f"/v1/exceptions?record_id={held}")["data"]
    assert row["state"] == "released"
    brought = ours("exception", "release", of_role(n8n, server, "admin"), **stated)
    other = taken_in(server, bill("REL-2", "Nor Ordered KG"))
    many["parameters"]["filters"] = {"recordId": other}
    match["parameters"]["documentId"] = by_id(other)
    refused = n8n.run(chain(manual(), match, many, brought, items=ONE))
    assert "whoever took a document in" in refused.error["message"]


def test_a_change_of_bank_details_is_proposed_and_listed(
    n8n: N8n, credential: Json, server: Server
) -> None:
    party = taken_in(server, {"kind": "party", "name": "Wolf KG", "master_id": "V-N8N",
                              "roles": ["supplier"]})  # fmt: skip
    account = {"id": {"scheme": "iban", "value": "DE02120300000000202051"}, "holder": "Wolf KG"}
    stated: Json = {"party": party, "bankAccounts": json.dumps([account]),
              "options": {"reason": "their letter"}}  # fmt: skip
    admin = of_role(n8n, server, "admin")
    propose = ours("change", "propose", admin, name="Propose", **stated)
    filters = {"state": "proposed", "party": party}
    many = ours("change", "getAll", credential, name="Many", filters=filters)
    found = n8n.run(chain(manual(), propose, many, items=ONE))
    [proposed], [listed] = found.items("Propose"), found.items("Many")
    assert (listed["id"], listed["state"]) == (proposed["id"], "proposed")


@pytest.fixture
def in_force(server: Server) -> None:
    """A policy that asks the owner, who is the key `boss`; one proposes, another activates it."""
    people = {"assignments": [{"role": "owner", "person": "boss"}]}
    made = server.asked("PUT", "/v1/control-settings/directory", "n8n", json=people)
    path = f"/v1/control-settings/directory/{made['version']}/activate"
    server.asked("POST", path, json={"reason": "agreed"})
    made = server.asked("PUT", f"/v1/policies/{POLICY['policy']}", "n8n", data=json.dumps(POLICY))
    path = f"/v1/policies/{POLICY['policy']}/versions/{made['number']}/activate"
    server.asked("POST", path, json={})


def test_what_waits_for_a_person_is_listed_and_approved(
    n8n: N8n, credential: Json, server: Server, in_force: None
) -> None:
    document = taken_in(server, bill("APPROVE-1", OWNERS_OWN))
    assert until(lambda: freed(server, document)), server.asked("GET", f"/v1/documents/{document}")
    boss = of_role(n8n, server, "approver")
    waiting = ours("approval", "getAll", boss, name="Waiting")
    stated: Json = {"documentId": by_id("={{ $json.document }}"), "step": "={{ $json.step }}",
              "verdict": "approve", "options": {"reason": "ordered by me"}}  # fmt: skip
    approve = ours("approval", "decide", boss, name="Approve", **stated)
    policies = ours("policy", "getAll", credential, name="Policies")
    about: Json = {"filters": {"recordId": document}}
    decisions = ours("policy", "getDecisions", credential, name="Decisions", **about)
    found = n8n.run(chain(manual(), waiting, approve, policies, decisions, items=ONE))
    assert [each["document"] for each in found.items("Waiting")] == [document]
    assert [each["document"]["state"] for each in found.items("Approve")] == ["approved"]
    [policy] = found.items("Policies")
    assert (policy["policy"], policy["in_force"]["state"]) == (POLICY["policy"], "active")
    assert "review" in {each["outcome"] for each in found.items("Decisions")}
