"""Where a document came from, with the place in the payload that speaks of it."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from sqlalchemy import Connection

from node_server.operations.document_facts import facts_of
from node_server.store import traces
from node_server.store.records import Stored

_AROUND: Final = 300
_TEXT: Final = 65_536
_MOST: Final = 5


def sources_of(connection: Connection, stored: Stored, *, excerpts: bool) -> list[dict[str, Any]]:
    """The latest deliveries of a document; with excerpts for those who may read payloads."""
    tenant, record = stored.record.tenant or "", stored.record
    rows = traces.source_rows(connection, tenant, record.id or "")[-_MOST:]
    marks = [mark for mark in (facts_of(record).number, facts_of(record).amount) if mark]
    return [_source(connection, tenant, row, marks if excerpts else None) for row in rows]


def _source(
    connection: Connection, tenant: str, row: dict[str, Any], marks: list[str] | None
) -> dict[str, Any]:
    stated: dict[str, Any] = msgspec.json.decode(row["source"])
    told = stated | {"action": row["action"], "at": row["at"]}
    payload = traces.raw(connection, tenant, row["raw_sha256"] or "") if marks is not None else None
    if payload is not None and (found := excerpt(payload["body"], marks or [])):
        told["excerpt"] = found
    return told


def excerpt(body: bytes, marks: list[str]) -> str:
    """The text around the first of these marks, else its beginning; nothing where it is no text."""
    try:
        text = body[:_TEXT].decode("utf-8", "ignore" if len(body) > _TEXT else "strict")
    except UnicodeDecodeError:
        return ""
    at = next((place for mark in marks if (place := text.find(mark)) >= 0), 0)
    return text[max(0, at - _AROUND) : at + _AROUND]
