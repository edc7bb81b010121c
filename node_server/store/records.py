"""Documents as they stand, their keys and marks to find them by, and every revision."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, delete, func, insert, select, update

from canonical_model import wire
from canonical_model.documents import kind_of
from canonical_model.envelope import Record
from canonical_model.identity import is_weak, search_terms
from node_server.store.tables import record_keys, record_marks, records, revisions

_MOST_SUSPECTS = 50
FILTERS = ("kind", "state", "number", "counterparty", "currency", "connector", "exception_code")


@dataclass(frozen=True, slots=True)
class Stored:
    """A record with what the store alone knows of it."""

    record: Record
    position: int
    created_by: str
    payment_hold: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """What lists show and filter by, taken out of the document."""

    number: str | None = None
    counterparty: str | None = None
    currency: str | None = None
    amount: str | None = None
    date: str | None = None
    due_date: str | None = None
    connector: str | None = None


def lock_names(tenant: str, record: Record) -> set[str]:
    """What two deliveries of one document have in common: whoever takes one in locks these."""
    names = {key.hash for key in record.keys} | set(search_terms(record.fingerprints))
    return {f"{tenant}:{name}" for name in names}


def related(connection: Connection, tenant: str, record: Record) -> list[Record]:
    """The stored records that share a key or a fingerprint with this one, oldest first."""
    hashes = [key.hash for key in record.keys]
    marks = list(search_terms(record.fingerprints))
    by_key = select(record_keys.c.record_id).where(
        record_keys.c.tenant == tenant, record_keys.c.hash.in_(hashes)
    )
    by_mark = (
        select(record_marks.c.record_id)
        .where(record_marks.c.tenant == tenant, record_marks.c.mark.in_(marks))
        .limit(_MOST_SUSPECTS)
    )
    ids = set(connection.scalars(by_key)) | (set(connection.scalars(by_mark)) if marks else set())
    if not ids:
        return []
    query = (
        select(records.c.record)
        .where(records.c.tenant == tenant, records.c.id.in_(ids))
        .order_by(records.c.position)
    )
    return [wire.decode_record(data) for data in connection.scalars(query)]


def add(
    connection: Connection, record: Record, facts: Facts, *, actor: str, hold: bool, at: str
) -> None:
    """Store a new record with its first revision."""
    row = _row(record, facts) | {
        "tenant": record.tenant,
        "id": record.id,
        "created_by": actor,
        "payment_hold": hold,
        "created_at": at,
        "updated_at": at,
    }
    connection.execute(insert(records), row)
    _index(connection, record)
    keep_revision(connection, record, actor=actor, at=at)


def replace(connection: Connection, record: Record, facts: Facts, *, hold: bool, at: str) -> None:
    """Store what a record has become."""
    row = _row(record, facts) | {"payment_hold": hold, "updated_at": at}
    connection.execute(
        update(records)
        .where(records.c.tenant == record.tenant, records.c.id == record.id)
        .values(row)
    )
    for table in (record_keys, record_marks):
        connection.execute(
            delete(table).where(table.c.tenant == record.tenant, table.c.record_id == record.id)
        )
    _index(connection, record)


def keep_revision(connection: Connection, record: Record, *, actor: str, at: str) -> None:
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


def _row(record: Record, facts: Facts) -> dict[str, Any]:
    return {
        "kind": kind_of(record.document),
        "state": record.state,
        "state_seq": record.state_seq,
        "revision": record.revision,
        "content_hash": record.content_hash,
        "number": facts.number,
        "counterparty": facts.counterparty,
        "currency": facts.currency,
        "amount": facts.amount,
        "date": facts.date,
        "due_date": facts.due_date,
        "connector": facts.connector,
        "exception_code": record.exception.code if record.exception else None,
        "record": wire.encode(record),
    }


def _index(connection: Connection, record: Record) -> None:
    owner = {"tenant": record.tenant, "record_id": record.id}
    keys = {key.hash: key.basis for key in record.keys}
    if keys:
        rows = [owner | {"hash": hash_, "basis": basis} for hash_, basis in keys.items()]
        connection.execute(insert(record_keys), rows)
    if marks := set(search_terms(record.fingerprints)):
        connection.execute(insert(record_marks), [owner | {"mark": mark} for mark in marks])


def get(connection: Connection, tenant: str, record_id: str) -> Stored | None:
    """One record of a tenant."""
    query = select(records).where(records.c.tenant == tenant, records.c.id == record_id)
    row = connection.execute(query).mappings().first()
    return _stored(row) if row else None


def exists(connection: Connection, tenant: str, record_id: str) -> bool:
    """Whether the tenant has a record of this id."""
    query = select(records.c.id).where(records.c.tenant == tenant, records.c.id == record_id)
    return connection.scalar(query) is not None


def by_strong_key(connection: Connection, tenant: str, record: Record) -> list[str]:
    """Ids of records that are this one by a key that may merge."""
    hashes = [key.hash for key in record.keys if not is_weak(key)]
    query = select(record_keys.c.record_id).where(
        record_keys.c.tenant == tenant, record_keys.c.hash.in_(hashes)
    )
    return list(connection.scalars(query))


def page(
    connection: Connection,
    tenant: str,
    filters: Mapping[str, Any],
    *,
    after: int,
    limit: int,
) -> list[Stored]:
    """Records in the order of their arrival; one more than the limit tells that there are more."""
    query = _filtered(select(records), tenant, filters)
    query = query.where(records.c.position > after).order_by(records.c.position).limit(limit)
    return [_stored(row) for row in connection.execute(query).mappings()]


def _filtered(query: Select[Any], tenant: str, filters: Mapping[str, Any]) -> Select[Any]:
    query = query.where(records.c.tenant == tenant)
    for name in FILTERS:
        if (value := filters.get(name)) is not None:
            query = query.where(records.c[name] == value)
    if (since := filters.get("updated_since")) is not None:
        query = query.where(records.c.updated_at >= since)
    if (held := filters.get("payment_hold")) is not None:
        query = query.where(records.c.payment_hold == held)
    if (first := filters.get("date_from")) is not None:
        query = query.where(records.c.date >= first)
    if (last := filters.get("date_to")) is not None:
        query = query.where(records.c.date <= last)
    return query


def _stored(row: Mapping[Any, Any]) -> Stored:
    return Stored(
        wire.decode_record(row["record"]),
        row["position"],
        row["created_by"],
        bool(row["payment_hold"]),
    )


def revision_rows(connection: Connection, tenant: str, record_id: str) -> Sequence[dict[str, Any]]:
    """Every revision of a record, the first one first."""
    query = (
        select(revisions)
        .where(revisions.c.tenant == tenant, revisions.c.record_id == record_id)
        .order_by(revisions.c.revision)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def counts(connection: Connection) -> Iterable[tuple[str, str, int]]:
    """How many records there are of each kind and state, of all tenants: for the metrics."""
    query = select(records.c.kind, records.c.state, func.count()).group_by(
        records.c.kind, records.c.state
    )
    return [(kind, state, count) for kind, state, count in connection.execute(query)]


def exceptions(connection: Connection) -> Iterable[tuple[str, int]]:
    """How many records are held for each reason, of all tenants: for the metrics."""
    query = (
        select(records.c.exception_code, func.count())
        .where(records.c.exception_code.is_not(None))
        .group_by(records.c.exception_code)
    )
    return [(code, count) for code, count in connection.execute(query)]
