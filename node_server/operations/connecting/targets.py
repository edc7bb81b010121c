"""From a stored connection to where it leads."""

from __future__ import annotations

import connectors
from node_server.operations.calling import Target
from node_server.operations.calling.target_of import target_of as leading
from node_server.operations.house import House
from node_server.store.connections import Connection


def target_of(house: House, row: Connection) -> Target:
    """Where a connection leads, by its connector as this tenant has it."""
    pack = connectors.pack(house.overlay_of(row.tenant))
    return leading(row, pack[row.connector], house.settings)
