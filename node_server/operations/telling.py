"""Events as a stream, and the schemas of what they say."""

from __future__ import annotations

from typing import Any

import msgspec

from canonical_model.documents import KINDS
from canonical_model.envelope import Event
from canonical_model.events import EVENTS, event_type
from canonical_model.lifecycle import STATES
from node_server.envelope import cursor as cursor_of
from node_server.envelope import position
from node_server.errors import Refusal
from node_server.operations import connection_events
from node_server.operations.house import House
from node_server.store import events

NEWEST = "newest"


def list_events(
    house: House, tenant: str, *, after: str | None, limit: int, types: str = "*"
) -> dict[str, Any]:
    """Events after a cursor, oldest first; the cursor is given even where there are no more yet.
    After `newest` there is nothing yet, but a cursor to begin with."""
    with house.store.reading() as connection:
        start = events.last_position(connection, tenant) if after == NEWEST else position(after)
        found = events.page(connection, tenant, after=start, limit=limit + 1, types=types)
    shown = found[:limit]
    return {
        "data": [msgspec.json.decode(data) for _, data, _ in shown],
        "has_more": len(found) > limit,
        "next_cursor": cursor_of(shown[-1][0] if shown else start),
    }


def event_types() -> list[str]:
    """Every type of event there is."""
    of_documents = [event_type(kind, event) for kind in sorted(KINDS) for event in EVENTS]
    return [*of_documents, *connection_events.TYPES]


def event_schema(kind_of_event: str) -> dict[str, Any]:
    """The JSON Schema of one type of event."""
    if kind_of_event not in event_types():
        message = f"unknown event type {kind_of_event[:60]!r}"
        raise Refusal(404, "not_found", message, hint="`GET /asyncapi.json` lists the types")
    schema: dict[str, Any] = msgspec.json.schema(Event)
    body = schema["$defs"].pop("Event")
    body["properties"]["type"] = {"const": kind_of_event}
    about_connection = kind_of_event in connection_events.TYPES
    body["properties"]["data"] = _CONNECTION if about_connection else _DATA
    optional = ("time", "dataschema", "dataref", "sequence", "tenant", "traceparent")
    body["properties"] |= {name: {"type": "string"} for name in optional}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:counterfoil:event-type:{kind_of_event}",
        "title": kind_of_event,
        **body,
    }


_STATE = {"type": "string", "enum": list(STATES)}
_DATA: dict[str, Any] = {
    "type": "object",
    "required": ["id", "kind"],
    "properties": {
        "id": {"type": "string"},
        "kind": {"type": "string"},
        "revision": {"type": "integer"},
        "state": _STATE,
        "previous_state": _STATE,
        "content_hash": {"type": "string"},
        "issues": {"type": "object", "additionalProperties": {"type": "integer"}},
    },
}
_CONNECTION: dict[str, Any] = {
    "type": "object",
    "required": ["id", "kind", "connector"],
    "properties": {
        "id": {"type": "string"},
        "kind": {"const": "connection"},
        "connector": {"type": "string"},
        "why": {"type": "string"},
    },
}
