"""Writing what has become of an effect: counterfoil and document in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection

from node_server import metrics
from node_server.logs import log
from node_server.operations.house import House
from node_server.operations.posting.announcing import Turned, announce, announce_all
from node_server.operations.posting.judging import NEVER, Verdict
from node_server.operations.together import Together
from node_server.store import clock, counterfoils, exchanges
from node_server.store.counterfoils import Row

FINAL = frozenset({"confirmed", "refused", "dead"})
_LONGEST_WHY = 500


def locks_of(row: Mapping[str, Any]) -> str:
    """What to lock before a document may be moved along with its counterfoil."""
    return f"{row['tenant']}:record:{row['record_id']}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is to be written of one turn."""

    row: Row
    changes: Row
    exchanges: Sequence[Row]


class Outcomes:
    """The outcomes of a process: those that come at once are written in one transaction."""

    def __init__(self, house: House) -> None:
        self._house = house
        self.write = Together(self._written, house.store.turn)
        """Writes an outcome; the row as it is then, nothing where the lease was lost."""

    def _written(self, found: list[Outcome]) -> list[Row | None]:
        with self._house.store.writing(*{locks_of(each.row) for each in found}) as connection:
            exchanges.add(connection, [row for each in found for row in each.exchanges])
            ours = counterfoils.still_ours(connection, [each.row for each in found])
            kept = [each for each in found if each.row["position"] in ours]
            changes = {each.row["position"]: _given_back(each.changes) for each in kept}
            counterfoils.change(connection, changes)
            turned = [
                Turned(row, {**row, **changes[row["position"]]}, row["actor"])
                for row in (each.row for each in kept)
            ]
            announce_all(self._house, connection, turned)
        after = {each.after["position"]: dict(each.after) for each in turned}
        return [after.get(each.row["position"]) for each in found]


def settle(
    house: House, row: Row, verdict: Verdict, said: Sequence[Row] = (), **facts: Any
) -> Row | None:
    """Write a verdict and give the lease back; nothing where somebody else holds the lease.

    What was `said` there goes on record with it.
    """
    outcome = Outcome(row, changes_of(row, verdict, facts), said)
    after = house.kept(Outcomes).write(outcome)
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
    changes = _given_back(changes)
    if not counterfoils.step(connection, row, **changes):
        return None
    after = {**row, **changes}
    announce(house, connection, row, after, actor=actor)
    return after


def _given_back(changes: Mapping[str, Any]) -> Row:
    now = clock.stamp()
    found = {**changes, "lease": None, "leased_until": None, "updated_at": now}
    if found.get("why"):
        found["why"] = str(found["why"])[:_LONGEST_WHY]
    found["settled_at"] = now if found["state"] in FINAL else None
    return found


def answer_text(status: int, code: str, why: str, *, replayed: bool) -> str:
    """What the target said, as the counterfoil keeps it."""
    said: dict[str, Any] = {"status": status}
    said |= {"code": code} if code else {}
    said |= {"message": why} if why else {}
    said |= {"replayed": True} if replayed else {}
    return msgspec.json.encode(said).decode()
