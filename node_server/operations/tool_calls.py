"""Calls that a tool has made for somebody: every one is in the audit trail, also those refused."""

from __future__ import annotations

import re
from typing import Final

from node_server.auth import Principal
from node_server.operations.access import audit_row
from node_server.operations.house import House
from node_server.store import access

TOOL_HEADER: Final = "X-Counterfoil-Tool"
_NAME: Final = re.compile(r"[A-Za-z0-9_. ()-]{1,60}")


def note_tool(house: House, who: Principal, tool: str | None, method: str, path: str) -> None:
    """Note which tool asks for what with whose key; a program that names none is no tool."""
    if not tool:
        return
    name = tool if _NAME.fullmatch(tool) else "(unreadable)"
    with house.store.writing() as connection:
        row = audit_row(who.tenant, who.id, "tool_called", name, f"{method} {path[:200]}")
        access.note(connection, row)
