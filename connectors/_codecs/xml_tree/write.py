"""XML written from plain nested tuples, always to the same bytes for the same input.

    node = ("Invoice", {}, [
        ("cbc:ID", {}, "INV-1"),
        ("cac:LegalMonetaryTotal", {}, [("cbc:PayableAmount", {"currencyID": "EUR"}, "119.00")]),
    ])
    write(node, {"": "urn:…:Invoice-2", "cac": "urn:…", "cbc": "urn:…"})

A node is `(tag, attributes, content)`: content is text, a list of nodes, or None or a blank for an
empty element; a None in a list stands for a node that is absent. Prefixes are those of the
namespaces given, tags without one are in the namespace of "". Children stay in the order given,
unless `order` names the sequence that the schema wants of a tag's children.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from lxml import etree

from connectors.errors import CodecError

Node: TypeAlias = tuple[str, Mapping[str, str], str | Sequence["Node | None"] | None]

_DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'
_MAX_DEPTH = 256
_XML = "http://www.w3.org/XML/1998/namespace"


def write(
    root: Node,
    namespaces: Mapping[str, str],
    *,
    order: Mapping[str, Sequence[str]] | None = None,
    pretty: bool = True,
) -> bytes:
    """The document as UTF-8 bytes with its declaration."""
    element = build(root, namespaces, order=order)
    return _DECLARATION + etree.tostring(element, encoding="UTF-8", pretty_print=pretty)


def build(
    root: Node, namespaces: Mapping[str, str], *, order: Mapping[str, Sequence[str]] | None = None
) -> etree._Element:
    """The document as an element; refused with `not_writable` where XML cannot hold it."""
    return _Writer(namespaces, order or {}).element(root, None, 1)


class _Writer:
    def __init__(self, namespaces: Mapping[str, str], order: Mapping[str, Sequence[str]]) -> None:
        self._declared = {prefix or None: uri for prefix, uri in namespaces.items()}
        self._uris = {"xml": _XML, **namespaces}
        self._order = {
            tag: {name: place for place, name in enumerate(names)} for tag, names in order.items()
        }

    def element(self, node: Node, parent: etree._Element | None, depth: int) -> etree._Element:
        """The node as an element, with all below it."""
        tag, attributes, content = node
        if depth > _MAX_DEPTH:
            raise CodecError("too_deep", f"a tree deeper than {_MAX_DEPTH}; write a flatter one")
        try:
            element = self._start(tag, parent)
            for name, value in attributes.items():
                element.set(self._clark(name) if ":" in name else name, value)
            if isinstance(content, str) and not content.isspace():
                element.text = content
        except (ValueError, TypeError) as error:
            found = f"a name, attribute or text in {tag[:40]!r} that XML cannot hold"
            raise CodecError("not_writable", f"{found}; remove control characters") from error
        if content is not None and not isinstance(content, str):
            for child in self._sorted(tag, content):
                self.element(child, element, depth + 1)
        return element

    def _start(self, tag: str, parent: etree._Element | None) -> etree._Element:
        name = self._clark(tag)
        if parent is None:
            return etree.Element(name, None, self._declared)  # type: ignore[arg-type]
        return etree.SubElement(parent, name)

    def _clark(self, name: str) -> str:
        prefix, colon, local = name.rpartition(":")
        uri = self._uris.get(prefix)
        if uri is None and colon:
            found = f"the prefix {prefix[:40]!r} without a namespace"
            raise CodecError("not_writable", f"{found}; add it to the namespaces")
        return f"{{{uri}}}{local}" if uri else local

    def _sorted(self, tag: str, children: Iterable[Node | None]) -> list[Node]:
        present = [child for child in children if child is not None]
        places = self._order.get(tag)
        if places is None:
            return present
        for name, _, _ in present:
            if name not in places:
                found = f"{name[:40]!r} inside {tag[:40]!r}"
                raise CodecError("not_writable", f"{found}; the schema has no place for it")
        return sorted(present, key=lambda child: places[child[0]])
