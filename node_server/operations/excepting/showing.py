"""Exceptions as callers see them."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from node_server.store import clock
from node_server.store.exceptions import OPEN, Row

_HIDDEN: Final = ("tenant", "position", "record_id", "context", "escalate_at")


def shown(row: Row) -> dict[str, Any]:
    """An exception without what it rests on."""
    plain = {name: value for name, value in row.items() if name not in _HIDDEN}
    plain["document"] = row["record_id"]
    plain["overdue"] = is_overdue(row)
    return {name: value for name, value in plain.items() if value is not None}


def is_overdue(row: Row) -> bool:
    """Whether it is open past its time."""
    due = row["due_at"]
    return row["state"] == OPEN and due is not None and due < clock.stamp()


def act(row: Row) -> dict[str, Any]:
    """What was done about an exception."""
    plain = {name: row[name] for name in ("action", "actor", "at", "note")}
    detail = msgspec.json.decode(row["detail"]) if row["detail"] else {}
    return {name: value for name, value in (plain | detail).items() if value is not None}
