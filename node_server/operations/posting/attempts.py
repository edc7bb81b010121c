"""One attempt: the mark that it is made, the call, and what is heard of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from connectors._transport import TransportFailed, TransportRefused
from node_server.logs import log
from node_server.operations.calling import Caller, CallRefused
from node_server.operations.house import House
from node_server.operations.posting import held_bills
from node_server.operations.posting.hearing import News, hear
from node_server.operations.posting.holds import Hold, hold_of
from node_server.operations.posting.looking import Search, Sight, see
from node_server.operations.posting.preparing import request_of
from node_server.operations.together import Together
from node_server.store import clock, counterfoils
from node_server.store.counterfoils import Row

_PATIENCE = 1.0
"""Seconds that a thread waits for room: there is other work, and the row keeps its place."""


class LeaseLost(Exception):
    """Somebody else has taken over; nothing may be sent or written any more."""


class StoodStill(Exception):
    """The document does not allow it any more."""

    def __init__(self, hold: Hold) -> None:
        super().__init__(hold.why)
        self.hold = hold


@dataclass
class Mark:
    """Notes in the row that an attempt is made, for good, before its first byte leaves."""

    house: House
    row: Row
    made: bool = False
    exchanges: list[dict[str, Any]] = field(default_factory=list)
    """What was said: it is stored with what comes of it."""

    def __call__(self) -> None:
        if refusal := self.house.kept(Marks).write(self.row):
            raise refusal
        self.made = True

    @property
    def after(self) -> Row:
        """The row with the attempt counted, if it was made."""
        return {**self.row, "attempts": self.row["attempts"] + self.made}


class Marks:
    """The marks of a process: attempts that begin at once wait for the disk together."""

    def __init__(self, house: House) -> None:
        self._house = house
        self.write = Together(self._written, house.store.turn)
        """Marks a row; nothing, or why its attempt must not be made."""

    def _written(self, rows: list[Row]) -> list[LeaseLost | StoodStill | None]:
        with self._house.store.writing(durable=True) as connection:
            ours = counterfoils.still_ours(connection, rows)
            standings = held_bills.standings(connection, rows)
            found = [_refusal(row, ours, standings) for row in rows]
            going = [row for row, why in zip(rows, found, strict=True) if why is None]
            until = clock.stamp(after=self._house.settings.lease_seconds)
            counterfoils.change(connection, {row["position"]: _sent(row, until) for row in going})
        return found


def _refusal(
    row: Row, ours: set[int], standings: Mapping[tuple[str, str], Row]
) -> LeaseLost | StoodStill | None:
    if row["position"] not in ours:
        return LeaseLost()
    if row["first_sent_at"] is not None:  # what may be there already is brought to its end
        return None
    hold = hold_of(row, standings.get((row["tenant"], row["record_id"])))
    return StoodStill(hold) if hold else None


def _sent(row: Row, until: str) -> Row:
    now = clock.stamp()
    return {
        "state": "sent",
        "sent_at": now,
        "first_sent_at": row["first_sent_at"] or now,
        "attempts": row["attempts"] + 1,
        "lookups": 0,
        "updated_at": now,
        "leased_until": until,
    }


def attempt(caller: Caller, row: Row, mark: Mark, spec: Mapping[str, Any]) -> News:
    """Send what the counterfoil keeps; what is heard, whatever happens."""
    try:
        answer = caller.send(
            request_of(row), purpose="post", counterfoil=row["key"],
            priority=row["priority"], patience=_PATIENCE, before=mark, keep=mark.exchanges.append,
        )  # fmt: skip
        return hear(answer, spec, caller.connector.manifest["api"], caller.throttled(answer))
    except (LeaseLost, StoodStill):
        raise
    except Exception as error:  # noqa: BLE001  (whatever it is, the effect must not be lost)
        return _unheard(error, mark)


def _unheard(error: Exception, mark: Mark) -> News:
    if isinstance(error, CallRefused):
        heard = "barred" if error.wait is None else "unsent"
        return News(heard, why=f"{error.code}: {error.message}", wait=error.wait or 0.0)  # type: ignore[arg-type]
    if isinstance(error, TransportRefused):
        return News("denied", why=f"{error.code}: {error.message}")
    if isinstance(error, TransportFailed):
        sent = error.outcome == "uncertain" and mark.made
        return News("unclear" if sent else "unsent", error.status or 0, why=error.message)
    log().error("posting_failed", counterfoil=mark.row["key"], exc_info=error)
    why = f"a fault of this server: {type(error).__name__}"
    return News("unclear" if mark.made else "unsent", why=why)


def look(caller: Caller, row: Row, search: Search) -> Sight:
    """Look into the target for what an earlier attempt may have made."""
    values = {**search.known, "marker": search.mark}
    try:
        request = caller.request(search.spec or {}, values, payload=search.tree)
        answer = caller.send(
            request, purpose="look_up", counterfoil=row["key"],
            priority=row["priority"], patience=_PATIENCE,
        )  # fmt: skip
    except CallRefused as error:
        seen = "barred" if error.wait is None else "failed"
        return Sight(seen, f"{error.code}: {error.message}", wait=error.wait or 0.0)  # type: ignore[arg-type]
    except (TransportFailed, TransportRefused) as error:
        return Sight("failed", error.message)
    api = caller.connector.manifest["api"]
    return see(search, answer, api, caller.throttled(answer))
