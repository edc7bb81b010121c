"""Small workflows, written as data."""

from __future__ import annotations

import base64
import itertools
import uuid
from typing import Any

PACKAGE = "n8n-nodes-counterfoil"
Json = dict[str, Any]


def node(name: str, kind: str, version: float = 1, **more: Any) -> Json:
    """A node of any type."""
    return {"id": str(uuid.uuid4()), "name": name, "type": kind, "typeVersion": version,
            "position": [0, 0], "parameters": {}, **more}  # fmt: skip


def manual() -> Json:
    """Where a run by hand begins."""
    return node("Start", "n8n-nodes-base.manualTrigger")


def ours(
    resource: str, operation: str, credentials: Json, *, of: str = "counterfoil",
    name: str = "Ours", **parameters: Any,
) -> Json:  # fmt: skip
    """A node of the package, with whatever of a node's settings begins with `on_`."""
    settings = {"onError": parameters.pop("on_error", "stopWorkflow")}
    settings |= parameters.pop("settings", {})
    stated = {"resource": resource, "operation": operation, **parameters}
    return node(name, f"{PACKAGE}.{of}", parameters=stated, credentials=credentials, **settings)


def chain(*nodes: Json, items: list[Json] | None = None) -> Json:
    """A workflow in which each node gives to the next; the items come out of the first."""
    links = {
        one["name"]: {"main": [[{"node": other["name"], "type": "main", "index": 0}]]}
        for one, other in itertools.pairwise(nodes)
    }
    made: Json = {"name": f"of a test {uuid.uuid4()}", "nodes": list(nodes), "connections": links}
    return made | ({"pinData": {nodes[0]["name"]: items}} if items is not None else {})


def file_item(data: bytes, name: str, mime: str) -> Json:
    """An item that holds a file."""
    content = {"data": base64.b64encode(data).decode(), "fileName": name, "mimeType": mime}
    return {"json": {"name": name}, "binary": {"data": content}}


def by_id(value: str) -> Json:
    """A locator that states an id."""
    return {"__rl": True, "mode": "id", "value": value}


def fan(first: Json, *nodes: Json, items: list[Json]) -> Json:
    """A workflow in which each node gets the same items."""
    made = chain(first, items=items)
    after = [{"node": each["name"], "type": "main", "index": 0} for each in nodes]
    return made | {"nodes": [first, *nodes], "connections": {first["name"]: {"main": [after]}}}
