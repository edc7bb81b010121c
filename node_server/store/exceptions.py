"""Exceptions of documents: why each is held, who deals with it, what was done about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from sqlalchemy import Connection, Select, func, insert, select, update

from node_server.store.control_tables import exception_acts, exceptions
from node_server.store.tables import records

Row: TypeAlias = dict[str, Any]

OPEN = "open"
_OF_RECORD = (records.c.tenant == exceptions.c.tenant) & (records.c.id == exceptions.c.record_id)
FILTERS = ("state", "control", "code", "owner", "record_id")


def add(connection: Connection, row: Row) -> None:
    """Store an exception."""
    connection.execute(insert(exceptions), row)


def change(connection: Connection, row: Mapping[str, Any], **changes: Any) -> None:
    """Write to an exception."""
    changed = (
        update(exceptions)
        .where(exceptions.c.tenant == row["tenant"], exceptions.c.id == row["id"])
        .values(changes)
    )
    connection.execute(changed)


def get(connection: Connection, tenant: str, exception_id: str) -> Row | None:
    """One exception of a tenant."""
    query = select(exceptions).where(exceptions.c.tenant == tenant, exceptions.c.id == exception_id)
    row = connection.execute(query).mappings().first()
    return dict(row) if row else None


def of_record(connection: Connection, tenant: str, record_id: str) -> list[Row]:
    """Every exception that a document has had, the first one first."""
    query = select(exceptions).where(
        exceptions.c.tenant == tenant, exceptions.c.record_id == record_id
    )
    return _rows(connection, query.order_by(exceptions.c.position))


def page(
    connection: Connection, tenant: str, filters: Mapping[str, Any], *, after: int, limit: int
) -> list[Row]:
    """Exceptions after a position, each with what its document is known by.

    `due_before` keeps those that are open and were due by then.
    """
    about = (records.c.kind, records.c.number, records.c.counterparty)
    query = (
        select(exceptions, *about, records.c.amount, records.c.currency)
        .join(records, _OF_RECORD)
        .where(exceptions.c.tenant == tenant, exceptions.c.position > after)
    )
    for name in FILTERS:
        if (value := filters.get(name)) is not None:
            query = query.where(exceptions.c[name] == value)
    if (held := filters.get("holds")) is not None:
        query = query.where(exceptions.c.holds == held)
    if (moment := filters.get("due_before")) is not None:
        query = query.where(exceptions.c.state == OPEN, exceptions.c.due_at < moment)
    return _rows(connection, query.order_by(exceptions.c.position).limit(limit))


def to_escalate(connection: Connection, *, now: str, limit: int) -> list[Row]:
    """Open exceptions that have waited too long, of all tenants, those that waited most first."""
    query = select(exceptions).where(exceptions.c.state == OPEN, exceptions.c.escalate_at < now)
    return _rows(connection, query.order_by(exceptions.c.escalate_at).limit(limit))


def note(connection: Connection, row: Row) -> None:
    """Keep what somebody did about an exception."""
    connection.execute(insert(exception_acts), row)


def acts(connection: Connection, tenant: str, *ids: str) -> list[Row]:
    """What was done about exceptions, in order."""
    if not ids:
        return []
    query = select(exception_acts).where(
        exception_acts.c.tenant == tenant, exception_acts.c.exception_id.in_(ids)
    )
    return _rows(connection, query.order_by(exception_acts.c.position))


def counts(connection: Connection) -> Iterable[tuple[str, str, int]]:
    """How many are open of each control and code, of all tenants: for the metrics."""
    what = (exceptions.c.control, exceptions.c.code)
    query = select(*what, func.count()).where(exceptions.c.state == OPEN).group_by(*what)
    return [(control, code, count) for control, code, count in connection.execute(query)]


def count_overdue(connection: Connection, now: str) -> int:
    """How many are open past their time, of all tenants: for the metrics."""
    query = (
        select(func.count())
        .select_from(exceptions)
        .where(exceptions.c.state == OPEN, exceptions.c.due_at < now)
    )
    return connection.scalar(query) or 0


def closed_between(
    connection: Connection, tenant: str, first: str, last: str
) -> list[tuple[str, str, str, str, str, int]]:
    """How many were closed in each month, by state, control, code and whoever closed them."""
    month = func.substr(exceptions.c.closed_at, 1, 7)
    what = (
        month, exceptions.c.state, exceptions.c.control, exceptions.c.code, exceptions.c.closed_by
    )  # fmt: skip
    query = (
        select(*what, func.count())
        .where(
            exceptions.c.tenant == tenant,
            exceptions.c.closed_at >= first,
            exceptions.c.closed_at < last,
        )
        .group_by(*what)
        .order_by(*what)
    )
    return [tuple(row) for row in connection.execute(query)]


def _rows(connection: Connection, query: Select[Any]) -> list[Row]:
    return [dict(row) for row in connection.execute(query).mappings()]
