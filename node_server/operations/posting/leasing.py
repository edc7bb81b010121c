"""Taking what is due: the most urgent first, and no more at once than a connection may have."""

from __future__ import annotations

import secrets
import time

from sqlalchemy import Connection

import connectors
from connectors.errors import ConnectorError
from node_server.operations.calling.target_of import target_of
from node_server.operations.house import House
from node_server.operations.together import Together
from node_server.store import clock, connections, counterfoil_queue
from node_server.store.counterfoils import Row

_SEEN = 64
_BELIEVED = 5.0
_LOCK = "lease counterfoils"


class Rooms:
    """How many calls each connection may have at once; what was read is believed for a while."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._known: dict[tuple[str, str], tuple[float, int]] = {}

    def of(self, connection: Connection, tenant: str, connection_id: str) -> int:
        """The most calls at once; one where nothing is known of the connection."""
        key, now = (tenant, connection_id), time.monotonic()
        kept = self._known.get(key)
        if kept is None or kept[0] < now:
            kept = now + _BELIEVED, self._read(connection, tenant, connection_id)
            self._known[key] = kept
        return kept[1]

    def _read(self, connection: Connection, tenant: str, connection_id: str) -> int:
        found = connections.get(connection, tenant, connection_id)
        if found is None:
            return 1
        try:
            connector = connectors.pack(self._house.overlay_of(tenant))[found.connector]
            return target_of(found, connector, self._house.settings).concurrency
        except ConnectorError:
            return 1


def waiting(house: House, most: int) -> int:
    """How many are due and free, up to a number."""
    with house.store.reading() as connection:
        return counterfoil_queue.count_due(connection, now=clock.stamp(), most=most)


def take(house: House, limit: int) -> list[Row]:
    """Rows to work on now, with their leases."""
    if not waiting(house, 1):
        return []
    now = clock.stamp()
    with house.store.writing(_LOCK) as connection:
        chosen = _chosen(house, connection, now, limit)
        until = clock.stamp(after=house.settings.lease_seconds)
        token = secrets.token_hex(12)
        return counterfoil_queue.lease(connection, chosen, token, until=until) if chosen else []


def _chosen(house: House, connection: Connection, now: str, limit: int) -> list[int]:
    """Positions of the most urgent ones for whose connections there is room."""
    under_way = counterfoil_queue.busy(connection, now=now)
    rooms = house.kept(Rooms)
    full = [key for key, count in under_way.items() if count >= rooms.of(connection, *key)]
    chosen: list[int] = []
    for position, *key in counterfoil_queue.due(
        connection, now=now, limit=max(_SEEN, limit), without=full
    ):
        at = key[0], key[1]
        if len(chosen) < limit and under_way.get(at, 0) < rooms.of(connection, *at):
            under_way[at] = under_way.get(at, 0) + 1
            chosen.append(position)
    return chosen


class Takers:
    """Threads that each take one: those who ask at the same time are served in one transaction."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._take: Together[None, Row | None] = Together(self._taken, house.store.turn)

    def one(self) -> Row | None:
        """A row to work on now, with its lease."""
        return self._take(None)

    def _taken(self, askers: list[None]) -> list[Row | None]:
        rows = take(self._house, len(askers))
        return [*rows, *(None for _ in askers[len(rows) :])]


def hold_on(house: House, rows: list[Row]) -> None:
    """Keep the leases of what is still being worked on."""
    if not rows:
        return
    with house.store.writing() as connection:
        until = clock.stamp(after=house.settings.lease_seconds)
        counterfoil_queue.renew(connection, rows, until=until)
