"""Lists in pages: an envelope with a cursor that says nothing but where to go on."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from node_server.errors import Refusal


def page_of(rows: list[dict[str, Any]], limit: int, last: int | None) -> dict[str, Any]:
    """The envelope of one page; `last` is the position to go on from, None at the end."""
    page: dict[str, Any] = {"data": rows, "has_more": last is not None}
    if last is not None:
        page["next_cursor"] = cursor(last)
    return page


def cursor(position: int) -> str:
    """A position as callers see it."""
    return base64.urlsafe_b64encode(f"p{position}".encode()).decode().rstrip("=")


def position(text: str | None) -> int:
    """The position that a cursor stands for; 0, the beginning, where there is none."""
    if not text:
        return 0
    try:
        plain = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii")
        if plain[:1] != "p" or not plain[1:].isdecimal() or int(plain[1:]) >= 1 << 63:
            raise ValueError(plain)
        return int(plain[1:])
    except (binascii.Error, ValueError, UnicodeDecodeError):
        hint = "send back `next_cursor` as it came"
        place = {"path": "cursor", "code": "cursor_invalid", "message": "not a cursor of ours"}
        raise Refusal(
            400, "parameter_invalid", "cursor is not one of ours", errors=[place], hint=hint
        ) from None
