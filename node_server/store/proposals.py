"""What reconciling proposes: bank lines with the open items they settle, and who decided on it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, bindparam, insert, select, update

from node_server.store.control_tables import proposal_records, proposals

Row = dict[str, Any]
_AT_ONCE: Final = 500
FILTERS: Final = ("state", "strength")


def add(connection: Connection, rows: Sequence[Row], parts: Sequence[Row]) -> None:
    """Store new proposals with their bank lines and items."""
    if rows:
        connection.execute(insert(proposals), list(rows))
        connection.execute(insert(proposal_records), list(parts))


def of_ids(connection: Connection, tenant: str, ids: Iterable[str]) -> dict[str, Row]:
    """Proposals by id."""
    found: dict[str, Row] = {}
    for some in _portions(ids):
        query = select(proposals).where(proposals.c.tenant == tenant, proposals.c.id.in_(some))
        found |= {row["id"]: dict(row) for row in connection.execute(query).mappings()}
    return found


def parts(connection: Connection, tenant: str, ids: Iterable[str]) -> list[Row]:
    """The bank lines and items of proposals."""
    found: list[Row] = []
    for some in _portions(ids):
        query = (
            select(proposal_records)
            .where(proposal_records.c.tenant == tenant, proposal_records.c.proposal_id.in_(some))
            .order_by(*proposal_records.primary_key)
        )
        found += [dict(row) for row in connection.execute(query).mappings()]
    return found


def of_records(
    connection: Connection, tenant: str, ids: Iterable[str], states: Collection[str]
) -> list[Row]:
    """The parts, in proposals of these states, that are about these records."""
    found: list[Row] = []
    for some in _portions(ids):
        query = select(proposal_records).where(
            proposal_records.c.tenant == tenant,
            proposal_records.c.record_id.in_(some),
            proposal_records.c.state.in_(states),
        )
        found += [dict(row) for row in connection.execute(query).mappings()]
    return found


def booked(connection: Connection, tenant: str, bookings: Iterable[str]) -> set[str]:
    """Those of the bookings that an accepted proposal has, whichever report they came by."""
    found: set[str] = set()
    for some in _portions(bookings):
        query = select(proposal_records.c.booking).where(
            proposal_records.c.tenant == tenant,
            proposal_records.c.booking.in_(some),
            proposal_records.c.state == "accepted",
        )
        found |= {each for each in connection.scalars(query) if each is not None}
    return found


def move(
    connection: Connection, tenant: str, ids: Iterable[str], state: str, **decided: str | None
) -> None:
    """Bring proposals and their parts into a state."""
    for some in _portions(ids):
        connection.execute(
            update(proposals)
            .where(proposals.c.tenant == tenant, proposals.c.id.in_(some))
            .values(state=state, **decided)
        )
        connection.execute(
            update(proposal_records)
            .where(proposal_records.c.tenant == tenant, proposal_records.c.proposal_id.in_(some))
            .values(state=state)
        )


def supersede(connection: Connection, tenant: str, ids: Iterable[str], why: str) -> None:
    """End proposals; those that somebody has decided on meanwhile stay as they are."""
    for some in _portions(ids):
        connection.execute(
            update(proposals)
            .where(
                proposals.c.tenant == tenant,
                proposals.c.id.in_(some),
                proposals.c.state == "proposed",
            )
            .values(state="superseded", reason=why)
        )
        connection.execute(
            update(proposal_records)
            .where(
                proposal_records.c.tenant == tenant,
                proposal_records.c.proposal_id.in_(some),
                proposal_records.c.state == "proposed",
            )
            .values(state="superseded")
        )


def write(connection: Connection, tenant: str, bodies: Mapping[str, bytes]) -> None:
    """Store what proposals say, their history with it."""
    if bodies:
        rows = [{"of_id": n, "of_tenant": tenant, "body": body} for n, body in bodies.items()]
        connection.execute(_WRITING, rows)


_WRITING: Final = (
    update(proposals)
    .where(proposals.c.tenant == bindparam("of_tenant"), proposals.c.id == bindparam("of_id"))
    .values(proposal=bindparam("body"))
)


def page(
    connection: Connection, tenant: str, filters: Mapping[str, Any], *, after: int, limit: int
) -> list[Row]:
    """Proposals in the order in which they were made."""
    query = select(proposals).where(proposals.c.tenant == tenant, proposals.c.position > after)
    for name in FILTERS:
        if (value := filters.get(name)) is not None:
            query = query.where(proposals.c[name] == value)
    if (record_id := filters.get("document")) is not None:
        about = select(proposal_records.c.proposal_id).where(
            proposal_records.c.tenant == tenant, proposal_records.c.record_id == record_id
        )
        query = query.where(proposals.c.id.in_(about))
    query = query.order_by(proposals.c.position).limit(limit)
    return [dict(row) for row in connection.execute(query).mappings()]


def _portions(names: Iterable[str]) -> Iterable[list[str]]:
    wanted = sorted(set(names))
    return (wanted[first : first + _AT_ONCE] for first in range(0, len(wanted), _AT_ONCE))
