"""How far each list of each connection has been read, and who is reading it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, and_, or_, select, update

from node_server.store import clock
from node_server.store.outward_tables import pulls
from node_server.store.traces import unless_there


def lease(
    transaction: Connection,
    tenant: str,
    connection_id: str,
    resource: str,
    *,
    lease: str,
    now: str,
    until: str,
) -> dict[str, Any] | None:
    """The row, held for one reader until then; None while another holds it."""
    _add(transaction, tenant, connection_id, resource, now)
    free = or_(pulls.c.lease.is_(None), pulls.c.leased_until < now)
    query = (
        update(pulls)
        .where(*_is(tenant, connection_id, resource), free)
        .values(lease=lease, leased_until=until, state="reading", updated_at=now)
        .returning(pulls)
    )
    found = transaction.execute(query).mappings().first()
    return dict(found) if found else None


def note(
    transaction: Connection,
    tenant: str,
    connection_id: str,
    resource: str,
    *,
    held_by: str,
    **changes: Any,
) -> bool:
    """Note how far it has come; False when the lease has gone to somebody else."""
    query = (
        update(pulls)
        .where(*_is(tenant, connection_id, resource), pulls.c.lease == held_by)
        .values(changes)
        .returning(pulls.c.resource)
    )
    return transaction.execute(query).first() is not None


def rows(transaction: Connection, tenant: str, connection_id: str) -> list[dict[str, Any]]:
    """Every list of a connection that was ever read."""
    query = (
        select(pulls)
        .where(pulls.c.tenant == tenant, pulls.c.connection_id == connection_id)
        .order_by(pulls.c.resource)
    )
    return [dict(row) for row in transaction.execute(query).mappings()]


def due(transaction: Connection, now: str, *, limit: int) -> list[tuple[str, str, str]]:
    """Tenant, connection and list of what is to be read now."""
    free = or_(pulls.c.lease.is_(None), pulls.c.leased_until < now)
    query = (
        select(pulls.c.tenant, pulls.c.connection_id, pulls.c.resource)
        .where(and_(pulls.c.due_at.is_not(None), pulls.c.due_at <= now, free))
        .order_by(pulls.c.due_at)
        .limit(limit)
    )
    return [(row[0], row[1], row[2]) for row in transaction.execute(query)]


def plan(
    transaction: Connection, tenant: str, connection_id: str, resource: str, *, due_at: str | None
) -> None:
    """When it is to be read next by itself; None for not at all."""
    _add(transaction, tenant, connection_id, resource, clock.stamp())
    query = update(pulls).where(*_is(tenant, connection_id, resource)).values(due_at=due_at)
    transaction.execute(query)


def _add(transaction: Connection, tenant: str, connection_id: str, resource: str, now: str) -> None:
    row = {
        "tenant": tenant,
        "connection_id": connection_id,
        "resource": resource,
        "state": "idle",
        "updated_at": now,
    }
    transaction.execute(unless_there(transaction, pulls).on_conflict_do_nothing(), row)


def _is(tenant: str, connection_id: str, resource: str) -> tuple[Any, ...]:
    return (
        pulls.c.tenant == tenant,
        pulls.c.connection_id == connection_id,
        pulls.c.resource == resource,
    )
