"""Beside each value of a document, where it comes from: the map's lineage, put on one result."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from canonical_model.base.scalars import Part
from connectors._engine.connector import Connector
from connectors._engine.lineage import Lineage
from connectors._engine.values import text_of

_NUMBER = re.compile(r"\[\d+\]")


class Explained(Part, frozen=True, kw_only=True):
    """One value of a document, and what made it."""

    path: str
    value: str
    sources: list[str] = []
    """Paths in the payload, the first that is there counts; none where no path leads to it."""
    transforms: list[str] = []
    tables: dict[str, list[str]] = {}
    """By name, the entries that give this value."""
    constant: bool = False
    derived: bool = False


def explained(connector: Connector, resource: str, document: Any) -> list[Explained]:
    """Every value of a document that this map made, in the document's order."""
    known: dict[str, list[Lineage]] = {}
    for each in connector.read_map(resource).lineage:
        known.setdefault(each.path, []).append(each)
    spec = connector.spec(resource)
    tables = {**connector.manifest.get("tables", {}), **spec.get("tables", {})}
    return [
        _explained(path, value, _found(known, path), tables)
        for path, value in _leaves(document, "")
        if path != "kind"
    ]


def _found(known: Mapping[str, list[Lineage]], path: str) -> list[Lineage]:
    """What is known of a place; lists of texts are known as a whole."""
    pattern = _NUMBER.sub("[*]", path)
    return known.get(pattern) or known.get(pattern.removesuffix("[*]"), [])


def _explained(
    path: str, value: str, found: list[Lineage], tables: Mapping[str, Mapping[str, Any]]
) -> Explained:
    """A value that several blocks may have made has all their sources."""
    names = dict.fromkeys(name for each in found for name in each.tables)
    entries = {name: [k for k, v in tables[name].items() if text_of(v) == value] for name in names}
    return Explained(
        path=path,
        value=value,
        sources=list(dict.fromkeys(source for each in found for source in each.sources)),
        transforms=list(dict.fromkeys(name for each in found for name in each.transforms)),
        tables=entries,
        constant=any(each.constant is not None for each in found),
        derived=any(each.derived for each in found),
    )


def _leaves(node: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, dict):
        for name, value in node.items():
            yield from _leaves(value, f"{path}.{name}".removeprefix("."))
    elif isinstance(node, list):
        for position, item in enumerate(node):
            yield from _leaves(item, f"{path}[{position}]")
    else:
        yield path, text_of(node) or ""
