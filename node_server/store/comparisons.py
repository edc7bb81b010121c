"""Comparisons of two systems, as they came out."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, insert, select

from node_server.store.control_tables import comparisons

Row = dict[str, Any]


def add(connection: Connection, row: Row) -> None:
    """Store what a comparison has found."""
    connection.execute(insert(comparisons), row)


def get(connection: Connection, tenant: str, comparison_id: str) -> Row | None:
    """One comparison of a tenant."""
    query = select(comparisons).where(
        comparisons.c.tenant == tenant, comparisons.c.id == comparison_id
    )
    row = connection.execute(query).mappings().first()
    return dict(row) if row else None


def page(connection: Connection, tenant: str, *, after: int, limit: int) -> list[Row]:
    """Comparisons in the order in which they were made."""
    query = (
        select(comparisons)
        .where(comparisons.c.tenant == tenant, comparisons.c.position > after)
        .order_by(comparisons.c.position)
        .limit(limit)
    )
    return [dict(row) for row in connection.execute(query).mappings()]
