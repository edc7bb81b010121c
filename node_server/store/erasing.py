"""Removing documents, and payloads that no document came from any more."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, delete, select

from node_server.store import event_readers
from node_server.store.control_tables import watch_lists
from node_server.store.outward_tables import counterfoils
from node_server.store.tables import deliveries, events, jobs, raws, records, sources


def record(connection: Connection, tenant: str, record_id: str) -> None:
    """Remove a record with all that is about it; other tables follow by themselves."""
    for table in (deliveries, events):
        connection.execute(
            delete(table).where(table.c.tenant == tenant, table.c.record_id == record_id)
        )
    event_readers.not_beyond(connection, tenant)
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
    """Remove payloads that no document, open job or watch list needs; how many."""
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
    listed = (
        select(watch_lists.c.name)
        .where(watch_lists.c.tenant == raws.c.tenant, watch_lists.c.raw_sha256 == raws.c.sha256)
        .exists()
    )
    unused = (~used, ~wanted, ~listed, ~_to_be_attached())
    return connection.execute(delete(raws).where(*unused)).rowcount


def _to_be_attached() -> Any:
    """Whether a payload is still to be hung at a record in another system."""
    return (
        select(counterfoils.c.position)
        .where(
            counterfoils.c.tenant == raws.c.tenant,
            counterfoils.c.action == "attach",
            counterfoils.c.step.startswith(raws.c.sha256),
            counterfoils.c.state.not_in(("confirmed", "refused", "dead")),
        )
        .exists()
    )
