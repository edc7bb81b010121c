"""What other systems told us by themselves: kept before it is answered, worked on afterwards."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, and_, or_, select, update

from node_server.store.outward_tables import inbound
from node_server.store.traces import unless_there


def add(transaction: Connection, row: dict[str, Any]) -> bool:
    """Keep an event; False when it came before."""
    added = unless_there(transaction, inbound).on_conflict_do_nothing()
    return transaction.execute(added.returning(inbound.c.position), row).first() is not None


def lease_due(transaction: Connection, *, now: str, until: str, limit: int) -> list[dict[str, Any]]:
    """What is to be worked on now, held until then."""
    free = or_(inbound.c.leased_until.is_(None), inbound.c.leased_until < now)
    chosen = (
        select(inbound.c.position)
        .where(and_(inbound.c.state == "pending", inbound.c.due_at <= now, free))
        .order_by(inbound.c.due_at, inbound.c.position)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    query = (
        update(inbound)
        .where(inbound.c.position.in_(chosen))
        .values(leased_until=until, attempts=inbound.c.attempts + 1)
        .returning(inbound)
    )
    rows = [dict(row) for row in transaction.execute(query).mappings()]
    return sorted(rows, key=lambda row: int(row["position"]))


def finish(transaction: Connection, position: int, **changes: Any) -> None:
    """Note what became of it, and let go of it."""
    query = update(inbound).where(inbound.c.position == position)
    transaction.execute(query.values(leased_until=None, **changes))


def page(
    transaction: Connection,
    tenant: str,
    connection_id: str,
    *,
    after: int,
    limit: int,
    state: str | None = None,
) -> list[dict[str, Any]]:
    """Events of a connection in the order in which they came."""
    query = (
        select(inbound)
        .where(
            inbound.c.tenant == tenant,
            inbound.c.connection_id == connection_id,
            inbound.c.position > after,
        )
        .order_by(inbound.c.position)
        .limit(limit)
    )
    if state is not None:
        query = query.where(inbound.c.state == state)
    return [dict(row) for row in transaction.execute(query).mappings()]


def again(transaction: Connection, tenant: str, connection_id: str, *, due_at: str) -> int:
    """Put what was given up back into the queue; how many."""
    query = (
        update(inbound)
        .where(
            inbound.c.tenant == tenant,
            inbound.c.connection_id == connection_id,
            inbound.c.state == "dead",
        )
        .values(state="pending", attempts=0, due_at=due_at, why=None)
        .returning(inbound.c.position)
    )
    return len(transaction.execute(query).all())
