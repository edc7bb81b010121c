"""What policies have decided, and who has approved or rejected since."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, TypeAlias

from sqlalchemy import Connection, Select, insert, select

from node_server.store.control_tables import approvals, decisions
from node_server.store.tables import records

Row: TypeAlias = dict[str, Any]

FILTERS = ("policy", "outcome", "record_id")


def add(connection: Connection, row: Row) -> None:
    """Store a decision."""
    connection.execute(insert(decisions), row)


def get(connection: Connection, tenant: str, decision_id: str) -> Row | None:
    """One decision of a tenant."""
    query = select(decisions).where(decisions.c.tenant == tenant, decisions.c.id == decision_id)
    row = connection.execute(query).mappings().first()
    return dict(row) if row else None


def of_record(connection: Connection, tenant: str, record_id: str) -> list[Row]:
    """Every decision on a document, the first one first."""
    query = select(decisions).where(
        decisions.c.tenant == tenant, decisions.c.record_id == record_id
    )
    return _rows(connection, query.order_by(decisions.c.position))


def page(
    connection: Connection, tenant: str, filters: Mapping[str, Any], *, after: int, limit: int
) -> list[Row]:
    """Decisions after a position, oldest first."""
    query = select(decisions).where(decisions.c.tenant == tenant, decisions.c.position > after)
    for name in FILTERS:
        if (value := filters.get(name)) is not None:
            query = query.where(decisions.c[name] == value)
    return _rows(connection, query.order_by(decisions.c.position).limit(limit))


def waiting(
    connection: Connection, tenant: str, *, policies: Collection[str], after: int, limit: int
) -> list[Row]:
    """The latest reviews of documents that are not approved yet, by the policies of that name.

    A document that is held waits for that first.
    """
    query = (
        select(decisions)
        .join(
            records,
            (records.c.tenant == decisions.c.tenant)
            & (records.c.id == decisions.c.record_id)
            & (records.c.revision == decisions.c.revision),
        )
        .where(
            decisions.c.tenant == tenant,
            decisions.c.position > after,
            decisions.c.policy.in_(list(policies)),
            records.c.state.in_(("validated", "matched")),
            ~records.c.payment_hold,
            ~_followed(),
        )
        .order_by(decisions.c.position)
        .limit(limit)
    )
    return _rows(connection, query)


def _followed() -> Any:
    """Whether the same policy has decided on the same document again."""
    later = decisions.alias()
    return (
        select(later.c.position)
        .where(
            later.c.tenant == decisions.c.tenant,
            later.c.record_id == decisions.c.record_id,
            later.c.policy == decisions.c.policy,
            later.c.position > decisions.c.position,
        )
        .exists()
    )


def add_act(connection: Connection, row: Row) -> None:
    """Store that somebody approved or rejected."""
    connection.execute(insert(approvals), row)


def acts(connection: Connection, tenant: str, record_id: str) -> list[Row]:
    """Who approved or rejected a document, in order, each with the decision it was given for."""
    query = (
        select(approvals, decisions.c.policy, decisions.c.revision, decisions.c.content_hash)
        .join(
            decisions,
            (decisions.c.tenant == approvals.c.tenant)
            & (decisions.c.id == approvals.c.decision_id),
        )
        .where(approvals.c.tenant == tenant, approvals.c.record_id == record_id)
        .order_by(approvals.c.position)
    )
    return _rows(connection, query)


def _rows(connection: Connection, query: Select[Any]) -> list[Row]:
    return [dict(row) for row in connection.execute(query).mappings()]
