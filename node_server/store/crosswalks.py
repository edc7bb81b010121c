"""Crosswalks of a connection: what we call a thing, and what the target calls it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from node_server.store.outward_tables import crosswalks, masters
from node_server.store.traces import unless_there

CONFIRMED = "confirmed"
PROPOSED = "proposed"


def put(transaction: Connection, row: dict[str, Any]) -> None:
    """Keep a row, in place of one of the same name."""
    added = unless_there(transaction, crosswalks)
    named = ["tenant", "connection_id", "name", "value"]
    changed = {name: added.excluded[name] for name in row if name not in named}
    transaction.execute(added.on_conflict_do_update(index_elements=named, set_=changed), row)


def propose(transaction: Connection, row: dict[str, Any]) -> None:
    """Keep a proposal, unless there is a row of that name already."""
    transaction.execute(unless_there(transaction, crosswalks).on_conflict_do_nothing(), row)


def remove(transaction: Connection, tenant: str, connection_id: str, name: str, value: str) -> bool:
    """Forget a row; whether there was one."""
    gone = delete(crosswalks).where(
        *_of(tenant, connection_id), crosswalks.c.name == name, crosswalks.c.value == value
    )
    return transaction.execute(gone.returning(crosswalks.c.value)).first() is not None


def get(
    transaction: Connection, tenant: str, connection_id: str, name: str, value: str
) -> dict[str, Any] | None:
    """One row."""
    query = select(crosswalks).where(
        *_of(tenant, connection_id), crosswalks.c.name == name, crosswalks.c.value == value
    )
    row = transaction.execute(query).mappings().first()
    return dict(row) if row else None


def page(
    transaction: Connection,
    tenant: str,
    connection_id: str,
    name: str,
    *,
    after: str = "",
    limit: int = 1000,
    state: str | None = None,
) -> list[dict[str, Any]]:
    """Rows of a table by the name of the thing."""
    query = (
        select(crosswalks)
        .where(*_of(tenant, connection_id), crosswalks.c.name == name, crosswalks.c.value > after)
        .order_by(crosswalks.c.value)
        .limit(limit)
    )
    if state is not None:
        query = query.where(crosswalks.c.state == state)
    return [dict(row) for row in transaction.execute(query).mappings()]


def used(transaction: Connection, tenant: str, connection_id: str) -> dict[str, int]:
    """The tables that have been begun, each with how many rows of it are confirmed."""
    query = (
        select(crosswalks.c.name, func.count())
        .where(*_of(tenant, connection_id), crosswalks.c.state == CONFIRMED)
        .group_by(crosswalks.c.name)
    )
    return {str(row[0]): int(row[1]) for row in transaction.execute(query)}


def targets(
    transaction: Connection, tenant: str, connection_id: str, name: str, values: Iterable[str]
) -> dict[str, str]:
    """What the target calls these, as far as a person has confirmed it."""
    query = select(crosswalks.c.value, crosswalks.c.target).where(
        *_of(tenant, connection_id),
        crosswalks.c.name == name,
        crosswalks.c.state == CONFIRMED,
        crosswalks.c.value.in_(list(values)),
    )
    return {str(row[0]): str(row[1]) for row in transaction.execute(query)}


def replace_masters(
    transaction: Connection,
    tenant: str,
    connection_id: str,
    name: str,
    rows: list[dict[str, Any]],
) -> None:
    """Keep the target's own list of a kind, in place of the one before."""
    place = (masters.c.tenant == tenant, masters.c.connection_id == connection_id)
    transaction.execute(delete(masters).where(*place, masters.c.name == name))
    if rows:
        transaction.execute(insert(masters), rows)


def master_counts(transaction: Connection, tenant: str, connection_id: str) -> dict[str, int]:
    """How many of the target's own are known of each kind."""
    query = (
        select(masters.c.name, func.count())
        .where(masters.c.tenant == tenant, masters.c.connection_id == connection_id)
        .group_by(masters.c.name)
    )
    return {str(row[0]): int(row[1]) for row in transaction.execute(query)}


def master_rows(
    transaction: Connection, tenant: str, connection_id: str, name: str
) -> list[dict[str, Any]]:
    """The target's own list of a kind."""
    query = (
        select(masters)
        .where(
            masters.c.tenant == tenant,
            masters.c.connection_id == connection_id,
            masters.c.name == name,
        )
        .order_by(masters.c.target)
    )
    return [dict(row) for row in transaction.execute(query).mappings()]


def master_entry(
    transaction: Connection, tenant: str, connection_id: str, name: str, target: str
) -> bytes | None:
    """What is kept of one of the target's own."""
    query = select(masters.c.entry).where(
        masters.c.tenant == tenant,
        masters.c.connection_id == connection_id,
        masters.c.name == name,
        masters.c.target == target,
    )
    found = transaction.execute(query).scalar()
    return None if found is None else bytes(found)


def _of(tenant: str, connection_id: str) -> tuple[Any, Any]:
    return crosswalks.c.tenant == tenant, crosswalks.c.connection_id == connection_id
