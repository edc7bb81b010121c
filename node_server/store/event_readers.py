"""How far those are who follow a tenant's events, and whose turn it is to go on."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, select, update

from node_server.store.control_tables import event_readers
from node_server.store.tables import events
from node_server.store.traces import unless_there


@dataclass(frozen=True, slots=True)
class Reading:
    """A tenant's events, leased to one reader until a moment."""

    tenant: str
    reader: str
    position: int
    attempts: int
    until: str


def newest(connection: Connection) -> int:
    """Where all events end now."""
    return connection.scalar(select(func.max(events.c.position))) or 0


def newest_after(connection: Connection, position: int) -> dict[str, int]:
    """Where the events of each tenant end that has any after a position."""
    query = select(events.c.tenant, func.max(events.c.position)).where(events.c.position > position)
    rows = connection.execute(query.group_by(events.c.tenant))
    return {row[0]: row[1] for row in rows}


def page(
    connection: Connection, tenant: str, *, after: int, limit: int
) -> list[tuple[int, str, str]]:
    """Events after a position, oldest first: place, record and type of each."""
    query = (
        select(events.c.position, events.c.record_id, events.c.type)
        .where(events.c.tenant == tenant, events.c.position > after)
        .order_by(events.c.position)
        .limit(limit)
    )
    return [(position, record_id, kind) for position, record_id, kind in connection.execute(query)]


def take(
    connection: Connection, tenant: str, reader: str, *, now: str, until: str
) -> Reading | None:
    """Take the lease of a tenant's events; nothing where another has it, or it is not time."""
    place = {"tenant": tenant, "reader": reader}
    connection.execute(unless_there(connection, event_readers).on_conflict_do_nothing(), place)
    free = (event_readers.c.leased_until.is_(None)) | (event_readers.c.leased_until < now)
    due = (event_readers.c.due_at.is_(None)) | (event_readers.c.due_at <= now)
    taken = (
        update(event_readers)
        .where(event_readers.c.tenant == tenant, event_readers.c.reader == reader, free, due)
        .values(leased_until=until)
        .returning(event_readers.c.position, event_readers.c.attempts)
    )
    row = connection.execute(taken).first()
    return Reading(tenant, reader, row.position, row.attempts, until) if row else None


def keep(
    connection: Connection,
    reading: Reading,
    position: int,
    *,
    attempts: int = 0,
    due_at: str | None = None,
    until: str | None = None,
) -> bool:
    """Note how far it is, and hold on `until` then or give the lease back; whether it was ours."""
    changed = (
        update(event_readers)
        .where(
            event_readers.c.tenant == reading.tenant,
            event_readers.c.reader == reading.reader,
            event_readers.c.leased_until == reading.until,
        )
        .values(position=position, attempts=attempts, due_at=due_at, leased_until=until)
        .returning(event_readers.c.position)
    )
    return connection.execute(changed).first() is not None


def not_beyond(connection: Connection, tenant: str) -> None:
    """Nobody is further than the events reach: those that were erased leave their numbers free."""
    last = select(func.coalesce(func.max(events.c.position), 0)).scalar_subquery()
    connection.execute(
        update(event_readers)
        .where(event_readers.c.tenant == tenant, event_readers.c.position > last)
        .values(position=last)
    )
