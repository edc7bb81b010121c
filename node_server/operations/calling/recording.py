"""Every exchange on record, redacted, for the trace of what was sent."""

from __future__ import annotations

from typing import Any

import msgspec

from connectors._transport import Exchange
from node_server import logs
from node_server.metrics import called
from node_server.operations.house import House
from node_server.store import clock, exchanges
from node_server.store.connections import Connection


def row_of(
    connection: Connection, exchange: Exchange, purpose: str, counterfoil: str | None
) -> dict[str, Any]:
    """An exchange as it is stored under its connection, and under the counterfoil it is for."""
    status = exchange.status or 0
    called.labels(connection.connector, purpose, str(status)).inc()
    return {
        "tenant": connection.tenant,
        "connection_id": connection.id,
        "counterfoil": counterfoil,
        "purpose": purpose,
        "status": status,
        "exchange": msgspec.json.encode(exchange),
        "trace_id": logs.trace_id.get() or None,
        "at": clock.stamp(),
    }


def keep(
    house: House, connection: Connection, exchange: Exchange, purpose: str, counterfoil: str | None
) -> None:
    """Store one exchange."""
    record(house, [row_of(connection, exchange, purpose, counterfoil)])


def record(house: House, rows: list[dict[str, Any]]) -> None:
    """Store exchanges."""
    with house.store.writing() as transaction:
        exchanges.add(transaction, rows)
