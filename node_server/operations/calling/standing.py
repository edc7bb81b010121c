"""How it stands with a connection, noted as calls find out."""

from __future__ import annotations

import time

from node_server.logs import log
from node_server.operations import connection_events
from node_server.operations.house import House
from node_server.store import clock, connections
from node_server.store.connections import Connection

_OFTEN = 60.0
_LAPSED = "reauthorise_required"


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
        """A person must agree anew; said once, whoever finds out first."""
        who = self._connection
        self._state = _LAPSED
        with self._house.store.writing(f"connections:{who.tenant}") as transaction:
            found = connections.get(transaction, who.tenant, who.id)
            if found is None or found.state == _LAPSED:
                return
            connections.change(transaction, who.tenant, who.id, state=_LAPSED, why=why)
            connection_events.tell(transaction, found, _LAPSED, why=why)
        log().warning(_LAPSED, connection=who.id, why=why)

    def _note(self, **changes: str | None) -> None:
        who = self._connection
        with self._house.store.writing() as transaction:
            connections.change(transaction, who.tenant, who.id, **changes)
