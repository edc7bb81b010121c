"""Documents to a payload's bytes: the write map builds the tree, the codec writes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from canonical_model import wire
from canonical_model.base.issue import Issue
from canonical_model.base.scalars import Part
from canonical_model.documents import AnyDocument, kind_of
from connectors._codecs import bai2, csv_table, edifact, json_tree, mt940, nacha, x12
from connectors._codecs.xml_tree import write as xml_write
from connectors._engine.values import text_of
from connectors._engine.write_map import WriteMap
from connectors.errors import CodecError, UnknownConnector


class Rendered(Part, frozen=True, kw_only=True):
    """A payload to send, its media type, and what of the documents it could not say."""

    payload: bytes
    mime: str
    issues: list[Issue] = []


def render_documents(found: WriteMap, documents: Sequence[AnyDocument]) -> Rendered:
    """One payload for one or several documents of the map's kind."""
    if not documents:
        raise UnknownConnector(f"{found.name} renders at least one {found.document}")
    if len(documents) > 1 and not found.spec.get("many"):
        raise UnknownConnector(f"{found.name} renders one {found.document} at a time")
    for document in documents:
        if kind_of(document) != found.document:
            wanted, given = found.document, kind_of(document)
            raise UnknownConnector(f"{found.name} renders a {wanted}, not a {given}")
    plain = [_numbered(wire.to_plain(document)) for document in documents]
    if not all(map(found.takes, plain)):
        raise UnknownConnector(
            f"{found.name} takes no such {found.document}; it takes those of which {found.wanted}"
        )
    tree, issues = found.run(plain)
    try:
        payload = _WRITERS[found.codec](tree, _dated(found, plain[0]))
    except CodecError as error:
        raise UnknownConnector(f"{found.name} cannot write this document: {error}") from error
    return Rendered(payload=payload, mime=_MIMES.get(found.codec, "text/plain"), issues=issues)


def _dated(found: WriteMap, document: Mapping[str, Any]) -> Mapping[str, Any]:
    """The map with the time that an interchange says it was prepared at: the document's own day.

    The clock's would make other bytes of the same document each time it is rendered.
    """
    day = next((document[name] for name in _DAYS if name in document), None)
    if found.codec not in _INTERCHANGES or day is None:
        return found.spec
    at = datetime.fromisoformat(str(day)[:10]).replace(tzinfo=UTC)
    return {**found.spec, "options": {"at": at, **found.spec.get("options", {})}}


def _numbered(document: dict[str, Any]) -> dict[str, Any]:
    """A line without an id gets its position, as it does when it is read."""
    for position, line in enumerate(document.get("lines", ()), 1):
        line.setdefault("id", str(position))
    return document


def _json(tree: Any, spec: Mapping[str, Any]) -> bytes:
    return json_tree.encode([tree])


def _xml(tree: Any, spec: Mapping[str, Any]) -> bytes:
    return xml_write.write(_node(spec["root"], tree), spec.get("namespaces", {}))


def _node(name: str, value: Any) -> xml_write.Node:
    """An element of the tree: `@…` are attributes, `#` is its text, lists are repeated elements."""
    if not isinstance(value, dict):
        return name, {}, text_of(value)
    attributes = {n[1:]: text_of(v) or "" for n, v in value.items() if n.startswith("@")}
    children = [
        _node(child, item)
        for child, items in value.items()
        if not child.startswith(("@", "#"))
        for item in (items if isinstance(items, list) else [items])
    ]
    return name, attributes, children or text_of(value.get("#"))


def _units(codec: Any) -> Callable[[Any, Mapping[str, Any]], bytes]:
    """Formats whose payload is a list of messages, under `units` where there are several."""

    def write(tree: Any, spec: Mapping[str, Any]) -> bytes:
        units = tree["units"] if set(tree) == {"units"} else [tree]
        written: bytes = codec.encode(units, **spec.get("options", {}))
        return written

    return write


_WRITERS: dict[str, Callable[[Any, Mapping[str, Any]], bytes]] = {
    "json": _json,
    "xml": _xml,
    "x12": _units(x12),
    "edifact": _units(edifact),
    "mt940": _units(mt940),
    "bai2": _units(bai2),
    "nacha": _units(nacha),
    "csv": _units(csv_table),
}
CODECS = tuple(_WRITERS)
_INTERCHANGES: Final = frozenset({"x12", "edifact"})
_DAYS: Final = ("issue_date", "posting_date", "value_date")
_MIMES = {"json": "application/json", "xml": "application/xml", "csv": "text/csv"}
