"""Whether an effect may be planned, given what was planned of its record before. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from node_server.errors import Refusal
from node_server.operations.posting.effects import ATTACH, Effect, base_step
from node_server.store.counterfoils import WORKABLE, Row

_NOT_APPLIED: Final = frozenset({"refused", "dead", "held"})
_SOON: Final = 2
_LATER: Final = 30


class InFlight(Refusal):
    """An effect of the record is open on the connection; `same` if it is the one that is wanted."""

    def __init__(self, row: Row, message: str, *, same: bool = False) -> None:
        sure = row["state"] == "pending" and row["first_sent_at"] is None
        super().__init__(
            409,
            "idempotency_in_flight",
            message,
            hint="ask again later, or read the counterfoil",
            outcome="not_applied" if sure else "uncertain",
            retriable=True,
            retry_after=_LATER if row["state"] == "uncertain" else _SOON,
            extra={"counterfoil": row["key"]},
            headers={"Location": f"/v1/counterfoils/{row['key']}"},
        )
        self.row = row
        self.same = same


@dataclass(frozen=True, slots=True)
class Admitted:
    """What to do with a wish: take the stored result, or plan this effect."""

    effect: Effect
    stored: Row | None = None
    superseded: Row | None = None
    """A held effect in whose place the new one comes."""


def admit(rows: Sequence[Row], effect: Effect, body_hash: str) -> Admitted:
    """The decision; a `Refusal` where the effect may not be planned.

    `rows` are all effects of the record on the connection, oldest first.
    """
    same = [row for row in rows if _is_same(row, effect)]
    if same:
        return _again(same, effect, body_hash)
    for row in rows:
        if row["state"] in WORKABLE and row["action"] != ATTACH and effect.action != ATTACH:
            raise InFlight(row, "another effect of this document is under way there")
    return Admitted(effect)


def _is_same(row: Mapping[str, Any], effect: Effect) -> bool:
    alike = row["action"] == effect.action and base_step(row["step"]) == base_step(effect.step)
    once = effect.action not in ("update", "void")
    return alike and (once or row["revision"] == effect.revision)


def _again(same: Sequence[Row], effect: Effect, body_hash: str) -> Admitted:
    last = same[-1]
    if last["body_hash"] == body_hash:
        if last["state"] in WORKABLE:
            raise InFlight(last, "the same is being posted", same=True)
        return Admitted(effect, stored=last)
    if last["state"] not in _NOT_APPLIED:
        raise _another_body(last)
    # Nothing was applied, and what is wanted has changed: that, and only that, makes a new key.
    held = last if last["state"] == "held" else None
    return Admitted(effect.again(len(same)), superseded=held)


def _another_body(row: Mapping[str, Any]) -> Refusal:
    where = f" as {row['target_id']}" if row["target_id"] else ""
    return Refusal(
        422,
        "idempotency_key_reused",
        f"revision {row['revision']} of it is {row['state']} there{where}; this one says otherwise",
        hint="post an `update` if the target can, or look at the counterfoil",
        outcome="applied" if row["state"] == "confirmed" else "uncertain",
        extra={"counterfoil": row["key"], "existing_id": row["target_id"]},
        headers={"Location": f"/v1/counterfoils/{row['key']}"},
    )
