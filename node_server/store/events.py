"""What happened, in one order for each tenant, and whom it is to be told."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, func, insert, select

from canonical_model import wire
from canonical_model.envelope import Event
from node_server.store.engine import take_locks
from node_server.store.tables import deliveries, events, subscriptions
from node_server.store.traces import unless_there


def append(connection: Connection, happened: list[Event], *, at: str) -> None:
    """Add events and their deliveries. One that is there already is not added again.

    Positions must be given in the order in which transactions end, or a reader who has seen a
    later one would miss an earlier one: hence the lock, taken last and held shortly.
    """
    for tenant in sorted({event.tenant or "" for event in happened}):
        take_locks(connection, [f"events:{tenant}"])
        mine = [event for event in happened if (event.tenant or "") == tenant]
        added = _added(connection, tenant, mine, at)
        wanted = _wanted(connection, tenant)
        rows = [
            _delivery(tenant, event, each["id"], at)
            for event in mine
            for each in wanted
            if event.id in added and takes(each["types"], event.type)
        ]
        if rows:
            connection.execute(insert(deliveries), rows)


def _added(connection: Connection, tenant: str, mine: list[Event], at: str) -> set[str]:
    """Ids of those that were not there yet."""
    rows = [
        {
            "tenant": tenant,
            "id": event.id,
            "record_id": event.subject,
            "type": event.type,
            "event": wire.encode(event),
            "at": at,
        }
        for event in mine
    ]
    added = unless_there(connection, events).on_conflict_do_nothing().returning(events.c.id)
    return set(connection.scalars(added, rows))


def _delivery(tenant: str, event: Event, subscription_id: str, at: str) -> dict[str, Any]:
    return {
        "tenant": tenant,
        "subscription_id": subscription_id,
        "event_id": event.id,
        "record_id": event.subject,
        "state": "pending",
        "due_at": at,
        "created_at": at,
    }


def _wanted(connection: Connection, tenant: str) -> list[dict[str, Any]]:
    query = select(subscriptions.c.id, subscriptions.c.types).where(
        subscriptions.c.tenant == tenant, subscriptions.c.state == "active"
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def takes(types: str, event_type: str) -> bool:
    """Whether a list of types, `*` standing for any one part, has this one."""
    return any(_matches(wanted.split("."), event_type.split(".")) for wanted in types.split())


def _matches(wanted: list[str], parts: list[str]) -> bool:
    if wanted == ["*"]:
        return True
    return len(wanted) == len(parts) and all(
        w in ("*", p) for w, p in zip(wanted, parts, strict=True)
    )


def page(
    connection: Connection,
    tenant: str,
    *,
    after: int,
    limit: int,
    types: str = "*",
    record_id: str | None = None,
) -> list[tuple[int, bytes, str]]:
    """Events after a position with their types, oldest first."""
    query = select(events.c.position, events.c.event, events.c.type).where(
        events.c.tenant == tenant, events.c.position > after
    )
    if record_id is not None:
        query = query.where(events.c.record_id == record_id)
    if types != "*":
        query = query.where(events.c.type.in_(_known(connection, tenant, types)))
    query = query.order_by(events.c.position).limit(limit)
    return [(position, data, kind) for position, data, kind in connection.execute(query)]


def _known(connection: Connection, tenant: str, types: str) -> list[str]:
    query = select(events.c.type).where(events.c.tenant == tenant).distinct()
    return [each for each in connection.scalars(query) if takes(types, each)]


def newest(connection: Connection) -> dict[str, int]:
    """Where the events of each tenant end: for those who pass them on."""
    query = select(events.c.tenant, func.max(events.c.position)).group_by(events.c.tenant)
    return {row.tenant: row[1] for row in connection.execute(query)}


def last_position(connection: Connection, tenant: str) -> int:
    """Where the tenant's events end now."""
    query = select(func.max(events.c.position)).where(events.c.tenant == tenant)
    return connection.scalar(query) or 0
