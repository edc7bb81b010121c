"""What a target's own records say of themselves when they are read, believed for a while."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, Final

import connectors
from connectors.errors import ConnectorError
from node_server.operations.house import House

_BELIEVED: Final = 5.0


class SourceWords:
    """System and object type by which what is pulled later is recognised."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._known: dict[tuple[str, str, str], tuple[float, tuple[str, str]]] = {}

    def of(self, row: Mapping[str, Any]) -> tuple[str, str]:
        """The words of a counterfoil's target."""
        key, now = (row["tenant"], row["connector"], row["resource"]), time.monotonic()
        kept = self._known.get(key)
        if kept is None or kept[0] < now:
            kept = self._known[key] = now + _BELIEVED, self._read(*key)
        return kept[1]

    def _read(self, tenant: str, connector: str, resource: str) -> tuple[str, str]:
        try:
            found = connectors.pack(self._house.overlay_of(tenant))[connector]
            stated = found.spec(resource).get("source", {}).get("object_type", {})
            kind = stated.get("const", resource) if isinstance(stated, dict) else resource
            return found.manifest.get("system", found.name.rpartition("/")[2]), kind
        except ConnectorError:
            return connector.rpartition("/")[2], resource
