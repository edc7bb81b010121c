"""What a connection may say besides its credential: one schema for the doors and the store."""

from __future__ import annotations

from typing import Any

from node_server.operations.calling.files.exchange_settings import FILES

ENVIRONMENTS = ("production", "sandbox", "test")

_TEXTS = {"type": "object", "additionalProperties": {"type": "string", "maxLength": 1000}}
_ADDRESS = {"type": "string", "pattern": "^https?://[^\\s@]+$", "maxLength": 1000}
_TIME = {"type": "string", "pattern": "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d(:\\d\\d(\\.\\d+)?)?Z$"}
_SPAN = {
    "type": "object",
    "required": ["from", "to"],
    "properties": {"from": _TIME, "to": _TIME, "why": {"type": "string", "maxLength": 200}},
    "additionalProperties": False,
}
_SPANS = {"type": "array", "items": _SPAN, "maxItems": 200}


def _says(description: str, schema: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {**schema, "description": description, **more}


SETTINGS: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "base_url": _says("Address instead of the manifest's: a machine of your own", _ADDRESS),
        "variables": _says("What the manifest's addresses name: realm, host, company", _TEXTS),
        "hosts": _says(
            "Further hosts that may be spoken to",
            {"type": "array", "items": {"type": "string", "maxLength": 253}, "maxItems": 20},
        ),
        "auth": _says(
            "Instead of what the manifest says of the way in",
            {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    **dict.fromkeys(
                        ("authorize_url", "token_url", "revoke_url", "discover_url"), _ADDRESS
                    ),
                    "scopes": {"type": "array", "items": {"type": "string", "maxLength": 300}},
                    "authorize_params": _TEXTS,
                    "token_params": _TEXTS,
                },
            },
        ),
        "allow_http": _says("Call it by http://, if the operator allows it", {"type": "boolean"}),
        "allow_private": _says(
            "Private networks that it may lie in, if the operator allows them",
            {"type": "array", "items": {"type": "string", "maxLength": 50}, "maxItems": 20},
        ),
        "authorities": _says(
            "PEM of the authority of its certificate", {"type": "string", "maxLength": 100_000}
        ),
        "concurrency": _says(
            "Calls at once, at most", {"type": "integer", "minimum": 1, "maximum": 64}, default=4
        ),
        "quiet_seconds": _says(
            "After an attempt without an answer, for how long it may still be at work there",
            {"type": "integer", "minimum": 1, "maximum": 86_400},
            default=120,
        ),
        "look_first": _says(
            "Look for a document there before it is sent for the first time: people or other "
            "programs enter documents too, or this server's own store was lost",
            {"type": "boolean"},
            default=False,
        ),
        "pull": _says(
            "Lists to read by themselves, each with the seconds between two readings",
            {
                "type": "object",
                "additionalProperties": {"type": "integer", "minimum": 10, "maximum": 2_592_000},
                "maxProperties": 100,
            },
        ),
        "allow_unsigned_hooks": _says(
            "Take webhooks of a system that signs nothing; whoever knows the address can send them",
            {"type": "boolean"},
        ),
        "files": FILES,
        "attach": _says(
            "Files to attach to what is created there: what it was read from, who approved it",
            {"enum": ["none", "source", "evidence", "both"]},
            default="none",
        ),
        "calendar": _says(
            "When nothing is posted: closed periods and maintenance",
            {
                "type": "object",
                "additionalProperties": False,
                "properties": {"closed": _SPANS, "windows": _SPANS},
            },
        ),
    },
}
