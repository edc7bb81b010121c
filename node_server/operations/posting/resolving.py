"""What a person does with what cannot go on by itself: try again, or say what is so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from node_server.auth import Principal
from node_server.errors import Refusal
from node_server.operations.access import audit_row
from node_server.operations.house import House
from node_server.operations.posting.nudging import nudge
from node_server.operations.posting.settling import locks_of, told, write
from node_server.operations.posting.showing import found, shown
from node_server.store import access, clock, counterfoils
from node_server.store.counterfoils import Row

_RETRIABLE = frozenset({"refused", "dead", "held", "uncertain"})


@dataclass(frozen=True, slots=True)
class Finding:
    """What a person has found out in the target."""

    outcome: Literal["applied", "not_applied"]
    reason: str
    target_id: str | None = None


def retry(house: House, who: Principal, key: str, reason: str) -> dict[str, Any]:
    """Go on with it now. What is in doubt is looked for first, as ever."""

    def again(row: Row) -> dict[str, Any]:
        if row["state"] not in _RETRIABLE:
            raise _not_now(row, f"it is {row['state']}; there is nothing to try again")
        doubtful = row["first_sent_at"] is not None
        state = "uncertain" if doubtful else "pending"
        return {"state": state, "attempts": 0, "due_at": clock.stamp(), "why": None}

    row = _changed(house, who, key, ("counterfoil_retried", reason), again)
    nudge(house)
    return shown(row)


def resolve(house: House, who: Principal, key: str, finding: Finding) -> dict[str, Any]:
    """Settle it by what a person has seen there: that it is there, or that it is not."""

    def settled(row: Row) -> dict[str, Any]:
        if row["state"] == "confirmed":
            raise _not_now(row, "it is confirmed already")
        why = f"{who.name}: {finding.reason}"
        changes: Row = {"first_sent_at": None, "lookups": 0, "due_at": counterfoils.NEVER}
        changes["why"] = why
        if finding.outcome == "not_applied":
            return changes | {"state": "dead"}
        return changes | {"state": "confirmed", "target_id": finding.target_id}

    if finding.outcome == "applied" and not finding.target_id:
        hint = "give the id that it has there"
        raise Refusal(422, "body_invalid", "`target_id` is missing", hint=hint)
    about = f"{finding.outcome}: {finding.reason}"
    return shown(_changed(house, who, key, ("counterfoil_resolved", about), settled))


def _changed(
    house: House,
    who: Principal,
    key: str,
    noted: tuple[str, str],
    change: Callable[[Row], Mapping[str, Any]],
) -> Row:
    """Change a row that nobody is working on, with who did and why in the audit trail."""
    with house.store.reading() as connection:
        record = found(counterfoils.get(connection, who.tenant, key))
    with house.store.writing(locks_of(record), durable=True) as connection:
        row = found(counterfoils.get(connection, who.tenant, key))
        if row["leased_until"] is not None and row["leased_until"] >= clock.stamp():
            raise _not_now(row, "it is being worked on")
        after = write(house, connection, row, change(row), actor=who.id)
        if after is None:
            raise _not_now(row, "it is being worked on")
        action, detail = noted
        access.note(connection, audit_row(who.tenant, who.id, action, key, detail))
    told(after)
    return after


def _not_now(row: Mapping[str, Any], why: str) -> Refusal:
    return Refusal(409, "conflict", why, extra={"counterfoil": row["key"]})
