"""Mapping payloads: files, folders, archives, standard input."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import connectors
from canonical_model import wire
from canonical_model.envelope import Context
from connectors.errors import ConnectorError as MappingError

__all__ = ["MappingError", "files_in", "map_one"]


def map_one(
    data: bytes,
    name: str,
    *,
    connector: str | None = None,
    resource: str | None = None,
    overlay: connectors.Overlay = None,
    context: Context | None = None,
    unmapped: bool = False,
) -> dict[str, Any]:
    """The result of one payload as plain data, with the name of its file."""
    result = connectors.map_payload(
        data,
        connector=connector,
        resource=resource,
        filename=name,
        overlay=overlay,
        context=context or Context(),
        unmapped=unmapped,
    )
    return {
        "file": name,
        "connector": result.connector,
        "resource": result.resource,
        "format": result.format,
        "records": [wire.to_plain(record) for record in result.records],
        "issues": [wire.to_plain(issue) for issue in result.issues],
    }


def files_in(paths: tuple[str, ...]) -> Iterator[Path]:
    """The files named, and those in the folders named, in order."""
    for name in paths:
        path = Path(name)
        if path.is_dir():
            yield from sorted(p for p in path.rglob("*") if p.is_file() and p.name[0] != ".")
        else:
            yield path
