"""What was said over a connection, for people."""

from __future__ import annotations

from typing import Any

import msgspec

from node_server.envelope import page_of, position
from node_server.operations.connecting.connections import found
from node_server.operations.house import House
from node_server.store import exchanges

_SHOWN = ("purpose", "status", "at", "counterfoil", "trace_id")


def page(
    house: House, tenant: str, connection_id: str, *, cursor: str | None, limit: int
) -> dict[str, Any]:
    """Exchanges of a connection, oldest first."""
    found(house, tenant, connection_id)
    with house.store.reading() as transaction:
        rows = exchanges.page(
            transaction, tenant, after=position(cursor), limit=limit + 1,
            connection_id=connection_id,
        )  # fmt: skip
    more = rows[limit - 1]["position"] if len(rows) > limit else None
    return page_of([_shown(row) for row in rows[:limit]], limit, more)


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    said = {name: row[name] for name in _SHOWN if row[name] is not None}
    return said | {"exchange": msgspec.json.decode(row["exchange"])}
