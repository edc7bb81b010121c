"""What happened to a document: deliveries, steps and raw payloads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from sqlalchemy import Connection, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from canonical_model import wire
from canonical_model.envelope import Source
from node_server.store.tables import raws, sources, steps


def add_source(
    connection: Connection, tenant: str, record_id: str, source: Source, *, action: str, at: str
) -> None:
    """Note one delivery and what was done with it."""
    row = {
        "tenant": tenant,
        "record_id": record_id,
        "raw_sha256": source.raw_sha256,
        "action": action,
        "source": wire.encode(source),
        "at": at,
    }
    connection.execute(insert(sources), row)


def source_rows(connection: Connection, tenant: str, record_id: str) -> list[dict[str, Any]]:
    """The deliveries of a record in order."""
    query = (
        select(sources)
        .where(sources.c.tenant == tenant, sources.c.record_id == record_id)
        .order_by(sources.c.position)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def deliveries(connection: Connection, tenant: str) -> Iterator[tuple[str, Source]]:
    """Every delivery of a tenant with its record, in the order in which they came."""
    query = (
        select(sources.c.record_id, sources.c.source)
        .where(sources.c.tenant == tenant)
        .order_by(sources.c.position)
        .execution_options(yield_per=1000)
    )
    for record_id, data in connection.execute(query):
        yield record_id, msgspec.json.decode(data, type=Source)


def add_steps(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Note steps of records through their lives."""
    if rows:
        connection.execute(insert(steps), rows)


def step_rows(connection: Connection, tenant: str, record_id: str) -> list[dict[str, Any]]:
    """The steps of a record in order."""
    query = (
        select(steps)
        .where(steps.c.tenant == tenant, steps.c.record_id == record_id)
        .order_by(steps.c.state_seq)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def keep_raw(
    connection: Connection,
    tenant: str,
    sha256: str,
    body: bytes,
    *,
    mime: str | None,
    filename: str | None,
    at: str,
) -> None:
    """Keep a payload under its hash; one that is kept already stays as it is."""
    row = {
        "tenant": tenant,
        "sha256": sha256,
        "body": body,
        "size": len(body),
        "mime": mime,
        "filename": filename,
        "created_at": at,
    }
    connection.execute(unless_there(connection, raws).on_conflict_do_nothing(), row)


def unless_there(connection: Connection, table: Any) -> Any:
    """An insert that may be told what to do when the row is there, in either database."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def raw(connection: Connection, tenant: str, sha256: str) -> dict[str, Any] | None:
    """A payload of a tenant by its hash."""
    query = select(raws).where(raws.c.tenant == tenant, raws.c.sha256 == sha256)
    row = connection.execute(query).mappings().first()
    return dict(row) if row else None
