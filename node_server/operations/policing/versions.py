"""Versions of policies: proposed by one person, put in force or taken out by another."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection

from canonical_model.controls.policy import Policy, run_cases
from node_server.auth import Principal
from node_server.errors import Refusal
from node_server.operations.access import audit_row
from node_server.operations.governing.in_force import is_replaced, of_name, today, version_of
from node_server.operations.governing.persons import people
from node_server.operations.governing.reading import policy_of
from node_server.operations.house import House
from node_server.operations.policing.showing import shown
from node_server.store import access, clock, policies
from node_server.store.policies import ACTIVE, PROPOSED, REJECTED, RETIRED, SUPERSEDED, Row

PUT: Final = "put"
ROLL_BACK: Final = "roll_back"
RETIRE: Final = "retire"


def propose(
    house: House, who: Principal, name: str | None, text: bytes, why: str | None
) -> tuple[dict[str, Any], bool]:
    """A version as it is proposed, and whether it is new; nothing is decided by it yet."""
    policy = policy_of(text)
    if name is not None and name != policy.policy:
        hint = f"put it to /v1/policies/{policy.policy}, or change its `policy`"
        message = f"it is named {policy.policy[:60]!r}, not {name[:60]!r}"
        raise Refusal(422, "body_invalid", message, hint=hint)
    with house.store.writing(_lock(who.tenant, policy.policy)) as connection:
        rows = policies.versions(connection, who.tenant, policy.policy)
        if (found := _same(rows, policy)) is not None:
            return shown(found), False
        row = _added(connection, who, PUT, text, policy, why)
    return shown(row), True


def _same(rows: list[Row], policy: Policy) -> Row | None:
    """A version that says the same already; a refusal where its number says something else."""
    for row in reversed(rows):
        if row["version"] != policy.version or row["action"] != PUT:
            continue
        if row["hash"] == policy.hash and row["state"] in (PROPOSED, ACTIVE):
            return row
        if row["hash"] != policy.hash and row["state"] != REJECTED:
            message = f"version {policy.version[:60]!r} is there already and says something else"
            hint = "state a version of its own; a rollback proposes an earlier one again"
            raise Refusal(409, "conflict", message, hint=hint)
    return None


def _added(
    connection: Connection, who: Principal, action: str, text: bytes, policy: Policy,
    why: str | None,
) -> Row:  # fmt: skip
    row: Row = {
        "tenant": who.tenant,
        "name": policy.policy,
        "number": policies.newest(connection, who.tenant, policy.policy) + 1,
        "version": policy.version,
        "action": action,
        "state": PROPOSED,
        "body": text,
        "hash": policy.hash,
        "why": why,
        "proposed_by": who.id,
        "proposed_at": clock.stamp(),
        "decided_by": None,
        "decided_at": None,
        "reason": None,
    }
    policies.add(connection, row)
    _note(connection, who, f"policy_{action}_proposed", row, why)
    return row


def roll_back(house: House, who: Principal, name: str, number: int, why: str) -> dict[str, Any]:
    """Propose an earlier version again: a second person activates it as any other."""
    with house.store.writing(_lock(who.tenant, name)) as connection:
        earlier = _found(policies.get(connection, who.tenant, name, number))
        if earlier["state"] not in (SUPERSEDED, RETIRED):
            message = f"number {number} is {earlier['state']}; it was not in force before"
            raise Refusal(409, "step_refused", message, hint="roll back to one that was")
        body = earlier["body"]
        return shown(_added(connection, who, ROLL_BACK, body, policy_of(body), why))


def retire(house: House, who: Principal, name: str, why: str) -> dict[str, Any]:
    """Propose that a policy decides no more: that too takes a second person."""
    with house.store.writing(_lock(who.tenant, name)) as connection:
        rows = [r for r in policies.versions(connection, who.tenant, name) if r["state"] == ACTIVE]
        if not rows:
            _found(next(iter(policies.versions(connection, who.tenant, name)), None))
            raise Refusal(409, "step_refused", "no version of it is in force", hint="none is left")
        counting = of_name(connection, who.tenant, name) or version_of(rows[-1])
        body = counting.row["body"]
        return shown(_added(connection, who, RETIRE, body, counting.policy, why))


def activate(
    house: House, who: Principal, name: str, number: int, reason: str | None
) -> dict[str, Any]:
    """Put a proposal in force; never by whoever proposed it, never with a case that fails."""
    with house.store.writing(_lock(who.tenant, name)) as connection:
        row = _proposal(connection, who.tenant, name, number)
        _second_person(connection, who, row)
        if row["action"] == RETIRE:
            return shown(_retired(connection, who, row, reason))
        policy = policy_of(row["body"])
        _proven(policy)
        for old in policies.active(connection, who.tenant):
            if old["name"] == name and is_replaced(policy_of(old["body"]), policy, today()):
                policies.change(connection, old, state=SUPERSEDED)
        return shown(_decided(connection, who, row, ACTIVE, reason))


def _second_person(connection: Connection, who: Principal, row: Row) -> None:
    if people(connection, who.tenant).same(who, row["proposed_by"]):
        hint = "let somebody else activate it, with a key of their own"
        raise Refusal(409, "step_refused", "whoever proposed it does not activate it", hint=hint)


def _proven(policy: Policy) -> None:
    report = run_cases(policy)
    failed = [each for each in report.results if not each.passed]
    if not failed:
        return
    places = [
        {
            "path": f"cases.{each.name}",
            "code": "case_failed",
            "message": "; ".join(each.differences),
        }
        for each in failed
    ]
    message = f"{len(failed)} of its own cases do not come out; the first: {failed[0].name}"
    hint = "mend the rules or the cases, and propose it again"
    raise Refusal(409, "step_refused", message, errors=places, hint=hint)


def _retired(connection: Connection, who: Principal, row: Row, reason: str | None) -> Row:
    for old in policies.active(connection, who.tenant):
        if old["name"] == row["name"]:
            policies.change(connection, old, state=SUPERSEDED)
    return _decided(connection, who, row, RETIRED, reason)


def reject(house: House, who: Principal, name: str, number: int, reason: str) -> dict[str, Any]:
    """Turn a proposal down; whoever proposed it may take it back in the same way."""
    with house.store.writing(_lock(who.tenant, name)) as connection:
        row = _proposal(connection, who.tenant, name, number)
        return shown(_decided(connection, who, row, REJECTED, reason))


def _decided(
    connection: Connection, who: Principal, row: Row, state: str, reason: str | None
) -> Row:
    changes = {"state": state, "decided_by": who.id, "decided_at": clock.stamp(), "reason": reason}
    policies.change(connection, row, **changes)
    done = {ACTIVE: "activated", RETIRED: "retired", REJECTED: "rejected"}[state]
    _note(connection, who, f"policy_{done}", row, reason)
    return row | changes


def _proposal(connection: Connection, tenant: str, name: str, number: int) -> Row:
    row = _found(policies.get(connection, tenant, name, number))
    if row["state"] != PROPOSED:
        message = f"number {number} is {row['state']}; only what is proposed can be decided on"
        raise Refusal(409, "step_refused", message)
    return row


def _found(row: Row | None) -> Row:
    if row is None:
        raise Refusal(404, "not_found", "there is no such version of a policy")
    return row


def _note(
    connection: Connection, who: Principal, action: str, row: Row, detail: str | None
) -> None:
    about = f"{row['name']}/{row['number']}"
    said = f"version {row['version']} {row['hash']}" + (f": {detail}" if detail else "")
    access.note(connection, audit_row(who.tenant, who.id, action, about, said))


def _lock(tenant: str, name: str) -> str:
    return f"{tenant}:policy:{name}"
