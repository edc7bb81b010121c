"""Counterfoils: what was to be sent, was sent, and came of it. A row is kept for ever, and is the
queue as well: whoever works on it holds its lease, and nobody else may write to it meanwhile.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, TypeAlias

from sqlalchemy import (
    BindParameter,
    Connection,
    Integer,
    Select,
    bindparam,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.orm import aliased

from node_server.store.outward_tables import counterfoils
from node_server.store.tables import records

Row: TypeAlias = dict[str, Any]

NEVER = "9999-12-31T23:59:59.999999Z"
"""When a row is due that is not to be taken by itself."""

WORKABLE = ("pending", "sent", "uncertain")
_LEASABLE = (*WORKABLE, "held")
FILTERS = ("state", "connection_id", "record_id", "connector", "resource", "action")


def add(connection: Connection, row: Row) -> None:
    """Keep a new counterfoil."""
    connection.execute(insert(counterfoils).values(row))


def get(connection: Connection, tenant: str, key: str) -> Row | None:
    """One counterfoil of a tenant."""
    query = select(counterfoils).where(counterfoils.c.tenant == tenant, counterfoils.c.key == key)
    row = connection.execute(query).mappings().first()
    return dict(row) if row else None


def by_beginning(connection: Connection, tenant: str, beginning: str) -> list[Row]:
    """The counterfoils whose key begins so; two are enough to know that it is not one."""
    query = select(counterfoils).where(
        counterfoils.c.tenant == tenant, counterfoils.c.key.startswith(beginning, autoescape=True)
    )
    return _rows(connection, query.limit(2))


def of_record(
    connection: Connection, tenant: str, record_id: str, connection_id: str | None = None
) -> list[Row]:
    """All effects of a record, oldest first; those on one connection only, if it is named."""
    query = select(counterfoils).where(
        counterfoils.c.tenant == tenant, counterfoils.c.record_id == record_id
    )
    if connection_id is not None:
        query = query.where(counterfoils.c.connection_id == connection_id)
    return _rows(connection, query.order_by(counterfoils.c.position))


def page(
    connection: Connection, tenant: str, filters: Mapping[str, Any], *, after: int, limit: int
) -> list[Row]:
    """Counterfoils of a tenant after a position, oldest first."""
    query = select(counterfoils).where(
        counterfoils.c.tenant == tenant, counterfoils.c.position > after
    )
    for name in FILTERS:
        if filters.get(name) is not None:
            query = query.where(counterfoils.c[name] == filters[name])
    return _rows(connection, query.order_by(counterfoils.c.position).limit(limit))


def busy(connection: Connection, *, now: str) -> dict[tuple[str, str], int]:
    """How many are being worked on, by connection."""
    query = (
        select(counterfoils.c.tenant, counterfoils.c.connection_id, func.count())
        .where(counterfoils.c.state.in_(_LEASABLE), counterfoils.c.leased_until >= now)
        .group_by(counterfoils.c.tenant, counterfoils.c.connection_id)
    )
    return {(tenant, name): count for tenant, name, count in connection.execute(query)}


def due(
    connection: Connection,
    *,
    now: str,
    limit: int,
    without: Collection[tuple[str, str]] = (),
) -> list[Row]:
    """What is due and free, the most urgent first; none of the connections to be left alone."""
    query = _FIRST
    for tenant, name in without:
        query = query.where(
            ~((counterfoils.c.tenant == tenant) & (counterfoils.c.connection_id == name))
        )
    found = connection.execute(query, {"now": now, "most": limit})
    return [dict(row) for row in found.mappings()]


def count_due(connection: Connection, *, now: str, most: int) -> int:
    """How many are due and free, up to a number."""
    return connection.scalar(_HOW_MANY, {"now": now, "most": most}) or 0


def _due() -> Select[Any]:
    """What is due at `now` and free."""
    before = aliased(counterfoils)
    now: BindParameter[str] = bindparam("now")
    # What waits for another effect is due when that one is confirmed, and when it cannot be.
    waits = (
        select(before.c.position)
        .where(
            before.c.tenant == counterfoils.c.tenant,
            before.c.key == counterfoils.c.waits_for,
            before.c.state.in_(_LEASABLE),
        )
        .exists()
    )
    return select(counterfoils).where(
        counterfoils.c.state.in_(_LEASABLE),
        counterfoils.c.due_at <= now,
        (counterfoils.c.leased_until.is_(None)) | (counterfoils.c.leased_until < now),
        counterfoils.c.waits_for.is_(None) | ~waits,
    )


# Asked all the time: made once.
_MOST = bindparam("most", type_=Integer)
_FIRST = (
    _due()
    .order_by(counterfoils.c.priority, counterfoils.c.due_at, counterfoils.c.position)
    .limit(_MOST)
)
_HOW_MANY = select(func.count()).select_from(
    _due().with_only_columns(counterfoils.c.position).limit(_MOST).subquery()
)


def lease(connection: Connection, leases: Mapping[int, str], *, until: str) -> None:
    """Give rows to whoever holds these tokens."""
    for position, token in leases.items():
        connection.execute(
            update(counterfoils)
            .where(counterfoils.c.position == position)
            .values(lease=token, leased_until=until)
        )


def renew(connection: Connection, tokens: Iterable[str], *, until: str) -> None:
    """Hold on to what is still being worked on."""
    connection.execute(
        update(counterfoils)
        .where(counterfoils.c.lease.in_(list(tokens)))
        .values(leased_until=until)
    )


def step(connection: Connection, row: Mapping[str, Any], **changes: Any) -> bool:
    """Write to a row as it was read, if nobody else has taken it; whether it was written."""
    changed = (
        update(counterfoils)
        .where(
            counterfoils.c.tenant == row["tenant"],
            counterfoils.c.position == row["position"],
            counterfoils.c.lease.is_not_distinct_from(row["lease"]),
        )
        .values(changes)
        .returning(counterfoils.c.position)
    )
    return connection.execute(changed).first() is not None


def waiting_for(connection: Connection, tenant: str, key: str) -> list[Row]:
    """What waits for an effect."""
    query = select(counterfoils).where(
        counterfoils.c.tenant == tenant,
        counterfoils.c.waits_for == key,
        counterfoils.c.state.in_(("pending", "held")),
    )
    return _rows(connection, query.order_by(counterfoils.c.position))


def record_standing(connection: Connection, tenant: str, record_id: str) -> Row | None:
    """How a document stands, without reading it."""
    wanted = (records.c.kind, records.c.state, records.c.payment_hold, records.c.revision)
    query = select(*wanted, records.c.exception_code).where(
        records.c.tenant == tenant, records.c.id == record_id
    )
    row = connection.execute(query).mappings().first()
    return dict(row) if row else None


def backlog(connection: Connection) -> tuple[int, str | None]:
    """How many are open, and since when the oldest one is, of all tenants."""
    query = select(func.count(), func.min(counterfoils.c.created_at)).where(
        counterfoils.c.state.in_(("pending", "sent")), counterfoils.c.due_at < NEVER
    )
    count, oldest = connection.execute(query).one()
    return count, oldest


def outcomes(connection: Connection) -> list[tuple[str, str, int]]:
    """How many there are by connector and state, of all tenants: for the metrics."""
    query = select(counterfoils.c.connector, counterfoils.c.state, func.count()).group_by(
        counterfoils.c.connector, counterfoils.c.state
    )
    return [(connector, state, count) for connector, state, count in connection.execute(query)]


def _rows(connection: Connection, query: Any) -> list[Row]:
    return [dict(row) for row in connection.execute(query).mappings()]
