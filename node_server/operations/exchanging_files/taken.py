"""The files that were taken from a connection, as callers see them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from node_server.operations.house import House
from node_server.store import clock, files

_HIDDEN = ("tenant", "connection_id")


def page(
    house: House, tenant: str, connection_id: str, cursor: str | None, limit: int
) -> dict[str, Any]:
    """Files by the hash of their bytes; the cursor is the last hash."""
    with house.store.reading() as transaction:
        rows = files.page(transaction, tenant, connection_id, after=cursor or "", limit=limit + 1)
    more = len(rows) > limit
    answer: dict[str, Any] = {"data": [_shown(row) for row in rows[:limit]], "has_more": more}
    return answer | ({"next_cursor": rows[limit - 1]["sha256"]} if more else {})


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    said = {name: value for name, value in row.items() if name not in _HIDDEN and value is not None}
    return said | {"modified": clock.stamp(datetime.fromtimestamp(row["modified"], UTC))}
