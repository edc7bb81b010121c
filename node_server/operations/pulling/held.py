"""The right to read one list of one connection, and the note of how far it has come."""

from __future__ import annotations

import secrets
from typing import Any, Final

from node_server.errors import Refusal
from node_server.operations.house import House
from node_server.operations.pulling import progress
from node_server.operations.pulling.progress import Progress
from node_server.store import clock, pulls

LEASE_SECONDS: Final = 300


class Held:
    """The right to read one list, and the note of how far it has come."""

    def __init__(self, house: House, tenant: str, connection_id: str, resource: str) -> None:
        self._house = house
        self._place = (tenant, connection_id, resource)
        self._lease = secrets.token_hex(8)

    def take(self) -> Progress:
        with self._house.store.writing() as transaction:
            now, until = clock.stamp(), clock.stamp(after=LEASE_SECONDS)
            row = pulls.lease(transaction, *self._place, lease=self._lease, now=now, until=until)
        if row is None:
            message = f"{self._place[2]} of this connection is being pulled already"
            raise Refusal(409, "pull_in_flight", message, retriable=True, retry_after=5)
        return progress.read(row["cursor"])

    def note(self, come: Progress, rows_read: int) -> None:
        until = clock.stamp(after=LEASE_SECONDS)
        self._write(cursor=progress.write(come), rows=rows_read, leased_until=until)

    def give_back(self, *, why: str | None = None) -> None:
        state = "idle" if why is None else "failed"
        with self._house.store.writing() as transaction:
            changes: dict[str, Any] = {"state": state, "why": why}
            changes |= {"lease": None, "leased_until": None}
            pulls.note(transaction, *self._place, held_by=self._lease, **changes)

    def _write(self, **changes: Any) -> None:
        with self._house.store.writing() as transaction:
            stamped = changes | {"updated_at": clock.stamp()}
            if not pulls.note(transaction, *self._place, held_by=self._lease, **stamped):
                raise Refusal(409, "pull_in_flight", "another reader has taken this pull over")
