"""Documents of the past: the newest first, those of the same other side, those still open."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, select

from canonical_model import wire
from node_server.store.records import Stored
from node_server.store.tables import records

_DEALT_WITH = ("approved", "posted", "paid")


def newest(
    connection: Connection,
    tenant: str,
    filters: Mapping[str, Any],
    *,
    before: int | None,
    limit: int,
) -> list[Stored]:
    """Records of a kind and a span of dates, the last that came first."""
    query = select(records).where(records.c.tenant == tenant, records.c.kind == filters["kind"])
    if before is not None:
        query = query.where(records.c.position < before)
    if (first := filters.get("date_from")) is not None:
        query = query.where(records.c.date >= first)
    if (last := filters.get("date_to")) is not None:
        query = query.where(records.c.date <= last)
    rows = connection.execute(query.order_by(records.c.position.desc()).limit(limit)).mappings()
    return [
        Stored(
            wire.decode_record(row["record"]),
            row["position"],
            row["created_by"],
            bool(row["payment_hold"]),
        )
        for row in rows
    ]


def undecided(
    connection: Connection, tenant: str, kinds: Collection[str], *, after: int, limit: int
) -> list[tuple[int, str]]:
    """Places and ids of documents of these kinds that nobody has approved or rejected yet."""
    query = (
        select(records.c.position, records.c.id)
        .where(
            records.c.tenant == tenant,
            records.c.kind.in_(list(kinds)),
            records.c.state.in_(("validated", "matched", "exception")),
            records.c.position > after,
        )
        .order_by(records.c.position)
        .limit(limit)
    )
    return [(position, record_id) for position, record_id in connection.execute(query)]


def dealt_with_before(connection: Connection, stored: Stored) -> bool:
    """Whether an earlier document of the same other side was approved, posted or paid."""
    own = (records.c.tenant == stored.record.tenant, records.c.id == stored.record.id)
    side = connection.scalar(select(records.c.counterparty).where(*own))
    query = (
        select(records.c.position)
        .where(
            records.c.tenant == stored.record.tenant,
            records.c.counterparty == side,
            records.c.state.in_(_DEALT_WITH),
            records.c.id != stored.record.id,
        )
        .limit(1)
    )
    return side is not None and connection.scalar(query) is not None
