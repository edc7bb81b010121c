"""What each record has said, revision by revision, and who brought it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, insert, select

from canonical_model import wire
from canonical_model.envelope import Record
from node_server.store.tables import revisions


def keep(connection: Connection, record: Record, *, actor: str, at: str) -> None:
    """Keep this revision for ever beside those before it."""
    row = {
        "tenant": record.tenant,
        "record_id": record.id,
        "revision": record.revision,
        "content_hash": record.content_hash,
        "record": wire.encode(record),
        "actor": actor,
        "at": at,
    }
    connection.execute(insert(revisions), row)


def rows(connection: Connection, tenant: str, record_id: str) -> Sequence[dict[str, Any]]:
    """Every revision of a record, the first one first."""
    query = (
        select(revisions)
        .where(revisions.c.tenant == tenant, revisions.c.record_id == record_id)
        .order_by(revisions.c.revision)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def actors(connection: Connection, tenant: str, record_id: str) -> set[str]:
    """Who has brought a record's content, in any revision."""
    query = select(revisions.c.actor).where(
        revisions.c.tenant == tenant, revisions.c.record_id == record_id
    )
    return set(connection.scalars(query))


def first(connection: Connection, tenant: str, record_id: str) -> Record | None:
    """A record as it was when it came in."""
    query = (
        select(revisions.c.record)
        .where(revisions.c.tenant == tenant, revisions.c.record_id == record_id)
        .order_by(revisions.c.revision)
        .limit(1)
    )
    data = connection.scalar(query)
    return wire.decode_record(data) if data is not None else None


def last_actor(connection: Connection, tenant: str, record_id: str) -> str | None:
    """Who brought what a record says now."""
    query = (
        select(revisions.c.actor)
        .where(revisions.c.tenant == tenant, revisions.c.record_id == record_id)
        .order_by(revisions.c.revision.desc())
        .limit(1)
    )
    return connection.scalar(query)
