"""Decisions and approvals of a document, as they are told."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from sqlalchemy import Connection

from node_server.store import decisions
from node_server.store.decisions import Row
from node_server.store.records import Stored

_ACT: Final = ("policy", "step", "person", "instead_of", "verdict", "reason", "actor", "at")


def decision_shown(row: Row) -> dict[str, Any]:
    """A decision with all that it rests on."""
    said: dict[str, Any] = {
        "id": row["id"],
        "document": row["record_id"],
        "revision": row["revision"] or None,
        "content_hash": row["content_hash"],
        "number": row["number"],
        "actor": row["actor"],
        "at": row["at"],
    }
    known = {name: value for name, value in said.items() if value is not None}
    said = msgspec.json.decode(row["decision"])
    return known | said


def decisions_on(connection: Connection, tenant: str, record_id: str) -> list[dict[str, Any]]:
    """Every decision on a document, the first one first."""
    return [decision_shown(row) for row in decisions.of_record(connection, tenant, record_id)]


def acts_on(connection: Connection, stored: Stored) -> list[dict[str, Any]]:
    """Who approved or rejected a document, and whether it still says what it said then."""
    record = stored.record
    rows = decisions.acts(connection, record.tenant or "", record.id or "")
    return [_act(stored, row) for row in rows]


def _act(stored: Stored, row: Row) -> dict[str, Any]:
    record = stored.record
    same = (row["revision"], row["content_hash"]) == (record.revision or 1, record.content_hash)
    said = {name: row[name] for name in _ACT if row[name] is not None}
    return {**said, "decision": row["decision_id"], "revision": row["revision"], "counts": same}
