"""What each operation gives, as JSON Schema beside the node: n8n shows it before the first run."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from node_server.n8n.catalogue import Node


def schemas(offered: Iterable[Node]) -> dict[str, str]:
    """One file for each operation of the main node, where n8n looks for it."""
    return {
        f"nodes/Brand__/__schema__/v1.0.0/{each.offer.resource}/{each.offer.operation}.json":
        json.dumps(_plain(each.answer) | {"version": 1}, indent="\t") + "\n"
        for each in offered
        if each.answer.get("properties")
    }  # fmt: skip


def _plain(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The types alone: that is all a preview shows."""
    made: dict[str, Any] = {"type": schema.get("type", "object")}
    if "properties" in schema:
        made["properties"] = {n: _plain(each) for n, each in schema["properties"].items()}
    if isinstance(schema.get("items"), Mapping):
        made["items"] = _plain(schema["items"])
    return made
