"""The connectors there are: listed, described, checked, begun."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import connectors


def connector_list(overlay: connectors.Overlay = None) -> list[dict[str, Any]]:
    """Each connector with its title and what it reads and writes."""
    found = connectors.pack(overlay).connectors.values()
    return [connector_details(each.name, overlay) for each in found]


def connector_details(name: str, overlay: connectors.Overlay = None) -> dict[str, Any]:
    """One connector: title, documentation, resources with their maps."""
    found = connectors.pack(overlay)[name]
    reads, writes = found.map_names("read"), found.map_names("write")
    return {
        "name": found.name,
        "title": found.manifest["title"],
        "docs": found.manifest.get("docs", []),
        "reads": reads,
        "writes": writes,
        "resources": found.manifest["resources"],
    }


def lineage(
    name: str, resource: str, direction: str, overlay: connectors.Overlay = None
) -> list[dict[str, Any]]:
    """Where each field of a map comes from."""
    return [
        {
            "path": each.path,
            "sources": list(each.sources),
            "transforms": list(each.transforms),
            "tables": list(each.tables),
            "constant": each.constant,
            "derived": each.derived,
        }
        for each in connectors.explain(name, resource, direction, overlay=overlay)
    ]


def check(name: str | None, overlay: connectors.Overlay = None) -> dict[str, list[str]]:
    """The problems of one connector, or of all; an empty list for each that is whole."""
    pack = connectors.pack(overlay)
    chosen = [pack[name]] if name else list(pack.connectors.values())
    return {each.name: connectors.problems_of(pack, each) for each in chosen}


def begin(name: str, into: str) -> str:
    """The folder of a new connector that already works."""
    return str(connectors.make_blank(name, Path(into)))


def goldens(name: str, overlay: connectors.Overlay = None, *, force: bool = False) -> list[str]:
    """The goldens written for a connector's samples."""
    pack = connectors.pack(overlay)
    return [str(path) for path in connectors.write_goldens(pack, pack[name], force=force)]
