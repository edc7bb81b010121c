"""Taking what is due: the most urgent first, and no more at once than a connection may have."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping

from sqlalchemy import Connection

import connectors
from connectors.errors import ConnectorError
from node_server.operations.calling import Target
from node_server.operations.house import House
from node_server.store import clock, connections, counterfoils
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
            return Target(found, connector, self._house.settings).concurrency
        except ConnectorError:
            return 1


def take(house: House, limit: int) -> list[Row]:
    """Rows to work on now, with their leases."""
    now = clock.stamp()
    with house.store.reading() as connection:
        if not counterfoils.count_due(connection, now=now, most=1):
            return []
    with house.store.writing(_LOCK) as connection:
        under_way = counterfoils.busy(connection, now=now)
        rooms = house.kept(Rooms)
        full = [key for key, count in under_way.items() if count >= rooms.of(connection, *key)]
        found = counterfoils.due(connection, now=now, limit=max(_SEEN, limit), without=full)
        chosen: list[Row] = []
        for row in found:
            key = row["tenant"], row["connection_id"]
            if len(chosen) < limit and under_way.get(key, 0) < rooms.of(connection, *key):
                under_way[key] = under_way.get(key, 0) + 1
                chosen.append(row)
        return _leased(house, connection, chosen)


def _leased(house: House, connection: Connection, rows: list[Row]) -> list[Row]:
    until = clock.stamp(after=house.settings.lease_seconds)
    tokens = {row["position"]: secrets.token_hex(12) for row in rows}
    counterfoils.lease(connection, tokens, until=until)
    return [_with(row, lease=tokens[row["position"]], leased_until=until) for row in rows]


def _with(row: Mapping[str, object], **changes: object) -> Row:
    return {**row, **changes}


def hold_on(house: House, tokens: list[str]) -> None:
    """Keep the leases of what is still being worked on."""
    if not tokens:
        return
    with house.store.writing() as connection:
        until = clock.stamp(after=house.settings.lease_seconds)
        counterfoils.renew(connection, tokens, until=until)
