"""Changes of parties' bank details: who proposed and approved them, and when they take effect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from sqlalchemy import Connection, insert, select, update

from node_server.store.control_tables import party_changes

Row: TypeAlias = dict[str, Any]

OPEN = ("proposed", "approved")
FILTERS = ("state", "record_id")


def add(connection: Connection, row: Row) -> None:
    """Store a change."""
    connection.execute(insert(party_changes), row)


def change(connection: Connection, row: Mapping[str, Any], **changes: Any) -> bool:
    """Write to a change that is still in the state it was read in; whether it was."""
    changed = (
        update(party_changes)
        .where(
            party_changes.c.tenant == row["tenant"],
            party_changes.c.id == row["id"],
            party_changes.c.state == row["state"],
        )
        .values(changes)
        .returning(party_changes.c.id)
    )
    return connection.execute(changed).first() is not None


def get(connection: Connection, tenant: str, change_id: str) -> Row | None:
    """One change of a tenant."""
    query = select(party_changes).where(
        party_changes.c.tenant == tenant, party_changes.c.id == change_id
    )
    row = connection.execute(query).mappings().first()
    return dict(row) if row else None


def last(connection: Connection, tenant: str, record_id: str) -> Row | None:
    """The newest change of a party that was not withdrawn."""
    query = (
        select(party_changes)
        .where(
            party_changes.c.tenant == tenant,
            party_changes.c.record_id == record_id,
            party_changes.c.state != "withdrawn",
        )
        .order_by(party_changes.c.position.desc())
        .limit(1)
    )
    row = connection.execute(query).mappings().first()
    return dict(row) if row else None


def page(
    connection: Connection, tenant: str, filters: Mapping[str, Any], *, after: int, limit: int
) -> list[Row]:
    """Changes after a position."""
    query = select(party_changes).where(
        party_changes.c.tenant == tenant, party_changes.c.position > after
    )
    for name in FILTERS:
        if (value := filters.get(name)) is not None:
            query = query.where(party_changes.c[name] == value)
    query = query.order_by(party_changes.c.position).limit(limit)
    return [dict(row) for row in connection.execute(query).mappings()]


def due(connection: Connection, now: str, limit: int) -> list[Row]:
    """Approved changes of all tenants whose time has come."""
    query = (
        select(party_changes)
        .where(party_changes.c.state == "approved", party_changes.c.effective_at <= now)
        .order_by(party_changes.c.effective_at)
        .limit(limit)
    )
    return [dict(row) for row in connection.execute(query).mappings()]
