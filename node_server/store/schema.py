"""All tables together, for what concerns every one of them: migrations, copies, checks."""

from __future__ import annotations

from node_server.store import control_tables, outward_tables, tables
from node_server.store.columns import metadata

MODULES = (tables, outward_tables, control_tables)

__all__ = ["MODULES", "metadata"]
