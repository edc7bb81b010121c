"""Files that were taken from other systems, each known by its bytes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from node_server.store.outward_tables import files
from node_server.store.traces import unless_there

TAKEN = "taken"
REFUSED = "refused"


def keep(transaction: Connection, row: dict[str, Any]) -> None:
    """Note what became of a file; the latest word on the same bytes stays."""
    fresh = unless_there(transaction, files).values(row)
    same = (files.c.tenant, files.c.connection_id, files.c.sha256)
    changes = {name: fresh.excluded[name] for name in row if name not in {c.name for c in same}}
    transaction.execute(fresh.on_conflict_do_update(index_elements=same, set_=changes))


def get(
    transaction: Connection, tenant: str, connection_id: str, sha256: str
) -> dict[str, Any] | None:
    """What became of these bytes."""
    query = select(files).where(*_of(tenant, connection_id), files.c.sha256 == sha256)
    row = transaction.execute(query).mappings().first()
    return dict(row) if row else None


def seen(
    transaction: Connection, tenant: str, connection_id: str, name: str, size: int, modified: int
) -> dict[str, Any] | None:
    """What became of a file that looked just so, without its bytes."""
    query = select(files).where(
        *_of(tenant, connection_id),
        files.c.name == name, files.c.size == size, files.c.modified == modified,
    )  # fmt: skip
    row = transaction.execute(query.order_by(files.c.at.desc())).mappings().first()
    return dict(row) if row else None


def page(
    transaction: Connection, tenant: str, connection_id: str, *, after: str, limit: int
) -> list[dict[str, Any]]:
    """The files of a connection by their hash."""
    query = (
        select(files)
        .where(*_of(tenant, connection_id), files.c.sha256 > after)
        .order_by(files.c.sha256)
        .limit(limit)
    )
    return [dict(row) for row in transaction.execute(query).mappings()]


def _of(tenant: str, connection_id: str) -> tuple[Any, Any]:
    return files.c.tenant == tenant, files.c.connection_id == connection_id
