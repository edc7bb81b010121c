"""CloudEvents 1.0 whose ids follow from what happened: a replay emits the same events."""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime
from typing import get_args

from canonical_model.base.issue import Severity
from canonical_model.documents import kind_of
from canonical_model.envelope import Event, Record, State
from canonical_model.errors import UnknownName
from canonical_model.identity import canonical_json

EVENTS: tuple[str, ...] = (
    "received",
    "replayed",
    "revised",
    "source_attached",
    "validated",
    "validation_failed",
    "matched",
    "match_failed",
    "approval_requested",
    "approval_given",
    "approved",
    "approval_revoked",
    "rejected",
    "post_requested",
    "posted",
    "post_failed",
    "post_uncertain",
    "payment_scheduled",
    "payment_sent",
    "partially_paid",
    "paid",
    "payment_returned",
    "exception_opened",
    "exception_escalated",
    "exception_resolved",
    "information_requested",
    "duplicate_suspected",
    "voided",
    "source_deleted",
    "archived",
    "reopened",
    "linked",
    "attachment_added",
)


class UnknownEvent(UnknownName):
    """No event has this name."""

    what = "event"


def event_id(record_id: str, revision: int, event: str, state_seq: int) -> str:
    """The id of an event: base32 of the hash of what it is about."""
    digest = hashlib.sha256(canonical_json([record_id, revision, event, state_seq])).digest()
    return base64.b32encode(digest).decode().rstrip("=").lower()


def event_type(kind: str, event: str) -> str:
    """`finance.<kind>.<event>.v1`."""
    if event not in EVENTS:
        raise UnknownEvent(event, EVENTS)
    return f"finance.{kind}.{event}.v1"


def make_event(
    record: Record, event: str, *, source: str, at: datetime, previous_state: State | None = None
) -> Event:
    """The event that tells of a record; thin, with `dataref` to where the record can be read."""
    kind = kind_of(record.document)
    record_id = record.id or record.idempotency_key or ""
    return Event(
        id=event_id(record_id, record.revision or 1, event, record.state_seq or 0),
        source=source,
        type=event_type(kind, event),
        subject=record_id,
        time=at,
        specversion="1.0",
        datacontenttype="application/json",
        dataschema=f"urn:counterfoil:event:{event}:1",
        dataref=f"/v1/documents/{record_id}",
        sequence=str(record.state_seq or 0),
        tenant=record.tenant,
        data=_thin(record, kind, record_id, previous_state),
    )


def _thin(
    record: Record, kind: str, record_id: str, previous_state: State | None
) -> dict[str, object]:
    data = {
        "id": record_id,
        "kind": kind,
        "revision": record.revision,
        "state": record.state,
        "previous_state": previous_state,
        "content_hash": record.content_hash,
        "issues": {s: n for s in get_args(Severity) if (n := _count(record, s))} or None,
    }
    return {name: value for name, value in data.items() if value is not None}


def _count(record: Record, severity: str) -> int:
    return sum(issue.severity == severity for issue in record.issues)
