"""Shapes of what is sent and answered, as the descriptions name them."""

from __future__ import annotations

from typing import Any


def text(says: str = "", **more: Any) -> dict[str, Any]:
    """A text."""
    return {"type": "string", **({"description": says} if says else {}), **more}


def whole(says: str = "") -> dict[str, Any]:
    """A whole number."""
    return {"type": "integer", **({"description": says} if says else {})}


def flag(says: str = "") -> dict[str, Any]:
    """Yes or no."""
    return {"type": "boolean", **({"description": says} if says else {})}


def many(items: dict[str, Any], says: str = "") -> dict[str, Any]:
    """A list."""
    return {"type": "array", "items": items, **({"description": says} if says else {})}


def shape(required: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    """An object that may hold more than is said here."""
    made: dict[str, Any] = {"type": "object", "properties": properties}
    return made | ({"required": list(required)} if required else {})


def closed(required: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    """An object that holds nothing else."""
    return shape(required, **properties) | {"additionalProperties": False}


ANYTHING: dict[str, Any] = {"type": "object"}

ISSUE = shape(
    ("code", "severity", "message"),
    code=text("Stable code"),
    severity=text("error, warning or info"),
    message=text("What was found, and what would work"),
    path=text("Where in the document"),
    source_path=text("Where in the payload"),
    rule=text("The rule's id in its standard"),
    expected=text(),
    actual=text(),
    hint=text("What to do"),
)
DOCUMENT = shape(
    ("kind",),
    kind=text("Which document it is; /v1/schemas/{kind} has the rest"),
)
RECORD = shape(
    ("document",),
    id=text("Id of the record"),
    idempotency_key=text("The same for the same document, whoever sends it"),
    document=DOCUMENT,
    source=ANYTHING,
    keys=many(ANYTHING),
    fingerprints=ANYTHING,
    content_hash=text(),
    issues=many(ISSUE),
)
RESULT = shape(
    ("records", "issues"),
    file=text("Name of the payload, where there are several"),
    connector=text("Who read it"),
    resource=text(),
    format=text("Wire format"),
    records=many(RECORD),
    issues=many(ISSUE),
)
RESULTS = shape(("results",), results=many(RESULT))
OUTCOME = shape(
    ("id", "action", "kind", "state", "revision"),
    id=text("Id of the record"),
    action=text("create, replay, revise, attach_source, settle, conflict, archive_deleted or hold"),
    why=text("In words"),
    kind=text(),
    state=text(),
    revision=whole(),
    payment_hold=flag("Whether it is held before payment"),
    idempotency_key=text(),
    content_hash=text(),
    suspected_of=text("Record that it may be the same as"),
    issues=many(ISSUE),
)
TAKEN_IN = shape(
    ("documents", "issues", "raw_sha256"),
    file=text(),
    connector=text(),
    resource=text(),
    format=text(),
    raw_sha256=text("Hash under which the payload is kept"),
    documents=many(OUTCOME),
    issues=many(ISSUE),
)
HEAD = shape(
    ("id", "kind", "state", "revision"),
    id=text(),
    kind=text(),
    state=text(),
    state_seq=whole(),
    revision=whole(),
    payment_hold=flag(),
    content_hash=text(),
    created_at=text(),
    updated_at=text(),
    created_by=text(),
    exception=ANYTHING,
    number=text(),
    counterparty=text("The other side, by name"),
    currency=text(),
    amount=text(),
    date=text(),
    due_date=text(),
    connector=text(),
    document=DOCUMENT,
)
EVENT = shape(
    ("id", "source", "type", "subject", "specversion", "data"),
    id=text("Deterministic: a replay has the same"),
    source=text(),
    type=text("finance.<kind>.<event>.v1"),
    subject=text("Id of the record"),
    time=text(),
    specversion=text("1.0"),
    datacontenttype=text(),
    dataschema=text(),
    dataref=text(),
    sequence=text(),
    tenant=text(),
    traceparent=text(),
    data=ANYTHING,
)
