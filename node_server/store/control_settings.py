"""Settings of controls: every version that was proposed, and which one is in force."""

from __future__ import annotations

from typing import Any, TypeAlias

from sqlalchemy import Connection, bindparam, func, insert, select, update

from node_server.store.control_tables import control_settings

Row: TypeAlias = dict[str, Any]

PROPOSED, ACTIVE, SUPERSEDED, REJECTED = "proposed", "active", "superseded", "rejected"


_ACTIVE = select(control_settings).where(
    control_settings.c.tenant == bindparam("of"),
    control_settings.c.name == bindparam("called"),
    control_settings.c.state == ACTIVE,
)


def add(connection: Connection, row: Row) -> None:
    """Store a version."""
    connection.execute(insert(control_settings), row)


def change(connection: Connection, tenant: str, name: str, version: int, **changes: Any) -> None:
    """Write to a version."""
    changed = (
        update(control_settings)
        .where(
            control_settings.c.tenant == tenant,
            control_settings.c.name == name,
            control_settings.c.version == version,
        )
        .values(changes)
    )
    connection.execute(changed)


def get(connection: Connection, tenant: str, name: str, version: int) -> Row | None:
    """One version."""
    query = select(control_settings).where(
        control_settings.c.tenant == tenant,
        control_settings.c.name == name,
        control_settings.c.version == version,
    )
    row = connection.execute(query).mappings().first()
    return dict(row) if row else None


def newest(connection: Connection, tenant: str, name: str) -> int:
    """The number of the newest version; 0 where there is none."""
    query = select(func.max(control_settings.c.version)).where(
        control_settings.c.tenant == tenant, control_settings.c.name == name
    )
    return connection.scalar(query) or 0


def active(connection: Connection, tenant: str, name: str) -> Row | None:
    """The version in force. Asked for each document that comes in, so it is built once."""
    row = connection.execute(_ACTIVE, {"of": tenant, "called": name}).mappings().first()
    return dict(row) if row else None


def versions(connection: Connection, tenant: str, name: str | None = None) -> list[Row]:
    """Every version of these settings, or of all, the first one first."""
    query = select(control_settings).where(control_settings.c.tenant == tenant)
    if name is not None:
        query = query.where(control_settings.c.name == name)
    query = query.order_by(control_settings.c.name, control_settings.c.version)
    return [dict(row) for row in connection.execute(query).mappings()]
