"""Opening an exception on a document, inside the transaction of whoever has found a reason."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import structs

from canonical_model.controls.exceptions import ExceptionSettings
from canonical_model.documents import kind_of
from canonical_model.envelope import ExceptionInfo, Record
from canonical_model.lifecycle import legal
from node_server.operations.control_settings import in_force
from node_server.operations.document_facts import facts_of
from node_server.operations.excepting.finding import OF_POSTING, Finding
from node_server.store import clock, exceptions, records
from node_server.store.exceptions import OPEN, Row
from node_server.store.records import Stored

if TYPE_CHECKING:
    from node_server.operations.keeping import Keeper

DECIDED: Final = frozenset({"released", "overridden"})
"""Closed by a person who has seen it, so that the same content is not held for it again."""

_LONGEST = 2000


def raise_on(keeper: Keeper, stored: Stored, finding: Finding) -> Stored:
    """Hold a document for a reason; the same reason twice is one exception, brought up to date.

    The caller has the lock of the record. Nothing happens where a person has already decided
    about the same reason on the same content.
    """
    record = stored.record
    rows = exceptions.of_record(keeper.connection, keeper.tenant, record.id or "")
    same = [r for r in rows if (r["control"], r["code"]) == (finding.control, finding.code)]
    standing = [row for row in rows if row["state"] == OPEN]
    if found := next((row for row in same if row["state"] == OPEN), None):
        return _refreshed(keeper, stored, finding, found, standing)
    if not finding.again and any(_decided(row, _basis(record, finding)) for row in same):
        return stored
    row = _row(keeper, record, finding)
    exceptions.add(keeper.connection, row)
    standing.append(row)
    return written(keeper, stored, _opened(keeper, record, row, standing), standing)


def _decided(row: Row, basis: str) -> bool:
    return row["state"] in DECIDED and row["content_hash"] == basis


def _basis(record: Record, finding: Finding) -> str:
    return finding.basis or record.content_hash or ""


def _refreshed(
    keeper: Keeper, stored: Stored, finding: Finding, row: Row, standing: list[Row]
) -> Stored:
    """It is known: what it says now counts, and nobody is told again."""
    said = _said(stored.record, finding)
    if all(row[name] == value for name, value in said.items()):
        return stored
    exceptions.change(keeper.connection, row, **said)
    row.update(said)
    return written(keeper, stored, led(stored.record, standing), standing)


def _said(record: Record, finding: Finding) -> dict[str, Any]:
    causes = {"caused_by": list(finding.caused_by)} if finding.caused_by else {}
    return {
        "summary": finding.summary[:_LONGEST],
        "holds": finding.holds,
        "context": msgspec.json.encode(dict(finding.context) | causes),
        "content_hash": _basis(record, finding),
    }


def _row(keeper: Keeper, record: Record, finding: Finding) -> Row:
    settings = in_force(keeper.connection, keeper.tenant, "exceptions", ExceptionSettings)
    what = finding.control, finding.code
    due = clock.stamp(keeper.at + settings.due(*what))
    return {
        "tenant": keeper.tenant,
        "id": f"exc_{secrets.token_hex(8)}",
        "record_id": record.id,
        "control": finding.control,
        "code": finding.code,
        "state": OPEN,
        "moves": finding.moves and (record.state == "exception" or _may_be_held(record)),
        "retryable": finding.retryable,
        "owner": finding.owner or settings.first_owner(*what),
        "due_at": due,
        "escalations": 0,
        "escalate_at": due,
        "opened_by": keeper.actor,
        "opened_at": keeper.stamp,
        **_said(record, finding),
    }


def _may_be_held(record: Record) -> bool:
    steps = legal(record.state, kind_of(record.document))
    return any(step.target == "exception" for step in steps)


def _opened(keeper: Keeper, record: Record, row: Row, standing: list[Row]) -> Record:
    """The record one step on; into `exception` where the reason moves it and it is not there."""
    before = record.state or "received"
    if row["moves"] and before != "exception":
        record = structs.replace(record, exception=told_of(row, record))
        on = keeper.moved(record, "exception", "exception_opened")
    else:
        on = keeper.moved(led(record, standing), before, "exception_opened")
    keeper.note_step(on, on.state_seq, before, on.state or before, "exception_opened", row["code"])
    return on


def told_of(row: Row, record: Record) -> ExceptionInfo:
    """What the record says of an exception."""
    earlier = record.exception.from_state if record.exception else None
    return ExceptionInfo(
        code=row["code"],
        from_state=earlier or record.state or "received",
        opened_at=clock.read(row["opened_at"]),
        retryable=row["retryable"],
        owner=row["owner"],
        detail=row["summary"],
    )


def led(record: Record, standing: list[Row]) -> Record:
    """The record with the reason that leads: of those that moved it the first that a posting,
    which tries again by itself, did not open."""
    if record.state != "exception" or record.exception is None:
        return record
    moving = [row for row in standing if row["moves"]]
    first = next(
        (row for row in moving if row["control"] not in OF_POSTING), next(iter(moving), None)
    )
    return record if first is None else structs.replace(record, exception=told_of(first, record))


def written(keeper: Keeper, stored: Stored, record: Record, standing: list[Row]) -> Stored:
    """Store the record as it is under the exceptions that stand."""
    hold = any(row["holds"] for row in standing)
    records.restate(keeper.connection, record, facts_of(record), hold=hold, at=keeper.stamp)
    return stored.become(record, hold=hold)
