"""Watch lists that a tenant has loaded; the lists themselves are kept as payloads."""

from __future__ import annotations

from typing import Any, TypeAlias

from sqlalchemy import Connection, delete, select, update

from node_server.store.control_tables import watch_lists
from node_server.store.tables import raws, records
from node_server.store.traces import unless_there

Row: TypeAlias = dict[str, Any]

ALL_READ = -1


def put(connection: Connection, row: Row) -> None:
    """Keep a list in place of the one of its name."""
    added = unless_there(connection, watch_lists)
    changed = {name: added.excluded[name] for name in row if name not in ("tenant", "name")}
    connection.execute(
        added.on_conflict_do_update(index_elements=["tenant", "name"], set_=changed), row
    )


def of_tenant(connection: Connection, tenant: str) -> list[Row]:
    """All lists of a tenant by name."""
    query = select(watch_lists).where(watch_lists.c.tenant == tenant).order_by(watch_lists.c.name)
    return [dict(row) for row in connection.execute(query).mappings()]


def remove(connection: Connection, tenant: str, name: str) -> bool:
    """Forget a list; whether there was one."""
    gone = delete(watch_lists).where(watch_lists.c.tenant == tenant, watch_lists.c.name == name)
    return connection.execute(gone.returning(watch_lists.c.name)).first() is not None


def text(connection: Connection, tenant: str, sha256: str) -> bytes:
    """A list as it was given."""
    query = select(raws.c.body).where(raws.c.tenant == tenant, raws.c.sha256 == sha256)
    found = connection.scalar(query)
    return bytes(found) if found is not None else b""


def unread(connection: Connection) -> Row | None:
    """A list that not every party of its tenant has been looked up in yet."""
    query = select(watch_lists).where(watch_lists.c.read_up_to >= 0).limit(1)
    row = connection.execute(query).mappings().first()
    return dict(row) if row else None


def read_on(connection: Connection, row: Row, up_to: int) -> None:
    """How far its tenant's parties have been looked up; `ALL_READ` when no more are left.

    Nothing is noted where another list has come in its place meanwhile.
    """
    connection.execute(
        update(watch_lists)
        .where(
            watch_lists.c.tenant == row["tenant"],
            watch_lists.c.name == row["name"],
            watch_lists.c.loaded_at == row["loaded_at"],
        )
        .values(read_up_to=up_to)
    )


def parties(connection: Connection, tenant: str, after: int, limit: int) -> list[tuple[int, str]]:
    """Position and id of parties in the order of their arrival."""
    query = (
        select(records.c.position, records.c.id)
        .where(
            records.c.tenant == tenant,
            records.c.kind == "party",
            records.c.position > after,
            records.c.state != "archived",
        )
        .order_by(records.c.position)
        .limit(limit)
    )
    return [(position, record_id) for position, record_id in connection.execute(query)]
