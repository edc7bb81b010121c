"""W3C trace context: taken over from the caller, or begun here."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

# https://www.w3.org/TR/trace-context/ : version 00, all-zero ids are invalid
_HEADER = re.compile(r"(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")


@dataclass(frozen=True, slots=True)
class Trace:
    """Which trace a request belongs to, and our part of it."""

    trace_id: str
    span_id: str
    flags: str = "01"

    @property
    def header(self) -> str:
        """The `traceparent` that we pass on."""
        return f"00-{self.trace_id}-{self.span_id}-{self.flags}"


def join(header: str | None) -> Trace:
    """Our part in the caller's trace; a trace of our own where the header is absent or broken."""
    found = _HEADER.fullmatch(header.strip()) if header else None
    if found is None or not int(found[1], 16) or not int(found[2], 16):
        return Trace(secrets.token_hex(16), secrets.token_hex(8))
    return Trace(found[1], secrets.token_hex(8), found[3])
