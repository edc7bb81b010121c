"""Approvals that wait for somebody: for whoever asks, or for everyone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import Connection

from canonical_model import wire
from canonical_model.controls.policy import ApprovalStep
from node_server.auth import Principal
from node_server.envelope import page_of, position
from node_server.errors import Refusal
from node_server.operations.document_facts import facts_of
from node_server.operations.governing.deciding import is_current, latest, read_decision
from node_server.operations.governing.in_force import covering, in_force
from node_server.operations.governing.persons import People, people
from node_server.operations.governing.standing import Standing, standing
from node_server.operations.governing.trail import acts_on
from node_server.operations.house import House
from node_server.store import decisions, records
from node_server.store.records import Stored

_BATCH: Final = 200
_SEES_ALL: Final = frozenset({"audit", "configure"})
_SHOWN: Final = ("number", "counterparty", "amount", "currency", "due_date")


def inbox(
    house: House, who: Principal, *, every: bool, cursor: str | None, limit: int
) -> dict[str, Any]:
    """One page of open steps, oldest first: those that the caller may take, or all of them."""
    if every and not who.permissions & _SEES_ALL:
        hint = "leave `all` out for those that wait for you"
        message = "all approvals are shown to controllers and auditors"
        raise Refusal(403, "forbidden", message, hint=hint)
    found: list[tuple[int, dict[str, Any]]] = []
    with house.store.reading() as connection:
        known = people(connection, who.tenant)
        person = None if every else known.who(who)
        for at, entry in _open(connection, who.tenant, known, person, position(cursor)):
            # The open steps of one decision stay on one page: the cursor goes on behind it.
            if len(found) >= limit and at != found[-1][0]:
                return page_of([each for _, each in found], limit, found[-1][0])
            found.append((at, entry))
    return page_of([each for _, each in found], limit, None)


def _open(
    connection: Connection, tenant: str, known: People, person: str | None, after: int
) -> Iterator[tuple[int, dict[str, Any]]]:
    roles = None if person is None else known.directory.roles_within_reach(person)
    for row in _waiting(connection, tenant, after):
        if roles is not None and not _may_concern(row, roles):
            continue
        stored = records.get(connection, tenant, row["record_id"])
        if stored is not None:
            found = standing(connection, stored, known, row)
            yield from ((row["position"], each) for each in _entries(stored, found, person))


def _may_concern(row: dict[str, Any], roles: set[str]) -> bool:
    """Whether a decision asks for named persons, or for one of these roles: a cheap first look."""
    steps = read_decision(row["decision"]).steps
    return any(each.role is None or each.role in roles for each in steps)


def _waiting(connection: Connection, tenant: str, after: int) -> Iterator[dict[str, Any]]:
    names = [each.name for each in in_force(connection, tenant)]
    while True:
        rows = decisions.waiting(connection, tenant, policies=names, after=after, limit=_BATCH)
        yield from rows
        if len(rows) < _BATCH:
            return
        after = rows[-1]["position"]


def _entries(stored: Stored, found: Standing, person: str | None) -> Iterator[dict[str, Any]]:
    for at, each in enumerate(found.progress.steps):
        if each.state == "open" and (person is None or person in each.may):
            yield _entry(stored, found, found.decision.steps[at], each.may, person)


def _entry(
    stored: Stored, found: Standing, step: ApprovalStep, may: list[str], person: str | None
) -> dict[str, Any]:
    facts = facts_of(stored.record)
    candidate = found.candidate(step.id, person) if person is not None else None
    said = {
        "document": stored.record.id,
        **{name: getattr(facts, name) for name in _SHOWN},
        "content_hash": stored.record.content_hash,
        "policy": found.row["policy"],
        "version": found.decision.version,
        "decision": found.row["id"],
        "why": found.decision.message,
        "step": step.id,
        "stage": step.stage,
        "role": step.role,
        "due": step.due.isoformat() if step.due is not None else None,
        "instead_of": candidate.instead_of if candidate is not None else None,
        "may": may,
        "since": found.row["at"],
    }
    return {name: value for name, value in said.items() if value is not None}


def of_document(house: House, tenant: str, record_id: str) -> dict[str, Any]:
    """How far the approvals of a document are, policy by policy, and every act there was."""
    with house.store.reading() as connection:
        stored = records.get(connection, tenant, record_id)
        if stored is None:
            raise Refusal(404, "not_found", "there is no such document")
        known = people(connection, tenant)
        names = {each.name for each in covering(connection, tenant, stored.record.document)}
        data = [
            stands(standing(connection, stored, known, row))
            for name, row in latest(connection, stored).items()
            if name in names and is_current(row, stored)
        ]
        acts = acts_on(connection, stored)
    return {"data": data, "acts": acts, "has_more": False}


def stands(found: Standing) -> dict[str, Any]:
    """How far one policy's approvals are."""
    said: dict[str, Any] = wire.to_plain(found.progress)
    about = {"policy": found.row["policy"], "version": found.decision.version}
    return about | {"decision": found.row["id"], "outcome": found.decision.outcome} | said
