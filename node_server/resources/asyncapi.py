"""AsyncAPI 3.0 of the events, drawn from their list."""

from __future__ import annotations

from typing import Any

from node_server.operations.describing import version
from node_server.operations.telling import event_schema, event_types


def asyncapi(address: str) -> dict[str, Any]:
    """Every type of event as a message on the one channel that subscribers get."""
    types = event_types()
    there = {each: {"$ref": f"#/components/messages/{each}"} for each in types}
    subscriber = {"subscriber": {"description": "Address of the subscription"}}
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Counterfoil events", "version": version, "description": _SAYS},
        "servers": {"counterfoil": {"host": address.partition("://")[2], "protocol": "https"}},
        "channels": {
            "events": {"address": "{subscriber}", "parameters": subscriber, "messages": there}
        },
        "operations": {"tell": {"action": "send", "channel": {"$ref": "#/channels/events"}}},
        "components": {
            "schemas": {"Event": _shared(types[0])},
            "messages": {each: _message(each) for each in types},
        },
    }


_SAYS = (
    "CloudEvents 1.0, signed as Standard Webhooks says, at least once and in order for each "
    "document. The id of an event is the same whenever it is sent."
)


def _shared(any_type: str) -> dict[str, Any]:
    """What events of all types have in common."""
    shared = event_schema(any_type)
    shared["properties"]["type"] = {"type": "string"}
    return {n: v for n, v in shared.items() if n not in ("$schema", "$id", "title")}


def _message(kind: str) -> dict[str, Any]:
    narrowed = {"properties": {"type": {"const": kind}}}
    return {
        "name": kind,
        "contentType": "application/cloudevents+json",
        "payload": {"allOf": [{"$ref": "#/components/schemas/Event"}, narrowed]},
    }
