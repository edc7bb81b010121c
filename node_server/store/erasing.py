"""Removing documents, and payloads that no document came from any more."""

from __future__ import annotations

from sqlalchemy import Connection, delete, select

from node_server.store.tables import deliveries, events, jobs, raws, records, sources


def record(connection: Connection, tenant: str, record_id: str) -> None:
    """Remove a record with all that is about it; other tables follow by themselves."""
    for table in (deliveries, events):
        connection.execute(
            delete(table).where(table.c.tenant == tenant, table.c.record_id == record_id)
        )
    connection.execute(delete(records).where(records.c.tenant == tenant, records.c.id == record_id))


def archived(connection: Connection, before: str) -> int:
    """Remove records that were archived before then; how many."""
    query = select(records.c.tenant, records.c.id).where(
        records.c.state == "archived", records.c.updated_at < before
    )
    found = connection.execute(query).all()
    for tenant, record_id in found:
        record(connection, tenant, record_id)
    return len(found)


def payloads_of_nobody(connection: Connection) -> int:
    """Remove payloads that neither a document nor an open job needs; how many."""
    used = (
        select(sources.c.position)
        .where(sources.c.tenant == raws.c.tenant, sources.c.raw_sha256 == raws.c.sha256)
        .exists()
    )
    wanted = (
        select(jobs.c.position)
        .where(
            jobs.c.tenant == raws.c.tenant,
            jobs.c.raw_sha256 == raws.c.sha256,
            jobs.c.state.in_(("pending", "running")),
        )
        .exists()
    )
    return connection.execute(delete(raws).where(~used, ~wanted)).rowcount
