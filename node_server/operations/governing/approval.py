"""Before a document is approved: every policy that covers it has its approvals."""

from __future__ import annotations

from sqlalchemy import Connection

from node_server.errors import Refusal
from node_server.operations.governing.deciding import decide, is_current, kept, latest
from node_server.operations.governing.in_force import Version, covering, today
from node_server.operations.governing.persons import People, people
from node_server.operations.governing.standing import Standing, standing
from node_server.store.decisions import Row
from node_server.store.records import Stored

_MOST_NAMED = 5


def standings(connection: Connection, stored: Stored, known: People, actor: str) -> list[Standing]:
    """How each policy that covers a document stands; one that was not asked yet is asked now."""
    tenant = stored.record.tenant or ""
    rows = latest(connection, stored)
    return [
        standing(connection, stored, known, _row(connection, stored, known, version, rows, actor))
        for version in covering(connection, tenant, stored.record.document)
    ]


def _row(
    connection: Connection, stored: Stored, known: People, version: Version,
    rows: dict[str, Row], actor: str,
) -> Row:  # fmt: skip
    found = rows.get(version.name)
    if found is not None and is_current(found, stored):
        return found
    made = decide(connection, stored, known, version)
    return kept(connection, actor, stored, version, made, tenant=stored.record.tenant or "")


def require(connection: Connection, stored: Stored, actor: str) -> None:
    """Refuse to approve what a policy in force has not been satisfied for."""
    known = people(connection, stored.record.tenant or "")
    for each in standings(connection, stored, known, actor):
        if each.progress.state != "approved":
            hint = "take the open steps with POST /v1/documents/{id}/approvals"
            raise Refusal(409, "step_refused", _why(each), hint=hint)


def _why(found: Standing) -> str:
    decision = found.decision
    named = f"policy {decision.policy} {decision.version}"
    open_steps = [each for each in found.progress.steps if each.state in ("open", "waiting")]
    if decision.outcome != "review" or not open_steps:
        return f"{named} says {decision.outcome}: {decision.message}"
    steps = ", ".join(
        f"{each.id} ({' or '.join(each.may[:_MOST_NAMED]) or 'later'})" for each in open_steps
    )
    return f"{named} asks for approvals that are not given yet: {steps}"


def covered(connection: Connection, stored: Stored) -> bool:
    """Whether any policy in force decides on such a document."""
    return bool(covering(connection, stored.record.tenant or "", stored.record.document))


__all__ = ["covered", "require", "standings", "today"]
