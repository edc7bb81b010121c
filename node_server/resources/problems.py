"""What is said when something is wrong: one shape for every failure (RFC 9457)."""

from __future__ import annotations

from typing import Any

from werkzeug.exceptions import HTTPException

from node_server.errors import TITLES, Refusal
from node_server.resources.call import Reply, encode
from node_server.resources.endpoint import PROBLEM

_CODES = {
    400: "body_invalid",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    408: "time_limit",
    413: "body_too_large",
    415: "unsupported_media_type",
    429: "rate_limited",
}


def problem(refusal: Refusal, trace_id: str) -> Reply:
    """The answer that tells a caller why not, in words, with `message` where n8n looks for it."""
    said: dict[str, Any] = {
        "type": f"urn:counterfoil:problem:{refusal.code}",
        "title": TITLES[refusal.code],
        "status": refusal.status,
        "detail": refusal.message + (f"; {refusal.hint}" if refusal.hint else ""),
        "message": refusal.message + (f"; {refusal.hint}" if refusal.hint else ""),
        "code": refusal.code,
        "errors": refusal.errors,
        "outcome": refusal.outcome,
        "retriable": refusal.retriable,
        "trace_id": trace_id,
        **refusal.extra,
    }
    headers = dict(refusal.headers)
    if refusal.retry_after is not None:
        said["retry_after"] = refusal.retry_after
        headers["Retry-After"] = str(refusal.retry_after)
    return Reply(encode(said), refusal.status, PROBLEM, headers)


def of_http(error: HTTPException) -> Refusal:
    """What Flask itself refuses, in our shape."""
    status = error.code or 500
    headers = {}
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            headers[name] = value
    code = _CODES.get(status, "internal" if status >= 500 else "body_invalid")
    message = TITLES[code] if status != 404 else "there is nothing at this address"
    return Refusal(status, code, message, headers=headers)


def internal() -> Refusal:
    """A fault of ours: it tells the trace under which the log has the rest."""
    hint = "look for trace_id in the log of the server"
    return Refusal(
        500, "internal", "the server failed on this", hint=hint, outcome="uncertain", retriable=True
    )


PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": [
        *("type", "title", "status", "detail", "message", "code", "errors", "outcome"),
        *("retriable", "trace_id"),
    ],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "message": {"type": "string"},
        "code": {"type": "string", "enum": sorted(TITLES)},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    name: {"type": "string"} for name in ("path", "code", "message", "hint")
                },
            },
        },
        "outcome": {"type": "string", "enum": ["applied", "not_applied", "uncertain"]},
        "retriable": {"type": "boolean"},
        "retry_after": {"type": "integer"},
        "trace_id": {"type": "string"},
    },
}
