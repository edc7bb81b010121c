"""Closing exceptions: by the control that has no objection any more, or by a person."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import structs

from canonical_model.envelope import Record
from node_server.operations.excepting.opening import led, written
from node_server.store import exceptions
from node_server.store.exceptions import OPEN, Row
from node_server.store.records import Stored

if TYPE_CHECKING:
    from node_server.operations.keeping import Keeper


@dataclass(frozen=True, slots=True)
class Closing:
    """How exceptions are closed: resolved by a control; released, overridden or rejected by a
    person."""

    state: str
    reason: str
    evidence: tuple[str, ...] = ()
    """What an override rests on: links, hashes of payloads, ids of documents."""


def settle(
    keeper: Keeper, stored: Stored, control: str, keep: Collection[str] = (), why: str = ""
) -> Stored:
    """Close the open exceptions of a control but those with a code in `keep`.

    The caller has the lock of the record.
    """
    going = [
        row
        for row in _standing(keeper, stored.record)
        if row["control"] == control and row["code"] not in keep
    ]
    return close(keeper, stored, going, Closing("resolved", why)) if going else stored


def close(keeper: Keeper, stored: Stored, rows: Iterable[Row], how: Closing) -> Stored:
    """Close some exceptions of a document, each a step; with the last that moved it, it goes
    back to where it was."""
    standing = _standing(keeper, stored.record)
    record = stored.record
    for row in rows:
        _note(keeper, row, how)
        standing = [each for each in standing if each["id"] != row["id"]]
        record = _resolved(keeper, record, row, standing, how)
    return written(keeper, stored, record, standing)


def abandon(keeper: Keeper, record: Record, how: Closing) -> bool:
    """Close all exceptions of a document that ends by another step; whether there were any."""
    going = _standing(keeper, record)
    for row in going:
        _note(keeper, row, how)
    return bool(going)


def _standing(keeper: Keeper, record: Record) -> list[Row]:
    rows = exceptions.of_record(keeper.connection, keeper.tenant, record.id or "")
    return [row for row in rows if row["state"] == OPEN]


def _note(keeper: Keeper, row: Row, how: Closing) -> None:
    exceptions.change(
        keeper.connection,
        row,
        state=how.state,
        closed_by=keeper.actor,
        closed_at=keeper.stamp,
        escalate_at=None,
        reason=how.reason or None,
    )
    evidence = {"evidence": list(how.evidence)} if how.evidence else {}
    note(keeper, row, how.state, how.reason or None, **evidence)


def note(keeper: Keeper, row: Row, action: str, words: str | None, **detail: Any) -> None:
    """Keep what was done about an exception, by whom and when."""
    act = {
        "tenant": keeper.tenant,
        "exception_id": row["id"],
        "action": action,
        "actor": keeper.actor,
        "note": words,
        "detail": msgspec.json.encode(detail).decode() if detail else None,
        "at": keeper.stamp,
    }
    exceptions.note(keeper.connection, act)


def _resolved(
    keeper: Keeper, record: Record, row: Row, standing: list[Row], how: Closing
) -> Record:
    before = record.state or "received"
    after = before
    if before == "exception" and record.exception is not None:
        if any(each["moves"] for each in standing):
            record = led(record, standing)
        elif row["moves"] and record.exception is not None:
            after = record.exception.from_state
            record = structs.replace(record, exception=None)
    on = keeper.moved(record, after, "exception_resolved")
    keeper.note_step(
        on, on.state_seq, before, after, "exception_resolved", how.reason or row["code"]
    )
    return on
