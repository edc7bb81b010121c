"""Writes EDIFACT: UNA where needed, envelopes with references and counts around each message."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby

from connectors._codecs.edifact.elements import ElementWriter
from connectors._codecs.edifact.reading import CHARSETS
from connectors._codecs.edifact.syntax import DEFAULT_SERVICE, REPEATS_SINCE
from connectors._codecs.limits import Tree
from connectors._codecs.segments import Segment
from connectors._codecs.segments.envelope_levels import agreed_count
from connectors._codecs.segments.order import Sequencer
from connectors._codecs.segments.outline import known_types, outline_of
from connectors._codecs.segments.source import Dialect
from connectors.errors import CodecError

_FRAME = frozenset({"UNH", "UNT"})
_LEVEL = "UNOC"
_VERSION = "3"
_MESSAGE_VERSION = "D96A"


@dataclass(frozen=True, slots=True)
class _Options:
    service: str
    line_breaks: bool
    encoding: str | None
    at: datetime


def encode(
    units: Iterable[Tree],
    *,
    service: str = DEFAULT_SERVICE,
    line_breaks: bool = False,
    encoding: str | None = None,
    at: datetime | None = None,
) -> bytes:
    """Units as EDIFACT; neighbours with equal `interchange` and `group` trees share one envelope.

    `service` is what UNA holds: component, element, decimal mark, release, repetition, terminator;
    UNA is written when it differs from the usual or a unit's `decimal` does. The character set is
    that of UNB0101 unless `encoding` names another. References, dates (`at`, else now) and names
    that the trees lack are filled in; counts are always counted.
    """
    options = _Options(service, line_breaks, encoding, at or datetime.now(UTC))
    written = bytearray()
    parts = groupby(units, key=lambda unit: (unit.get("interchange", {}), unit.get("decimal")))
    for number, ((header, decimal), members) in enumerate(parts, 1):
        interchange = _Interchange(header, decimal or service[2:3], number, options)
        written += interchange.bytes(members)
    return bytes(written)


class _Interchange:
    """One UNB to UNZ, with the UNA before it."""

    def __init__(self, header: Segment, decimal: str, number: int, options: _Options) -> None:
        self._options = options
        self._header = self._completed(header, number)
        self._service = options.service[:2] + decimal + options.service[3:]
        self._dialect = self._checked_dialect()
        self._charset = options.encoding or CHARSETS.get(self._header["UNB0101"], "ascii")
        self._writer = ElementWriter(self._dialect, self._charset)

    def bytes(self, units: Iterable[Tree]) -> bytes:
        """The interchange in its character set."""
        end = self._dialect.terminator + ("\n" if self._options.line_breaks else "")
        text = "".join(segment + end for segment in self._segments(units))
        una = "" if self._service == DEFAULT_SERVICE else f"UNA{self._service}"
        return (una + text).encode(self._charset)

    def _segments(self, units: Iterable[Tree]) -> Iterator[str]:
        parts = messages = 0
        yield self._writer.text("UNB", self._header)
        for header, members in groupby(units, key=lambda unit: unit.get("group")):
            if header is None:
                for unit in members:
                    parts, messages = parts + 1, messages + 1
                    yield from self._message(unit, messages)
            else:
                parts += 1
                yield from self._group(header, parts, list(members))
        reference = self._header["UNB0501"]
        yield self._writer.text("UNZ", {"UNZ0101": str(parts), "UNZ0201": reference})

    def _completed(self, header: Segment, number: int) -> Segment:
        at, version = self._options.at, header.get("UNB0102", _VERSION)
        date = f"{at:%Y%m%d}" if version >= REPEATS_SINCE else f"{at:%y%m%d}"
        return {
            "UNB0101": _LEVEL,
            "UNB0102": version,
            "UNB0401": date,
            "UNB0402": f"{at:%H%M}",
            "UNB0501": str(number),
        } | header

    def _checked_dialect(self) -> Dialect:
        service = self._service
        if len(service) != len(DEFAULT_SERVICE):
            raise CodecError(
                "bad_separators", f"'{service[:40]}' is no UNA; six characters make one"
            )
        component, element, decimal, release, repetition, terminator = tuple(service)
        if self._header["UNB0102"] < REPEATS_SINCE:
            repetition = ""
        elif service == DEFAULT_SERVICE:
            repetition = "*"
        marks = (component, element, terminator, release.strip(), repetition.strip())
        used = [mark for mark in marks if mark]
        if len(set(used)) < len(used) or any(mark.isalnum() or mark in " \r\n" for mark in used):
            text = f"'{service}' cannot serve as UNA; give different marks that are no letters"
            raise CodecError("bad_separators", text)
        return Dialect(element, component, marks[4], terminator, marks[3], decimal)

    def _group(self, header: Segment, number: int, units: list[Tree]) -> Iterator[str]:
        filled = {"UNG0501": str(number)} | header
        yield self._writer.text("UNG", filled)
        for order, unit in enumerate(units, 1):
            yield from self._message(unit, order)
        trailer = {"UNE0101": str(len(units)), "UNE0201": filled["UNG0501"]}
        yield self._writer.text("UNE", trailer)

    def _message(self, unit: Tree, order: int) -> Iterator[str]:
        kind = unit.get("type", "")
        if kind not in known_types("edifact"):
            known = ", ".join(sorted(known_types("edifact")))
            text = f"the order of segments in {kind[:40]} is not known; known are {known}"
            raise CodecError("unknown_type", text, segment="UNH")
        header = (unit.get("UNH") or [_message_header(unit, order)])[0]
        yield self._writer.text("UNH", header)
        count = 2
        for tag, segment in Sequencer(outline_of("edifact", kind), _FRAME).segments(unit):
            yield self._writer.text(tag, segment)
            count += 1
        trailer = {"UNT0101": agreed_count(unit, "UNT", "UNT0101", count)}
        yield self._writer.text("UNT", trailer | {"UNT0201": header.get("UNH0101", str(order))})


def _message_header(unit: Tree, order: int) -> Segment:
    version = unit.get("version", _MESSAGE_VERSION)
    header = {
        "UNH0101": str(order),
        "UNH0201": unit["type"],
        "UNH0202": version[:1],
        "UNH0203": version[1:],
        "UNH0204": "UN",
    }
    association = unit.get("association")
    return header | ({"UNH0205": association} if association else {})
