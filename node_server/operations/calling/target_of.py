"""From a connection to where it leads: a system that is called, or a place of files."""

from __future__ import annotations

from connectors import Connector
from node_server.config import Settings
from node_server.operations.calling.files.described import FileTarget, described
from node_server.operations.calling.files.exchange import FILES
from node_server.operations.calling.target import Target
from node_server.store.connections import Connection


def target_of(connection: Connection, connector: Connector, settings: Settings) -> Target:
    """Where a connection leads, by its connector and what the operator allows."""
    stated = connection.settings.get(FILES)
    if stated is None:
        return Target(connection, connector, settings)
    return FileTarget(connection, described(connector, stated), settings)
