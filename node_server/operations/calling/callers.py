"""The callers of a process: each connection's sessions and tokens are kept between uses."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import connectors
from node_server.errors import Refusal
from node_server.operations.calling.caller import Caller
from node_server.operations.house import House
from node_server.store import connections
from node_server.store.connections import Connection

_BELIEVED = 1.0  # seconds; another process may have changed it


class Callers:
    """One caller for each connection as it is now; what was changed is closed when it is idle."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._lock = threading.Lock()
        self._callers: dict[tuple[str, str], tuple[float, Caller]] = {}
        self._users: dict[Caller, int] = {}

    def take(self, tenant: str, connection_id: str) -> Caller:
        """The caller of a connection, to be given back."""
        with self._lock:
            believed, kept = self._callers.get((tenant, connection_id), (0.0, None))
            if kept is None or time.monotonic() >= believed:
                kept = self._current(tenant, connection_id, kept)
            self._users[kept] = self._users.get(kept, 0) + 1
            return kept

    def _current(self, tenant: str, connection_id: str, kept: Caller | None) -> Caller:
        """The one of the row as it is now, which is then believed for a moment."""
        with self._house.store.reading() as transaction:
            row = connections.get(transaction, tenant, connection_id)
        if row is None:
            raise Refusal(404, "not_found", f"there is no connection {connection_id[:60]!r}")
        if kept is None or kept.connection.updated_at != row.updated_at:
            self._retire(kept)
            kept = _made(self._house, row)
        self._callers[tenant, connection_id] = time.monotonic() + _BELIEVED, kept
        return kept

    def give_back(self, caller: Caller) -> None:
        """One user less."""
        with self._lock:
            self._users[caller] -= 1
            who = caller.connection
            _, current = self._callers.get((who.tenant, who.id), (0.0, None))
            if not self._users[caller] and current is not caller:
                self._retire(caller)

    def forget(self, tenant: str, connection_id: str) -> None:
        """Its credential has changed, or it is gone."""
        with self._lock:
            self._retire(self._callers.pop((tenant, connection_id), (0.0, None))[1])

    def close(self) -> None:
        """Close all."""
        with self._lock:
            for _, each in self._callers.values():
                each.close()
            self._callers.clear()

    def _retire(self, caller: Caller | None) -> None:
        if caller is not None and not self._users.get(caller):
            self._users.pop(caller, None)
            caller.close()


def _made(house: House, connection: Connection) -> Caller:
    # late: it is a caller itself, built on this package
    from node_server.operations.calling.files.file_caller import FileCaller

    pack = connectors.pack(house.overlay_of(connection.tenant))
    kind = FileCaller if "files" in connection.settings else Caller
    return kind(house, connection, pack[connection.connector])


@contextmanager
def open_caller(house: House, tenant: str, connection_id: str) -> Iterator[Caller]:
    """The caller of a connection, by its id."""
    callers = house.kept(Callers)
    caller = callers.take(tenant, connection_id)
    try:
        yield caller
    finally:
        callers.give_back(caller)
