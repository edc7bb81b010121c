"""Consents under way: what a callback must bring back, good once and for a short while."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, delete, insert, select

from node_server.store.outward_tables import authorisations


def add(connection: Connection, row: dict[str, Any]) -> None:
    """Begin one."""
    connection.execute(insert(authorisations), row)


def get(connection: Connection, state: str) -> dict[str, Any] | None:
    """The one of a state."""
    query = select(authorisations).where(authorisations.c.state == state)
    row = connection.execute(query).mappings().first()
    return dict(row) if row else None


def awaited(connection: Connection, tenant: str, connection_id: str, *, now: str) -> bool:
    """Whether one of a connection is under way."""
    query = select(authorisations.c.state).where(
        authorisations.c.tenant == tenant,
        authorisations.c.connection_id == connection_id,
        authorisations.c.expires_at > now,
    )
    return connection.execute(query.limit(1)).first() is not None


def take(connection: Connection, state: str) -> dict[str, Any] | None:
    """The one of a state, which is used up by that."""
    gone = delete(authorisations).where(authorisations.c.state == state).returning(authorisations)
    row = connection.execute(gone).mappings().first()
    return dict(row) if row else None


def forget(connection: Connection, *, before: str) -> int:
    """Remove those that nobody came back for."""
    gone = delete(authorisations).where(authorisations.c.expires_at < before)
    return connection.execute(gone).rowcount
