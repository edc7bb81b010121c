"""API keys, and a tenant's own legal entities."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from node_server.store.tables import api_keys, audit, entities


def add_key(connection: Connection, row: dict[str, Any]) -> None:
    """Store a key's hash and what it may do."""
    connection.execute(insert(api_keys), row)


def key_by_hash(connection: Connection, hash_: str) -> dict[str, Any] | None:
    """The key of this hash: the one look-up that comes before a tenant is known."""
    row = connection.execute(select(api_keys).where(api_keys.c.hash == hash_)).mappings().first()
    return dict(row) if row else None


def any_key(connection: Connection) -> bool:
    """Whether any key was ever made: the first start makes one."""
    return bool(connection.scalar(select(func.count()).select_from(api_keys)))


def keys(connection: Connection, tenant: str) -> list[dict[str, Any]]:
    """The keys of a tenant, oldest first."""
    query = select(api_keys).where(api_keys.c.tenant == tenant).order_by(api_keys.c.created_at)
    return [dict(row) for row in connection.execute(query).mappings()]


def change_key(connection: Connection, tenant: str, key_id: str, **changes: Any) -> bool:
    """Change a key of a tenant; whether there is one."""
    changed = connection.execute(
        update(api_keys).where(api_keys.c.tenant == tenant, api_keys.c.id == key_id).values(changes)
    )
    return changed.rowcount > 0


def entity_rows(connection: Connection, tenant: str) -> list[dict[str, Any]]:
    """The tenant's legal entities."""
    query = select(entities).where(entities.c.tenant == tenant).order_by(entities.c.id)
    return [dict(row) for row in connection.execute(query).mappings()]


def put_entity(connection: Connection, row: dict[str, Any]) -> None:
    """Store an entity in place of the one with its id."""
    remove_entity(connection, row["tenant"], row["id"])
    connection.execute(insert(entities), row)


def remove_entity(connection: Connection, tenant: str, entity_id: str) -> bool:
    """Remove an entity; whether there was one."""
    where = (entities.c.tenant == tenant, entities.c.id == entity_id)
    return connection.execute(delete(entities).where(*where)).rowcount > 0


def note(connection: Connection, row: dict[str, Any]) -> None:
    """Add a line to the audit trail."""
    connection.execute(insert(audit), row)


def notes(connection: Connection, tenant: str, *, after: int, limit: int) -> list[dict[str, Any]]:
    """Lines of the audit trail after a position."""
    query = (
        select(audit)
        .where(audit.c.tenant == tenant, audit.c.position > after)
        .order_by(audit.c.position)
        .limit(limit)
    )
    return [dict(row) for row in connection.execute(query).mappings()]
