"""How it stands with a connection, noted as calls find out."""

from __future__ import annotations

import time

from node_server.logs import log
from node_server.operations.house import House
from node_server.store import clock, connections
from node_server.store.connections import Connection

_OFTEN = 60.0


class Standing:
    """Notes the state of one connection, and not more often than is worth it."""

    def __init__(self, house: House, connection: Connection) -> None:
        self._house = house
        self._connection = connection
        self._state = connection.state
        self._noted = -_OFTEN

    def works(self) -> None:
        """A call was let in."""
        now = time.monotonic()
        if self._state == "active" and now < self._noted + _OFTEN:
            return
        self._noted, self._state = now, "active"
        self._note(state="active", why=None, last_ok_at=clock.stamp())

    def lapsed(self, why: str) -> None:
        """A person must agree anew."""
        if self._state != "reauthorise_required":
            log().warning("reauthorise_required", connection=self._connection.id, why=why)
        self._state = "reauthorise_required"
        self._note(state="reauthorise_required", why=why)

    def _note(self, **changes: str | None) -> None:
        who = self._connection
        with self._house.store.writing() as transaction:
            connections.change(transaction, who.tenant, who.id, **changes)
