"""How much of each document is settled, by which bank line or payment; nothing is taken out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import Connection, insert, select, update

from node_server.store.control_tables import allocations
from node_server.store.tables import records

Row = dict[str, Any]
_AT_ONCE: Final = 500


def add(connection: Connection, rows: Sequence[Row]) -> None:
    """Note what was settled."""
    if rows:
        connection.execute(insert(allocations), list(rows))


def of_records(connection: Connection, tenant: str, ids: Iterable[str]) -> dict[str, list[Row]]:
    """What stands for each of these documents, oldest first."""
    found: dict[str, list[Row]] = defaultdict(list)
    wanted = sorted(set(ids))
    for first in range(0, len(wanted), _AT_ONCE):
        some = allocations.c.record_id.in_(wanted[first : first + _AT_ONCE])
        for row in _standing(connection, tenant, some):
            found[row["record_id"]].append(row)
    return found


def of_open(connection: Connection, tenant: str) -> dict[str, list[Row]]:
    """What stands for each document that is open still: of those paid in part."""
    query = (
        select(allocations)
        .join(
            records,
            (records.c.tenant == allocations.c.tenant) & (records.c.id == allocations.c.record_id),
        )
        .where(
            records.c.tenant == tenant,
            records.c.open_as == "item",
            allocations.c.undone_at.is_(None),
        )
        .order_by(allocations.c.position)
    )
    found: dict[str, list[Row]] = defaultdict(list)
    for row in connection.execute(query).mappings():
        found[row["record_id"]].append(dict(row))
    return found


def of_proposal(connection: Connection, tenant: str, proposal_id: str) -> list[Row]:
    """What stands because a proposal was accepted."""
    return _standing(connection, tenant, allocations.c.proposal_id == proposal_id)


def by_record(connection: Connection, tenant: str, record_id: str) -> list[Row]:
    """What stands because of a payment or bank line."""
    return _standing(connection, tenant, allocations.c.by_record == record_id)


def ever_of(connection: Connection, tenant: str, record_id: str) -> list[Row]:
    """All that was ever settled of a document, what is undone included."""
    query = select(allocations).where(
        allocations.c.tenant == tenant, allocations.c.record_id == record_id
    )
    rows = connection.execute(query.order_by(allocations.c.position)).mappings()
    return [dict(row) for row in rows]


def undo(connection: Connection, rows: Sequence[Row], *, actor: str, at: str) -> None:
    """Take back what was settled; it stays to be seen."""
    positions = [row["position"] for row in rows]
    connection.execute(
        update(allocations)
        .where(allocations.c.position.in_(positions))
        .values(undone_by=actor, undone_at=at)
    )


def _standing(connection: Connection, tenant: str, which: Any) -> list[Row]:
    query = select(allocations).where(
        allocations.c.tenant == tenant, which, allocations.c.undone_at.is_(None)
    )
    rows = connection.execute(query.order_by(allocations.c.position)).mappings()
    return [dict(row) for row in rows]
