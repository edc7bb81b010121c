"""The wire formats there are, and what a payload looks like in each before any map runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import PurePath
from typing import Any

from connectors._codecs import (
    bai2,
    coda,
    csv_table,
    edifact,
    json_tree,
    mt940,
    nacha,
    ndjson,
    ofx,
    pdf,
    qif,
    x12,
    xml_tree,
)
from connectors._codecs.limits import DEFAULT, Decoded, Limits, Notice
from connectors._engine.recognition import Sight
from connectors._engine.xml_view import local, whole
from connectors.errors import CodecError

_HEAD = 4096


@dataclass(frozen=True, slots=True)
class Wire:
    """One format: its codec, and how a unit of it is shown to maps."""

    name: str
    claims: Callable[[bytes], bool]
    decode: Callable[[bytes, Limits], Decoded]
    see: Callable[[Any, bytes], Sight]
    """The second is the document's bytes in UTF-8, where they are known."""


def _typed(codec: str, *names: str) -> Callable[[Any, bytes], Sight]:
    """Formats whose units say what they are."""

    def see(unit: Any, _: bytes) -> Sight:
        found = unit if isinstance(unit, dict) else {}
        kind = next((str(found[name]) for name in names if name in found), "")
        # Compiled maps know objects by their exact class; units of EDI are a class of their own.
        tree = dict(unit) if isinstance(unit, dict) and unit.__class__ is not dict else unit
        return Sight(codec, tree, type=kind)

    return see


def _xml(codec: str) -> Callable[[Any, bytes], Sight]:
    def see(document: Any, data: bytes) -> Sight:
        root = xml_tree.unwrap(document)
        text = data if root is document else b""
        name = root.tag if isinstance(root.tag, str) else ""
        namespace = name.partition("}")[0].removeprefix("{") if "}" in name else ""
        return Sight(codec, whole(root, text), root=local(name), namespace=namespace)

    return see


def _cxml(data: bytes, limits: Limits) -> Decoded:
    # cXML names its DTD by the book; the DTD is tolerated, never loaded.
    return xml_tree.decode(data, limits, allow_doctype=True)


def _ofx_claims(head: bytes) -> bool:
    """OFX 2 is XML as well and has to be asked first; its own look is too dear for every XML."""
    return (b"OFX" in head or b"ofx" in head or b"\0" in head[:64]) and ofx.claims(head)


WIRES: tuple[Wire, ...] = (
    Wire("json", json_tree.claims, json_tree.decode, _typed("json")),
    Wire("pdf", pdf.claims, pdf.decode, _xml("xml")),
    Wire("ofx", _ofx_claims, ofx.decode, _xml("ofx")),
    Wire("xml", xml_tree.claims, _cxml, _xml("xml")),
    Wire("x12", x12.claims, x12.decode, _typed("x12", "type")),
    Wire("edifact", edifact.claims, edifact.decode, _typed("edifact", "type")),
    Wire("mt940", mt940.claims, mt940.decode, _typed("mt940", "message")),
    Wire("bai2", bai2.claims, bai2.decode, _typed("bai2")),
    Wire("coda", coda.claims, coda.decode, _typed("coda")),
    Wire("nacha", nacha.claims, nacha.decode, _typed("nacha")),
    Wire("qif", qif.claims, qif.decode, _typed("qif", "type")),
    Wire("csv", csv_table.claims, csv_table.decode, _typed("csv")),
)
_SUFFIXES = {
    **{f".{name}": name for name in ("json", "xml", "csv", "ofx", "qif", "bai2", "coda")},
    **{".sta": "mt940", ".940": "mt940", ".ach": "nacha", ".edi": "edifact", ".x12": "x12"},
}
_HOSTILE = ("forbidden_", "too_")
NAMES = tuple(wire.name for wire in WIRES)
_NDJSON = Wire("json", ndjson.claims, ndjson.decode, _typed("json"))


def read(
    data: bytes, codec: str | None, filename: str | None = None, limits: Limits = DEFAULT
) -> tuple[str, Decoded]:
    """The decoded payload and the name of its format; the file's name helps where bytes do not.

    Where several formats could be meant, the first whose grammar the bytes follow; `CodecError`
    tells what the likeliest one found wrong.
    """
    wanted = (w for w in WIRES if w.name == codec) if codec else _claiming(data[:_HEAD])
    failure: CodecError | None = None
    named = _SUFFIXES.get(PurePath(filename or "").suffix.lower())
    for wire in chain(wanted, (w for w in WIRES if w.name == named)):
        try:
            return wire.name, wire.decode(data, limits)
        except CodecError as error:
            if error.code.startswith(_HOSTILE):
                raise  # no other format makes it harmless, and its own words are the clearest
            failure = failure or error
            if wire.name == "json" and (found := _lines(data, limits)) is not None:
                return "json", found
    known = ", ".join(NAMES)
    raise failure or CodecError("unknown_format", f"no known format; readable are {known}", byte=0)


def _lines(data: bytes, limits: Limits) -> Decoded | None:
    """One JSON value a line, where the whole is not one value."""
    try:
        return _NDJSON.decode(data, limits)
    except CodecError:
        return None


def _claiming(head: bytes) -> Iterator[Wire]:
    for wire in WIRES:
        if wire.claims(head):
            yield wire


def see(name: str, unit: Any) -> Sight:
    """One unit of a format as maps see it."""
    return next(w for w in WIRES if w.name == name).see(unit, b"")


def sights(name: str, decoded: Decoded) -> Iterator[tuple[Sight, list[Notice]]]:
    """Each unit as maps see it, with what was read past in it."""
    wire = next(w for w in WIRES if w.name == name)
    for unit in decoded.units:
        yield wire.see(unit, decoded.source), []
