"""Work that outlives a request: taken by lease, so that it survives whoever was at it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from node_server.store.tables import jobs


def add(connection: Connection, row: dict[str, Any]) -> None:
    """Store a job that is to be done."""
    connection.execute(insert(jobs), row)


def get(connection: Connection, tenant: str, job_id: str) -> dict[str, Any] | None:
    """One job of a tenant."""
    query = select(jobs).where(jobs.c.tenant == tenant, jobs.c.id == job_id)
    row = connection.execute(query).mappings().first()
    return dict(row) if row else None


def page(connection: Connection, tenant: str, *, after: int, limit: int) -> list[dict[str, Any]]:
    """Jobs of a tenant after a position."""
    query = (
        select(jobs)
        .where(jobs.c.tenant == tenant, jobs.c.position > after)
        .order_by(jobs.c.position)
        .limit(limit)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def lease_next(connection: Connection, *, now: str, until: str) -> dict[str, Any] | None:
    """Take the oldest job that nobody works on."""
    query = (
        select(jobs)
        .where(
            jobs.c.state.in_(("pending", "running")),
            (jobs.c.leased_until.is_(None)) | (jobs.c.leased_until < now),
        )
        .order_by(jobs.c.position)
        .limit(1)
    )
    if connection.dialect.name == "postgresql":
        query = query.with_for_update(skip_locked=True)
    row = connection.execute(query).mappings().first()
    if row is None:
        return None
    change(connection, row["position"], state="running", leased_until=until, updated_at=now)
    return dict(row)


def change(connection: Connection, position: int, **changes: Any) -> None:
    """Note how far a job is."""
    connection.execute(update(jobs).where(jobs.c.position == position).values(changes))


def waiting(connection: Connection, tenant: str, kind: str) -> dict[str, Any] | None:
    """A job of a kind that nobody has begun yet."""
    query = select(jobs).where(
        jobs.c.tenant == tenant, jobs.c.kind == kind, jobs.c.state == "pending"
    )
    row = connection.execute(query.with_for_update().limit(1)).mappings().first()
    return dict(row) if row else None


def backlog(connection: Connection) -> tuple[int, str | None]:
    """How many jobs are open, and since when the oldest one is, of all tenants."""
    query = select(func.count(), func.min(jobs.c.created_at)).where(
        jobs.c.state.in_(("pending", "running"))
    )
    count, oldest = connection.execute(query).one()
    return count, oldest
