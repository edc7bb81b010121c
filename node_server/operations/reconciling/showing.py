"""Proposals and allocations as callers see them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from node_server.envelope import page_of, position
from node_server.errors import Refusal
from node_server.operations.house import House
from node_server.operations.reconciling import open_amounts
from node_server.store import allocations, proposals, records

_TOLD = ("id", "state", "strength", "score", "made_by", "made_at")
_DECIDED = ("decided_by", "decided_at", "reason")
_OF_PART = ("part", "record_id", "place", "amount")


def show(house: House, tenant: str, proposal_id: str) -> dict[str, Any]:
    """One proposal, whole."""
    with house.store.reading() as connection:
        rows = proposals.of_ids(connection, tenant, [proposal_id])
        if proposal_id not in rows:
            raise Refusal(404, "not_found", "there is no such proposal")
        parts = proposals.parts(connection, tenant, [proposal_id])
    return _shown(rows[proposal_id], parts)


def page(
    house: House, tenant: str, filters: Mapping[str, Any], *, cursor: str | None, limit: int
) -> dict[str, Any]:
    """Proposals in the order in which they were made."""
    with house.store.reading() as connection:
        rows = proposals.page(connection, tenant, filters, after=position(cursor), limit=limit + 1)
        parts = proposals.parts(connection, tenant, (row["id"] for row in rows[:limit]))
    by_id: dict[str, list[Any]] = {}
    for part in parts:
        by_id.setdefault(part["proposal_id"], []).append(part)
    shown = [_shown(row, by_id.get(row["id"], ())) for row in rows[:limit]]
    return page_of(shown, limit, rows[limit - 1]["position"] if len(rows) > limit else None)


def _shown(row: Mapping[str, Any], parts: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    body: dict[str, Any] = msgspec.json.decode(row["proposal"])
    shown = {name: row[name] for name in _TOLD}
    shown |= {name: row[name] for name in _DECIDED if row[name] is not None}
    shown["records"] = [
        {name: part[name] for name in _OF_PART if part[name] not in (None, "")} for part in parts
    ]
    return shown | body


def settled(house: House, tenant: str, record_id: str) -> dict[str, Any]:
    """What was settled of a document, and by what; what was undone is told too."""
    with house.store.reading() as connection:
        stored = records.get(connection, tenant, record_id)
        if stored is None:
            raise Refusal(404, "not_found", "there is no such document")
        rows = allocations.ever_of(connection, tenant, record_id)
        caused = allocations.by_record(connection, tenant, record_id)
    standing = [row for row in rows if row["undone_at"] is None]
    left = open_amounts.left(stored.record, standing)
    shown: dict[str, Any] = {"id": record_id, "allocations": [_allocation(row) for row in rows]}
    shown["settles"] = [_allocation(row) for row in caused]
    shown |= {"open": str(left)} if left is not None else {}
    status = stored.record.payment_status
    return shown | ({"payment_status": status} if status is not None else {})


def _allocation(row: Mapping[str, Any]) -> dict[str, Any]:
    hidden = ("tenant", "position", "stated")
    return {name: v for name, v in row.items() if name not in hidden and v is not None}
