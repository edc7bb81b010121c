"""What came in over a connection, for people to look at."""

from __future__ import annotations

from typing import Any

from node_server.envelope import page_of, position
from node_server.operations.connecting.connections import found
from node_server.operations.house import House
from node_server.store import clock, inbound

STATES = ("pending", "done", "ignored", "refused", "dead")
_SHOWN = ("event_id", "topic", "state", "why", "attempts", "at")


def page(
    house: House,
    tenant: str,
    connection_id: str,
    *,
    state: str | None,
    cursor: str | None,
    limit: int,
) -> dict[str, Any]:
    """Events of a connection, oldest first, without their bodies."""
    found(house, tenant, connection_id)
    after = position(cursor)
    with house.store.reading() as transaction:
        rows = inbound.page(
            transaction, tenant, connection_id, after=after, limit=limit + 1, state=state
        )
    shown = [{n: row[n] for n in _SHOWN if row[n] is not None} for row in rows[:limit]]
    return page_of(shown, limit, rows[limit - 1]["position"] if len(rows) > limit else None)


def again(house: House, tenant: str, connection_id: str) -> dict[str, int]:
    """Put what was given up back into the queue."""
    found(house, tenant, connection_id)
    with house.store.writing() as transaction:
        return {"replayed": inbound.again(transaction, tenant, connection_id, due_at=clock.stamp())}
