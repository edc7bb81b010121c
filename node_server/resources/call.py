"""What a route's function is given, and what it gives back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from node_server.auth import Principal
from node_server.operations.house import House
from node_server.resources.endpoint import JSON, NDJSON
from node_server.tracing import Trace

encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Part:
    """One payload of a request."""

    data: bytes
    mime: str | None
    filename: str | None


@dataclass(frozen=True, slots=True)
class Call:
    """One request, read and judged."""

    house: House
    who: Principal
    trace: Trace
    given: Mapping[str, Any]
    """Parameters of path and query by name, of their types; absent ones at their default."""
    body: Any = None
    """The JSON body, valid under its schema."""
    parts: tuple[Part, ...] = ()
    """The payloads, where the body is one or several."""
    several: bool = False
    """Whether they came as multipart."""
    wants_lines: bool = False
    """Whether the caller asked for ndjson."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """As they came; what a signature is in."""

    @property
    def tenant(self) -> str:
        """Whose data this call is about."""
        return self.who.tenant


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to a call."""

    body: bytes | Iterator[bytes]
    status: int = 200
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)


def reply(data: Any, status: int = 200, **headers: str) -> Reply:
    """Data as JSON; names of headers are written with `_` for `-`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(encode(data), status, JSON, named)


def nothing() -> Reply:
    """Done, and nothing to say."""
    return Reply(b"", 204, "")


def lines(rows: Iterable[Any]) -> Reply:
    """One JSON object a line, as they are made."""
    return Reply((encode(row) + b"\n" for row in rows), 200, NDJSON)


def listed(call: Call, page: dict[str, Any]) -> Reply:
    """A page in its envelope, as a bare array, or as lines: as the caller asked for."""
    if call.wants_lines:
        return lines(page["data"])
    if call.given.get("envelope", True):
        return reply(page)
    following = page.get("next_cursor") if page["has_more"] else None
    return Reply(encode(page["data"]), 200, JSON, {"X-Next-Cursor": following} if following else {})
