"""What records can be found by: terms of their content, and terms that controls keep of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import Connection, delete, insert, or_, select

from canonical_model import wire
from canonical_model.envelope import Record
from node_server.store.control_tables import record_terms as terms
from node_server.store.tables import records

OF_CONTROLS: Final = ("paired", "suspect", "told")
"""Kinds of terms that a control keeps; they outlive a change of the content."""

_MOST_AT_ONCE: Final = 400
_LONGEST: Final = 120  # characters; an index takes no rows of any length


def replace(
    connection: Connection, tenant: str, record_id: str, found: Mapping[str, str], *, fresh: bool
) -> None:
    """Keep the terms of a record's content with their places; `fresh` where it has none yet."""
    if not fresh:
        kept = or_(*(terms.c.term.startswith(f"{kind}:") for kind in OF_CONTROLS))
        connection.execute(delete(terms).where(*_of(tenant, record_id), ~kept))
    _add(connection, tenant, record_id, found)


def put(
    connection: Connection, tenant: str, record_id: str, kind: str, values: Iterable[str]
) -> None:
    """Keep what a control says of a record in place of what it said before."""
    mine = terms.c.term.startswith(f"{kind}:", autoescape=True)
    connection.execute(delete(terms).where(*_of(tenant, record_id), mine))
    _add(connection, tenant, record_id, {f"{kind}:{value}": "" for value in values})


def kept(connection: Connection, tenant: str, record_id: str, kind: str) -> list[str]:
    """What a control says of a record."""
    mine = terms.c.term.startswith(f"{kind}:", autoescape=True)
    query = select(terms.c.term).where(*_of(tenant, record_id), mine).order_by(terms.c.term)
    return [term.partition(":")[2] for term in connection.scalars(query)]


def lacking(
    connection: Connection, kinds: Iterable[str], *, after: int, limit: int
) -> list[tuple[int, Record]]:
    """Records of all tenants that have no terms, as those that were kept before there were any.

    Nobody else changes them meanwhile.
    """
    there = terms.c.tenant == records.c.tenant, terms.c.record_id == records.c.id
    query = (
        select(records.c.position, records.c.record)
        .where(records.c.kind.in_(sorted(kinds)), records.c.position > after)
        .where(~select(terms.c.term).where(*there).exists())
        .order_by(records.c.position)
        .limit(limit)
        .with_for_update(of=records)
    )
    return [(at, wire.decode_record(data)) for at, data in connection.execute(query)]


def find(connection: Connection, tenant: str, wanted: Iterable[str]) -> set[str]:
    """Ids of all records that have one of these terms."""
    rows: set[str] = set()
    names = sorted({_bounded(each) for each in wanted})
    for start in range(0, len(names), _MOST_AT_ONCE):
        some = names[start : start + _MOST_AT_ONCE]
        query = select(terms.c.record_id).where(terms.c.tenant == tenant, terms.c.term.in_(some))
        rows.update(connection.scalars(query))
    return rows


def find_few(
    connection: Connection, tenant: str, wanted: Iterable[str], most: int = 300
) -> set[str]:
    """Ids of records that have one of these terms, but for terms that too many have to tell."""
    rows: set[str] = set()
    for term in sorted({_bounded(each) for each in wanted}):
        found = list(connection.scalars(_under(tenant, term).limit(most + 1)))
        rows.update(found if len(found) <= most else [])
    return rows


def last(connection: Connection, tenant: str, wanted: Iterable[str], most: int) -> set[str]:
    """Ids of those that stand last under each of these terms."""
    rows: set[str] = set()
    for term in sorted({_bounded(each) for each in wanted}):
        query = _under(tenant, term).order_by(terms.c.place.desc(), terms.c.record_id).limit(most)
        rows.update(connection.scalars(query))
    return rows


def near(connection: Connection, tenant: str, wanted: Mapping[str, str], reach: int) -> set[str]:
    """Ids of the records that stand next to these places, so many on either side of each term.

    Mostly few share a term: then one question tells them all.
    """
    wanted = {_bounded(term): place[:_LONGEST] for term, place in wanted.items()}
    shared = terms.c.tenant == tenant, terms.c.term.in_(sorted(wanted))
    query = select(terms.c.term, terms.c.record_id).where(*shared)
    rows = connection.execute(query.limit(reach * 2 + 1)).all()
    if len(rows) <= reach * 2:
        return {record_id for _, record_id in rows}
    found: set[str] = set()
    for term, place in wanted.items():
        under = _under(tenant, term)
        before, after = terms.c.place <= place, terms.c.place >= place
        found.update(connection.scalars(
            under.where(before).order_by(terms.c.place.desc(), terms.c.record_id.desc())
            .limit(reach + 1)
        ))  # fmt: skip
        found.update(connection.scalars(
            under.where(after).order_by(terms.c.place, terms.c.record_id).limit(reach + 1)
        ))  # fmt: skip
    return found


def _under(tenant: str, term: str) -> Any:
    return select(terms.c.record_id).where(terms.c.tenant == tenant, terms.c.term == term)


def _of(tenant: str, record_id: str) -> tuple[Any, Any]:
    return terms.c.tenant == tenant, terms.c.record_id == record_id


def _add(connection: Connection, tenant: str, record_id: str, found: Mapping[str, str]) -> None:
    owner = {"tenant": tenant, "record_id": record_id}
    short = {_bounded(term): place[:_LONGEST] for term, place in found.items()}
    if rows := [owner | {"term": term, "place": place} for term, place in short.items()]:
        connection.execute(insert(terms), rows)


def _bounded(term: str) -> str:
    """The term itself, or a hash in its place where it is long."""
    if len(term) <= _LONGEST:
        return term
    return f"{term.partition(':')[0]}:{sha256(term.encode('utf-8', 'replace')).hexdigest()}"
