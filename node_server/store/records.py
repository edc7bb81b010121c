"""Documents as they stand, their keys to find them by, and every revision."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Connection,
    Select,
    bindparam,
    delete,
    func,
    insert,
    select,
    tuple_,
    update,
)

from canonical_model import wire
from canonical_model.documents import kind_of
from canonical_model.envelope import Record
from canonical_model.identity import is_weak, search_terms
from node_server.store import revisions
from node_server.store.open_records import open_as
from node_server.store.tables import record_keys, records

FILTERS = ("kind", "state", "number", "counterparty", "currency", "connector", "exception_code")


@dataclass(frozen=True, slots=True)
class Stored:
    """A record with what the store alone knows of it."""

    record: Record
    position: int
    created_by: str
    payment_hold: bool

    def become(self, record: Record, *, hold: bool | None = None) -> Stored:
        """The same one with what its record has become."""
        held = self.payment_hold if hold is None else hold
        return Stored(record, self.position, self.created_by, held)


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
    """The stored records that share a key with this one, oldest first."""
    hashes = [key.hash for key in record.keys]
    by_key = select(record_keys.c.record_id).where(
        record_keys.c.tenant == tenant, record_keys.c.hash.in_(hashes)
    )
    ids = set(connection.scalars(by_key))
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
    revisions.keep(connection, record, actor=actor, at=at)


def replace(connection: Connection, record: Record, facts: Facts, *, hold: bool, at: str) -> None:
    """Store what a record has become."""
    restate(connection, record, facts, hold=hold, at=at)
    mine = record_keys.c.tenant == record.tenant, record_keys.c.record_id == record.id
    connection.execute(delete(record_keys).where(*mine))
    _index(connection, record)


def restate(connection: Connection, record: Record, facts: Facts, *, hold: bool, at: str) -> None:
    """Store what a record has become that can be found by what it could be found by before."""
    row = _row(record, facts) | {"payment_hold": hold, "updated_at": at}
    connection.execute(
        update(records)
        .where(records.c.tenant == record.tenant, records.c.id == record.id)
        .values(row)
    )


@dataclass(frozen=True, slots=True)
class Change:
    """What a stored record has become."""

    before: Stored
    record: Record
    facts: Facts
    at: str


_CHANGED = ("kind", "state", "state_seq", "revision", "content_hash", *Facts.__slots__)
_CHANGING = (
    update(records)
    .where(records.c.tenant == bindparam("of_tenant"), records.c.id == bindparam("of_id"))
    .values({
        name: bindparam(name)
        for name in (*_CHANGED, "exception_code", "open_as", "record", "updated_at")
    })
)  # fmt: skip


def change(connection: Connection, changes: Sequence[Change]) -> None:
    """Store what several records have become; their holds stay as they are."""
    if not changes:
        return
    owners = [{"of_tenant": each.record.tenant, "of_id": each.record.id} for each in changes]
    rows = [_row(each.record, each.facts) | {"updated_at": each.at} for each in changes]
    connection.execute(_CHANGING, [row | owner for row, owner in zip(rows, owners, strict=True)])
    found = [(_keys(each.before.record), _keys(each.record)) for each in changes]
    gone = [row for old, new in found for name, row in old.items() if name not in new]
    come = [row for old, new in found for name, row in new.items() if name not in old]
    for row in gone:
        names = ("tenant", "record_id", "hash")
        mine = (record_keys.c[name] == row[name] for name in names)
        connection.execute(delete(record_keys).where(*mine))
    if come:
        connection.execute(insert(record_keys), come)


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
        "open_as": open_as(record),
        "record": wire.encode(record),
    }


def _index(connection: Connection, record: Record) -> None:
    if rows := _keys(record):
        connection.execute(insert(record_keys), list(rows.values()))


def _keys(record: Record) -> dict[str, dict[str, Any]]:
    owner = {"tenant": record.tenant, "record_id": record.id}
    return {key.hash: owner | {"hash": key.hash, "basis": key.basis} for key in record.keys}


_SEVERAL = select(records).where(
    tuple_(records.c.tenant, records.c.id).in_(bindparam("wanted", expanding=True))
)


def get_all(
    connection: Connection, wanted: Iterable[tuple[str, str]], *, to_change: bool = False
) -> dict[tuple[str, str], Stored]:
    """Several records by tenant and id, without those that are gone; nobody else changes those
    that are read `to_change`, and two who want the same ones take them in one order."""
    query = _SEVERAL.order_by(records.c.position).with_for_update() if to_change else _SEVERAL
    rows = connection.execute(query, {"wanted": list(wanted)}).mappings()
    return {(row["tenant"], row["id"]): _stored(row) for row in rows}


def get(
    connection: Connection, tenant: str, record_id: str, *, to_change: bool = False
) -> Stored | None:
    """One record of a tenant; nobody else changes one that is read `to_change`."""
    query = select(records).where(records.c.tenant == tenant, records.c.id == record_id)
    query = query.with_for_update() if to_change else query
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


def counts(connection: Connection) -> Iterable[tuple[str, str, int]]:
    """How many records there are of each kind and state, of all tenants: for the metrics."""
    query = select(records.c.kind, records.c.state, func.count()).group_by(
        records.c.kind, records.c.state
    )
    return [(kind, state, count) for kind, state, count in connection.execute(query)]
