"""Which counterfoils are due, the most urgent first, and who works on them: leases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import (
    BindParameter,
    Connection,
    Integer,
    Select,
    Text,
    bindparam,
    cast,
    func,
    literal_column,
    select,
    update,
)
from sqlalchemy.orm import aliased

from node_server.store.counterfoils import LEASABLE, NEVER, Row, still_ours
from node_server.store.outward_tables import counterfoils

# The condition of the index over what is open: it must stand in the query as it stands there.
_OPEN = counterfoils.c.due_at < literal_column(f"'{NEVER}'")


def busy(connection: Connection, *, now: str) -> dict[tuple[str, str], int]:
    """How many are being worked on, by connection."""
    # Counted here: grouping in SQL would go through every row there ever was.
    query = select(counterfoils.c.tenant, counterfoils.c.connection_id).where(
        counterfoils.c.leased_until >= now, counterfoils.c.state.in_(LEASABLE)
    )
    return Counter((tenant, name) for tenant, name in connection.execute(query))


def due(
    connection: Connection,
    *,
    now: str,
    limit: int,
    without: Collection[tuple[str, str]] = (),
) -> list[tuple[int, str, str]]:
    """What is due and free, the most urgent first, none of the connections to be left alone:
    position, tenant and connection of each.
    """
    query = _FIRST
    for tenant, name in without:
        query = query.where(
            ~((counterfoils.c.tenant == tenant) & (counterfoils.c.connection_id == name))
        )
    found = connection.execute(query, {"now": now, "most": limit})
    return [(position, tenant, name) for position, tenant, name in found]


def count_due(connection: Connection, *, now: str, most: int) -> int:
    """How many are due and free, up to a number."""
    return connection.scalar(_HOW_MANY, {"now": now, "most": most}) or 0


def _due() -> Select[Any]:
    """What is due at `now` and free."""
    before = aliased(counterfoils)
    now: BindParameter[str] = bindparam("now")
    # What waits for another effect is due when that one is confirmed, and when it cannot be.
    waits = (
        select(before.c.position)
        .where(
            before.c.tenant == counterfoils.c.tenant,
            before.c.key == counterfoils.c.waits_for,
            before.c.state.in_(LEASABLE),
        )
        .exists()
    )
    return select(counterfoils).where(
        counterfoils.c.state.in_(LEASABLE),
        counterfoils.c.due_at <= now,
        _OPEN,
        (counterfoils.c.leased_until.is_(None)) | (counterfoils.c.leased_until < now),
        counterfoils.c.waits_for.is_(None) | ~waits,
    )


# Asked all the time: made once.
_MOST = bindparam("most", type_=Integer)
_FIRST = (
    _due()
    .with_only_columns(counterfoils.c.position, counterfoils.c.tenant, counterfoils.c.connection_id)
    .order_by(counterfoils.c.priority, counterfoils.c.due_at, counterfoils.c.position)
    .limit(_MOST)
)
_HOW_MANY = select(func.count()).select_from(
    _due().with_only_columns(counterfoils.c.position).limit(_MOST).subquery()
)


# Several rows are always locked in the same order, so that no two of us wait for each other.
_POSITIONS = (
    select(counterfoils.c.position)
    .where(counterfoils.c.position.in_(bindparam("positions", expanding=True)))
    .order_by(counterfoils.c.position)
    .with_for_update()
)
_LEASE = (
    update(counterfoils)
    .where(counterfoils.c.position.in_(_POSITIONS.scalar_subquery()))
    .values(
        lease=bindparam("token", type_=Text) + cast(counterfoils.c.position, Text),
        leased_until=bindparam("until"),
    )
    .returning(counterfoils)
)


def lease(connection: Connection, positions: Iterable[int], token: str, *, until: str) -> list[Row]:
    """Rows for whoever has taken them, each with a token of its own that begins so."""
    given = {"positions": list(positions), "token": f"{token}-", "until": until}
    rows = {row["position"]: dict(row) for row in connection.execute(_LEASE, given).mappings()}
    return [rows[position] for position in given["positions"]]


def renew(connection: Connection, rows: Collection[Mapping[str, Any]], *, until: str) -> None:
    """Hold on to what is still being worked on."""
    ours = still_ours(connection, rows)
    held = update(counterfoils).where(counterfoils.c.position.in_(ours))
    connection.execute(held.values(leased_until=until))
