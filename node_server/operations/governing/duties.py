"""Segregation of duties: before an act the policies are asked whether this person may."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from canonical_model.controls.policy import evaluate
from node_server.auth import Principal
from node_server.errors import Refusal
from node_server.operations.governing.deciding import kept
from node_server.operations.governing.in_force import before, today
from node_server.operations.governing.persons import People, makers, people
from node_server.operations.vetting import known_payees
from node_server.store import clock, decisions, exceptions, party_changes, traces
from node_server.store.records import Stored

_LET_GO = frozenset({"released", "overridden"})


def ask(
    connection: Connection, who: Principal, act: str, stored: Stored | None = None, **facts: Any
) -> None:
    """Refuse what a policy in force does not allow this person; what it allows is kept.

    `facts` are what only the caller knows, such as `holder` or `bank_changer`, as actors of the
    trail; of a document its creator, approvers and releasers are known here.
    """
    versions = list(before(connection, who.tenant, act))
    if not versions:
        return
    known = people(connection, who.tenant)
    told = {"act": act, "actor": known.who(who)} | _named(known, facts)
    if stored is not None:
        told = _of_document(connection, stored, known) | told
    for version in versions:
        made = evaluate(version.policy, told, on=today(), directory=known.directory)
        if made.outcome != "allow":
            message = f"{act} by {told['actor']}: {made.message}"
            hint = f"policy {version.name} {made.version} decides; let somebody else do it"
            raise Refusal(409, "step_refused", message, hint=hint)
        kept(connection, who.id, stored, version, made, tenant=who.tenant)


def _named(known: People, facts: dict[str, Any]) -> dict[str, Any]:
    """Actors as persons; days and the like as they are."""
    told = {
        name: known.of(value) if isinstance(value, str) else value for name, value in facts.items()
    }
    return {name: value for name, value in told.items() if value is not None}


def _of_document(connection: Connection, stored: Stored, known: People) -> dict[str, Any]:
    tenant, record_id = stored.record.tenant or "", stored.record.id or ""
    acts = decisions.acts(connection, tenant, record_id)
    approvers = {act["person"] for act in acts if act["verdict"] == "approve"}
    for step in traces.step_rows(connection, tenant, record_id):
        if step["event"] == "approved":
            approvers.add(known.of(step["actor"]))
    closed = exceptions.of_record(connection, tenant, record_id)
    releasers = {known.of(row["closed_by"]) for row in closed if row["state"] in _LET_GO}
    told = {
        "creator": known.of(stored.created_by),
        "makers": sorted(makers(connection, stored, known)),
        "approvers": sorted(approvers),
        "releasers": sorted(releasers),
    }
    known_facts = {name: value for name, value in told.items() if value}
    return known_facts | _bank_change(connection, stored, known)


def _bank_change(connection: Connection, stored: Stored, known: People) -> dict[str, Any]:
    """Who last changed the bank details of whom it is paid to, and how many days ago."""
    tenant = stored.record.tenant or ""
    payees = known_payees(connection, tenant, stored.record.document)
    changes = [party_changes.last(connection, tenant, each.record.id or "") for each in payees]
    last = max(
        (each for each in changes if each is not None),
        key=lambda row: str(row["proposed_at"]),
        default=None,
    )
    if last is None:
        return {}
    since = clock.now() - clock.read(last["applied_at"] or last["proposed_at"])
    return {"bank_changer": known.of(last["proposed_by"]), "bank_changed_days": since.days}
