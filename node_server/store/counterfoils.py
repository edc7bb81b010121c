"""Counterfoils: what was to be sent, was sent, and came of it. A row is kept for ever, and is the
queue as well: whoever works on it holds its lease, and nobody else may write to it meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, TypeAlias

from sqlalchemy import (
    Connection,
    Update,
    bindparam,
    func,
    insert,
    select,
    tuple_,
    update,
)

from node_server.store.outward_tables import counterfoils
from node_server.store.tables import records

Row: TypeAlias = dict[str, Any]

NEVER = "9999-12-31T23:59:59.999999Z"
"""When a row is due that is not to be taken by itself."""

WORKABLE = ("pending", "sent", "uncertain")
LEASABLE = (*WORKABLE, "held")
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


_OURS = (
    select(counterfoils.c.position)
    .where(
        counterfoils.c.position.in_(bindparam("positions", expanding=True)),
        tuple_(counterfoils.c.position, counterfoils.c.tenant, counterfoils.c.lease).in_(
            bindparam("places", expanding=True)
        ),
    )
    .order_by(counterfoils.c.position)
    .with_for_update()
)


def still_ours(connection: Connection, rows: Iterable[Mapping[str, Any]]) -> set[int]:
    """Positions of the rows whose lease is as it was read, and stays so in this transaction."""
    places = [(row["position"], row["tenant"], row["lease"]) for row in rows]
    given = {"positions": [place[0] for place in places], "places": places}
    return set(connection.scalars(_OURS, given))


def change(connection: Connection, changes: Mapping[int, Mapping[str, Any]]) -> None:
    """Write to rows that are `still_ours`, by position."""
    alike: dict[tuple[str, ...], list[Row]] = {}
    for position, each in changes.items():
        alike.setdefault(tuple(sorted(each)), []).append({**each, "at_position": position})
    for names, rows in alike.items():
        connection.execute(_changing(names), rows)


@cache
def _changing(names: tuple[str, ...]) -> Update:
    return (
        update(counterfoils)
        .where(counterfoils.c.position == bindparam("at_position"))
        .values({name: bindparam(name) for name in names})
    )


_FOLLOWING = select(counterfoils.c.tenant, counterfoils.c.waits_for, counterfoils.c.action).where(
    tuple_(counterfoils.c.tenant, counterfoils.c.record_id).in_(
        bindparam("documents", expanding=True)
    ),
    counterfoils.c.waits_for.in_(bindparam("keys", expanding=True)),
    counterfoils.c.state.in_(("pending", "held")),
)


def following(connection: Connection, rows: Iterable[Mapping[str, Any]]) -> list[Row]:
    """What waits for these effects, and belongs to the same documents."""
    found = [(row["tenant"], row["record_id"], row["key"]) for row in rows]
    documents = [(tenant, record_id) for tenant, record_id, _ in found]
    given = {"documents": documents, "keys": [key for *_, key in found]}
    return [dict(row) for row in connection.execute(_FOLLOWING, given).mappings()]


_STANDING = select(
    *(records.c.tenant, records.c.id, records.c.kind, records.c.state, records.c.payment_hold),
    *(records.c.revision, records.c.exception_code),
)


def record_standing(connection: Connection, tenant: str, record_id: str) -> Row | None:
    """How a document stands, without reading it."""
    query = _STANDING.where(records.c.tenant == tenant, records.c.id == record_id)
    row = connection.execute(query).mappings().first()
    return dict(row) if row else None


_STANDINGS = _STANDING.where(
    tuple_(records.c.tenant, records.c.id).in_(bindparam("documents", expanding=True))
)


def standings(
    connection: Connection, rows: Iterable[Mapping[str, Any]]
) -> dict[tuple[str, str], Row]:
    """How the documents of several effects stand, by tenant and id."""
    given = {"documents": list({(row["tenant"], row["record_id"]) for row in rows})}
    found = connection.execute(_STANDINGS, given).mappings()
    return {(row["tenant"], row["id"]): dict(row) for row in found}


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
