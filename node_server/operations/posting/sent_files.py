"""What is known of a file that was sent, so that it can be looked for: its name, size and hash."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from node_server.operations.calling import Caller
from node_server.operations.house import House
from node_server.operations.posting.attaching import attached_file
from node_server.operations.posting.blocking import Blocked
from node_server.operations.posting.effects import ATTACH

_PLACES = ("sftp:", "file:")


def sent_file(house: House, caller: Caller, row: Mapping[str, Any]) -> dict[str, Any]:
    """Of an effect that is a file, or that attaches one; nothing of all others."""
    if row["action"] == ATTACH:
        try:
            known = attached_file(house, caller, row)
        except Blocked:
            return {}
        return {name: value for name, value in known.items() if name != "file"}
    if row["url"].startswith(_PLACES):
        body = row["body"]
        name = unquote(row["url"].partition("?")[0].rpartition("/")[2])
        return {"name": name, "size": str(len(body)), "sha256": hashlib.sha256(body).hexdigest()}
    return {}
