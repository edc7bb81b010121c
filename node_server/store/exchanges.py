"""What was said between us and other systems, without its secrets."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, delete, insert, select

from node_server.store.outward_tables import exchanges


def add(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Keep exchanges."""
    if rows:
        connection.execute(insert(exchanges), rows)


def page(
    connection: Connection,
    tenant: str,
    *,
    after: int,
    limit: int,
    connection_id: str | None = None,
    counterfoil: str | None = None,
) -> list[dict[str, Any]]:
    """Exchanges of a tenant after a position, oldest first."""
    query = select(exchanges).where(exchanges.c.tenant == tenant, exchanges.c.position > after)
    if connection_id is not None:
        query = query.where(exchanges.c.connection_id == connection_id)
    if counterfoil is not None:
        query = query.where(exchanges.c.counterfoil == counterfoil)
    query = query.order_by(exchanges.c.position).limit(limit)
    return [dict(row) for row in connection.execute(query).mappings()]


def forget(connection: Connection, *, before: str) -> int:
    """Remove what is older, unless it belongs to a counterfoil; how many that were."""
    old = exchanges.c.at < before
    gone = delete(exchanges).where(old, exchanges.c.counterfoil.is_(None))
    return connection.execute(gone).rowcount
