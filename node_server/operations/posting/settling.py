"""Writing what has become of an effect: counterfoil and document in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection

from node_server import metrics
from node_server.logs import log
from node_server.operations.house import House
from node_server.operations.posting.announcing import announce
from node_server.operations.posting.judging import NEVER, Verdict
from node_server.store import clock, counterfoils
from node_server.store.counterfoils import Row

FINAL = frozenset({"confirmed", "refused", "dead"})
_LONGEST_WHY = 500


def locks_of(row: Mapping[str, Any]) -> str:
    """What to lock before a document may be moved along with its counterfoil."""
    return f"{row['tenant']}:record:{row['record_id']}"


def settle(house: House, row: Row, verdict: Verdict, **facts: Any) -> Row | None:
    """Write a verdict and give the lease back; nothing where somebody else holds the lease."""
    with house.store.writing(locks_of(row)) as connection:
        changes = changes_of(row, verdict, facts)
        after = write(house, connection, row, changes, actor=row["actor"])
    if after is None:
        log().warning("lease_lost", counterfoil=row["key"], state=row["state"])
        return None
    told(after)
    return after


def told(row: Mapping[str, Any]) -> None:
    """Count and log what a counterfoil has become."""
    metrics.posted.labels(row["connector"], row["state"]).inc()
    level = log().info if row["state"] in ("confirmed", "pending") else log().warning
    level(
        "counterfoil",
        counterfoil=row["key"],
        connection=row["connection_id"],
        document=row["record_id"],
        state=row["state"],
        attempts=row["attempts"],
        why=row["why"],
    )


def changes_of(row: Mapping[str, Any], verdict: Verdict, facts: Mapping[str, Any]) -> Row:
    """What a verdict writes into the row."""
    over = verdict.due == NEVER or verdict.state in FINAL
    changes: Row = {
        "state": verdict.state,
        "due_at": counterfoils.NEVER if over else clock.stamp(after=verdict.due),
    }
    if not verdict.doubtful:
        # Only what settles the earlier attempt lifts the doubt.
        changes["first_sent_at"] = None
        changes["lookups"] = 0
    elif verdict.missed:
        changes["lookups"] = row["lookups"] + 1
    return changes | dict(facts)


def write(
    house: House, connection: Connection, row: Row, changes: Mapping[str, Any], *, actor: str
) -> Row | None:
    """Write changes to a row that is still ours, and tell the document; the row as it is now."""
    now = clock.stamp()
    changes = {**changes, "lease": None, "leased_until": None, "updated_at": now}
    if changes.get("why"):
        changes["why"] = str(changes["why"])[:_LONGEST_WHY]
    changes["settled_at"] = now if changes["state"] in FINAL else None
    if not counterfoils.step(connection, row, **changes):
        return None
    after = {**row, **changes}
    announce(house, connection, row, after, actor=actor)
    return after


def answer_text(status: int, code: str, why: str, *, replayed: bool) -> str:
    """What the target said, as the counterfoil keeps it."""
    said: dict[str, Any] = {"status": status}
    said |= {"code": code} if code else {}
    said |= {"message": why} if why else {}
    said |= {"replayed": True} if replayed else {}
    return msgspec.json.encode(said).decode()
