"""Connections: which system, which account there, and how it stands with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection as Transaction
from sqlalchemy import delete, insert, select, update

from node_server.store.outward_tables import connections


@dataclass(frozen=True, slots=True)
class Connection:
    """One connection of a tenant."""

    tenant: str
    id: str
    connector: str
    name: str
    environment: str
    settings: Mapping[str, Any]
    credential: str | None
    state: str
    """new, active or reauthorise_required."""
    why: str | None
    last_ok_at: str | None
    created_by: str
    created_at: str
    updated_at: str
    """When a person last changed it; its state moves without that."""


def add(transaction: Transaction, made: Connection) -> None:
    """Store a new connection."""
    transaction.execute(insert(connections), _row(made))


def get(transaction: Transaction, tenant: str, connection_id: str) -> Connection | None:
    """One connection of a tenant."""
    query = select(connections).where(*_is(tenant, connection_id))
    row = transaction.execute(query).mappings().first()
    return _read(dict(row)) if row else None


def page(transaction: Transaction, tenant: str, *, after: str, limit: int) -> list[Connection]:
    """Connections of a tenant by id, after one."""
    query = (
        select(connections)
        .where(connections.c.tenant == tenant, connections.c.id > after)
        .order_by(connections.c.id)
        .limit(limit)
    )
    return [_read(dict(row)) for row in transaction.execute(query).mappings()]


def of_credential(transaction: Transaction, tenant: str, credential: str) -> list[Connection]:
    """The connections that use a credential."""
    query = select(connections).where(
        connections.c.tenant == tenant, connections.c.credential == credential
    )
    return [_read(dict(row)) for row in transaction.execute(query).mappings()]


def that_pull(transaction: Transaction) -> list[Connection]:
    """The connections of all tenants that have lists read by themselves."""
    query = select(connections).where(connections.c.settings.like('%"pull"%'))
    found = [_read(dict(row)) for row in transaction.execute(query).mappings()]
    return [each for each in found if each.settings.get("pull")]


def replace(transaction: Transaction, changed: Connection) -> None:
    """Store a connection in place of the one with its id."""
    where = _is(changed.tenant, changed.id)
    transaction.execute(update(connections).where(*where).values(_row(changed)))


def change(
    transaction: Transaction, tenant: str, connection_id: str, **changes: str | None
) -> None:
    """Note how it stands: state, why, last_ok_at."""
    where = _is(tenant, connection_id)
    transaction.execute(update(connections).where(*where).values(changes))


def set_settings(
    transaction: Transaction, tenant: str, connection_id: str, settings: Mapping[str, Any]
) -> None:
    """Note what was learnt of it; it counts as no change by a person."""
    where = _is(tenant, connection_id)
    written = msgspec.json.encode(settings).decode()
    transaction.execute(update(connections).where(*where).values(settings=written))


def remove(transaction: Transaction, tenant: str, connection_id: str) -> bool:
    """Remove it with what belongs to it alone; what was sent through it stays."""
    gone = delete(connections).where(*_is(tenant, connection_id)).returning(connections.c.id)
    return transaction.execute(gone).first() is not None


def _is(tenant: str, connection_id: str) -> tuple[Any, Any]:
    return connections.c.tenant == tenant, connections.c.id == connection_id


def _row(made: Connection) -> dict[str, Any]:
    row = {name: getattr(made, name) for name in Connection.__dataclass_fields__}
    return row | {"settings": msgspec.json.encode(made.settings).decode()}


def _read(row: dict[str, Any]) -> Connection:
    return Connection(**row | {"settings": msgspec.json.decode(row["settings"])})
