"""Who wants to be told what, and what is still to be delivered."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.orm import aliased

from node_server.store.tables import deliveries, events, subscriptions


def add(connection: Connection, row: dict[str, Any]) -> None:
    """Store a subscription."""
    connection.execute(insert(subscriptions), row)


def get(connection: Connection, tenant: str, subscription_id: str) -> dict[str, Any] | None:
    """One subscription of a tenant."""
    query = select(subscriptions).where(
        subscriptions.c.tenant == tenant, subscriptions.c.id == subscription_id
    )
    row = connection.execute(query).mappings().first()
    return dict(row) if row else None


def rows(connection: Connection, tenant: str) -> list[dict[str, Any]]:
    """The subscriptions of a tenant, oldest first."""
    query = (
        select(subscriptions)
        .where(subscriptions.c.tenant == tenant)
        .order_by(subscriptions.c.created_at)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def remove(connection: Connection, tenant: str, subscription_id: str) -> bool:
    """Remove a subscription with what it was still to get; whether there was one."""
    where = (subscriptions.c.tenant == tenant, subscriptions.c.id == subscription_id)
    return connection.execute(delete(subscriptions).where(*where)).rowcount > 0


def change(connection: Connection, tenant: str, subscription_id: str, **changes: Any) -> None:
    """Change a subscription."""
    connection.execute(
        update(subscriptions)
        .where(subscriptions.c.tenant == tenant, subscriptions.c.id == subscription_id)
        .values(changes)
    )


def lease_due(connection: Connection, *, now: str, until: str, limit: int) -> list[dict[str, Any]]:
    """Take deliveries that are due, the first one that is open of each document only.

    A later event of a document waits until the earlier one is delivered or dead: order is kept.
    """
    query = (
        select(deliveries.c.position)
        .join(
            subscriptions,
            (subscriptions.c.tenant == deliveries.c.tenant)
            & (subscriptions.c.id == deliveries.c.subscription_id),
        )
        .where(
            deliveries.c.state == "pending",
            deliveries.c.due_at <= now,
            (deliveries.c.leased_until.is_(None)) | (deliveries.c.leased_until < now),
            subscriptions.c.state == "active",
            ~_behind_another(),
        )
        .order_by(deliveries.c.due_at, deliveries.c.position)
        .limit(limit)
    )
    if connection.dialect.name == "postgresql":
        query = query.with_for_update(skip_locked=True, of=deliveries)
    positions = list(connection.scalars(query))
    if not positions:
        return []
    connection.execute(
        update(deliveries)
        .where(deliveries.c.position.in_(positions))
        .values(leased_until=until, attempts=deliveries.c.attempts + 1)
    )
    return _with_event(connection, positions)


def _behind_another() -> Any:
    """Whether an earlier event of the same document still waits for the same subscriber."""
    earlier = aliased(deliveries)
    return (
        select(earlier.c.position)
        .where(
            earlier.c.tenant == deliveries.c.tenant,
            earlier.c.subscription_id == deliveries.c.subscription_id,
            earlier.c.record_id == deliveries.c.record_id,
            earlier.c.state == "pending",
            earlier.c.position < deliveries.c.position,
        )
        .exists()
    )


def _with_event(connection: Connection, positions: list[int]) -> list[dict[str, Any]]:
    query = (
        select(deliveries, events.c.event, subscriptions.c.url, subscriptions.c.secret)
        .join(
            events,
            (events.c.tenant == deliveries.c.tenant) & (events.c.id == deliveries.c.event_id),
        )
        .join(
            subscriptions,
            (subscriptions.c.tenant == deliveries.c.tenant)
            & (subscriptions.c.id == deliveries.c.subscription_id),
        )
        .where(deliveries.c.position.in_(positions))
        .order_by(deliveries.c.position)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def finish(connection: Connection, position: int, **changes: Any) -> None:
    """Note what became of an attempt, and give up the lease."""
    connection.execute(
        update(deliveries)
        .where(deliveries.c.position == position)
        .values(changes | {"leased_until": None})
    )


def delivery_page(
    connection: Connection,
    tenant: str,
    *,
    after: int,
    limit: int,
    subscription_id: str | None = None,
    state: str | None = None,
) -> list[dict[str, Any]]:
    """Deliveries of a tenant after a position."""
    query = select(deliveries).where(deliveries.c.tenant == tenant, deliveries.c.position > after)
    if subscription_id is not None:
        query = query.where(deliveries.c.subscription_id == subscription_id)
    if state is not None:
        query = query.where(deliveries.c.state == state)
    query = query.order_by(deliveries.c.position).limit(limit)
    return [dict(row) for row in connection.execute(query).mappings()]


def replay(connection: Connection, tenant: str, subscription_id: str, *, due: str) -> int:
    """Put what is dead back into the queue; how many that were."""
    done = connection.execute(
        update(deliveries)
        .where(
            deliveries.c.tenant == tenant,
            deliveries.c.subscription_id == subscription_id,
            deliveries.c.state == "dead",
        )
        .values(state="pending", attempts=0, due_at=due, leased_until=None, error=None)
    )
    return done.rowcount


def backlog(connection: Connection) -> tuple[int, str | None]:
    """How many deliveries are open, and since when the oldest one is, of all tenants."""
    query = select(func.count(), func.min(deliveries.c.created_at)).where(
        deliveries.c.state == "pending"
    )
    count, oldest = connection.execute(query).one()
    return count, oldest


def outcomes(connection: Connection) -> list[tuple[str, int]]:
    """How many deliveries there are in each state, of all tenants: for the metrics."""
    query = select(deliveries.c.state, func.count()).group_by(deliveries.c.state)
    return [(state, count) for state, count in connection.execute(query)]
