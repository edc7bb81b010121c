"""Policies: every version that was proposed, and what was decided about it."""

from __future__ import annotations

from typing import Any, TypeAlias

from sqlalchemy import Connection, func, insert, select, update

from node_server.store.control_tables import policies

Row: TypeAlias = dict[str, Any]

PROPOSED, ACTIVE, SUPERSEDED, RETIRED, REJECTED = (
    *("proposed", "active", "superseded", "retired", "rejected"),
)


def add(connection: Connection, row: Row) -> None:
    """Store a version."""
    connection.execute(insert(policies), row)


def change(connection: Connection, row: Row, **changes: Any) -> None:
    """Write to a version."""
    changed = (
        update(policies)
        .where(
            policies.c.tenant == row["tenant"],
            policies.c.name == row["name"],
            policies.c.number == row["number"],
        )
        .values(changes)
    )
    connection.execute(changed)


def get(connection: Connection, tenant: str, name: str, number: int) -> Row | None:
    """One version of a policy."""
    query = select(policies).where(
        policies.c.tenant == tenant, policies.c.name == name, policies.c.number == number
    )
    row = connection.execute(query).mappings().first()
    return dict(row) if row else None


def newest(connection: Connection, tenant: str, name: str) -> int:
    """The number of the newest version; 0 where there is none."""
    query = select(func.max(policies.c.number)).where(
        policies.c.tenant == tenant, policies.c.name == name
    )
    return connection.scalar(query) or 0


def versions(connection: Connection, tenant: str, name: str | None = None) -> list[Row]:
    """Every version of a policy, or of all, the first one first."""
    query = select(policies).where(policies.c.tenant == tenant)
    if name is not None:
        query = query.where(policies.c.name == name)
    query = query.order_by(policies.c.name, policies.c.number)
    return [dict(row) for row in connection.execute(query).mappings()]


def active(connection: Connection, tenant: str) -> list[Row]:
    """The versions of all policies that were activated and not superseded, the latest first."""
    query = (
        select(policies)
        .where(policies.c.tenant == tenant, policies.c.state == ACTIVE)
        .order_by(policies.c.name, policies.c.decided_at.desc(), policies.c.number.desc())
    )
    return [dict(row) for row in connection.execute(query).mappings()]
