"""Open suspicions, shown; and judged again when somebody asks."""

from __future__ import annotations

from typing import Any

import msgspec

from node_server.envelope import page_of, position
from node_server.errors import Refusal
from node_server.operations import duplicating
from node_server.operations.excepting.finding import DUPLICATES
from node_server.operations.house import House
from node_server.store import exceptions, records
from node_server.store.exceptions import OPEN, Row


def list_open(
    house: House, tenant: str, holds: bool | None, *, cursor: str | None, limit: int
) -> dict[str, Any]:
    """One page of open suspicions, oldest first."""
    filters = {"control": DUPLICATES, "state": OPEN, "holds": holds}
    with house.store.reading() as connection:
        rows = exceptions.page(connection, tenant, filters, after=position(cursor), limit=limit + 1)
    last = rows[limit - 1]["position"] if len(rows) > limit else None
    return page_of([_shown(row) for row in rows[:limit]], limit, last)


def _shown(row: Row) -> dict[str, Any]:
    context = msgspec.json.decode(row["context"])
    told = {name: context.get(name) for name in ("score", "records", "suspicions")}
    return {
        "id": row["id"],
        "document": row["record_id"],
        "holds": row["holds"],
        "summary": row["summary"],
        "opened_at": row["opened_at"],
        "suspicions": [],
        **{name: value for name, value in told.items() if value is not None},
    }


def judge_again(house: House, tenant: str, record_id: str) -> list[dict[str, Any]]:
    """What a stored document is suspected of now."""
    with house.store.reading() as connection:
        if not records.exists(connection, tenant, record_id):
            raise Refusal(404, "not_found", "there is no such document")
    return duplicating.judge_document(house, tenant, record_id)
