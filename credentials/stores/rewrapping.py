"""Bringing a table under a new master key while it is in use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Engine, Table, and_, select, tuple_, update

from credentials.errors import Unreadable
from credentials.sealing.envelope import KeyRing


@dataclass(frozen=True, slots=True)
class Rewrapped:
    """What a rotation did. With nothing unreadable, the old key can go."""

    changed: int
    unreadable: tuple[tuple[str, str], ...]
    """Tenant and name of rows that no key of the ring opens."""


class _Old(NamedTuple):
    tenant: str
    name: str
    sealed: str


def rewrap_table(engine: Engine, table: Table, ring: KeyRing, *, batch: int = 200) -> Rewrapped:
    """Bring every row of all tenants under the ring's current key.

    Runs beside readers and writers: a row written meanwhile is left to its writer, who uses the
    current key anyway. Versions stay, for the content does.
    """
    changed, unreadable = 0, []
    for row in _old_rows(engine, table, ring, batch):
        try:
            changed += _rewrap(engine, table, ring, row)
        except Unreadable:
            unreadable.append((row.tenant, row.name))
    return Rewrapped(changed, tuple(unreadable))


def _old_rows(engine: Engine, table: Table, ring: KeyRing, batch: int) -> Iterator[_Old]:
    columns = table.c
    place = tuple_(columns.tenant, columns.name)
    old = select(columns.tenant, columns.name, columns.sealed).where(
        columns.master_key != ring.current.id
    )
    last = ("", "")
    while True:
        query = old.where(place > last).order_by(columns.tenant, columns.name).limit(batch)
        with engine.connect() as connection:
            rows = connection.execute(query).all()
        if not rows:
            return
        yield from (_Old(*row) for row in rows)
        last = (rows[-1].tenant, rows[-1].name)


def _rewrap(engine: Engine, table: Table, ring: KeyRing, row: _Old) -> int:
    columns = table.c
    same = and_(
        columns.tenant == row.tenant, columns.name == row.name, columns.sealed == row.sealed
    )
    values = {"sealed": ring.rewrap(row.sealed) or row.sealed, "master_key": ring.current.id}
    with engine.begin() as connection:
        return connection.execute(update(table).where(same).values(**values)).rowcount
