"""Writes X12: envelopes with control numbers and counts around the segments of each set."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby

from connectors._codecs.limits import Tree
from connectors._codecs.segments import Segment
from connectors._codecs.segments.envelope_levels import agreed_count
from connectors._codecs.segments.order import Sequencer
from connectors._codecs.segments.outline import known_types, outline_of
from connectors._codecs.segments.source import Dialect
from connectors._codecs.x12.elements import ElementWriter
from connectors._codecs.x12.levels import levels_numbered
from connectors.errors import CodecError

_FRAME = frozenset({"ST", "SE"})
_WIDTHS = (2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1)
_VERSION = "00401"
_REPEATS_SINCE = "00402"
# X12 functional identifier codes (data element 479)
_GROUPS = {
    "810": "IN",
    "812": "CD",
    "820": "RA",
    "832": "SC",
    "850": "PO",
    "855": "PR",
    "856": "SH",
    "860": "PC",
    "861": "RC",
    "865": "CA",
    "867": "PT",
    "875": "OG",
    "880": "GP",
    "997": "FA",
    "999": "FA",
}


@dataclass(frozen=True, slots=True)
class _Options:
    element: str
    component: str | None
    repetition: str | None
    terminator: str
    encoding: str
    at: datetime


def encode(
    units: Iterable[Tree],
    *,
    element: str = "*",
    component: str | None = None,
    repetition: str | None = None,
    terminator: str = "~",
    line_breaks: bool = False,
    encoding: str = "utf-8",
    at: datetime | None = None,
) -> bytes:
    """Units as X12; neighbours with equal `interchange` and `group` trees share one envelope.

    Component and repetition separators default to those of the unit's ISA16 and ISA11. Control
    numbers, dates (`at`, else now) and names that the trees lack are filled in; counts are always
    counted.
    """
    options = _Options(
        element, component, repetition, terminator, encoding, at or datetime.now(UTC)
    )
    end = terminator + ("\n" if line_breaks else "")
    parts = groupby(units, key=lambda unit: unit.get("interchange", {}))
    texts = (
        text + end
        for number, (header, members) in enumerate(parts, 1)
        for text in _Interchange(header, number, options).texts(members)
    )
    return "".join(texts).encode(encoding)


class _Interchange:
    """One ISA to IEA."""

    def __init__(self, header: Segment, number: int, options: _Options) -> None:
        self._options = options
        self._header = self._completed(header, number)
        dialect = self._dialect()
        self._writer = ElementWriter(dialect, options.encoding)
        self._element = dialect.element

    def texts(self, units: Iterable[Tree]) -> Iterator[str]:
        """Every segment, without terminators."""
        groups = 0
        yield self._isa()
        for header, members in groupby(units, key=_group_key):
            if header is None:
                yield from (self._writer.text("TA1", unit["TA1"][0]) for unit in members)
            else:
                groups += 1
                yield from self._group(header, groups, list(members))
        number = self._header["ISA13"]
        yield self._writer.text("IEA", {"IEA01": str(groups), "IEA02": number})

    def _completed(self, header: Segment, number: int) -> Segment:
        options = self._options
        version = header.get("ISA12", _VERSION)
        repetition = "^" if version >= _REPEATS_SINCE else "U"
        filled = {
            "ISA01": "00",
            "ISA03": "00",
            "ISA05": "ZZ",
            "ISA07": "ZZ",
            "ISA09": f"{options.at:%y%m%d}",
            "ISA10": f"{options.at:%H%M}",
            "ISA11": repetition,
            "ISA12": version,
            "ISA13": str(number),
            "ISA14": "0",
            "ISA15": "P",
            "ISA16": ">",
        } | header
        filled["ISA11"] = options.repetition or filled["ISA11"]
        filled["ISA16"] = options.component or filled["ISA16"]
        return filled | {"ISA13": filled["ISA13"].zfill(9)}

    def _dialect(self) -> Dialect:
        options, header = self._options, self._header
        repeats = header["ISA12"] >= _REPEATS_SINCE and not header["ISA11"].isalnum()
        repetition = header["ISA11"] if repeats else ""
        dialect = Dialect(options.element, header["ISA16"], repetition, options.terminator)
        marks = dialect.separators
        single = len(marks) == 3 + len(repetition) and len(set(marks)) == len(marks)
        if not single or any(mark.isalnum() or mark == " " for mark in marks):
            text = f"'{marks[:40]}' cannot serve as separators; give different single characters"
            raise CodecError("bad_separators", text)
        return dialect

    def _isa(self) -> str:
        fields = []
        for at, width in enumerate(_WIDTHS, 1):
            name = f"ISA{at:02}"
            value = self._header.get(name, "")
            if len(value) > width or self._element in value or self._options.terminator in value:
                text = f"{name} does not fit {width} characters or contains a separator; change it"
                raise CodecError("bad_element", text, segment=name)
            fields.append(value.ljust(width))
        return self._element.join(("ISA", *fields))

    def _group(self, header: Segment, number: int, units: list[Tree]) -> Iterator[str]:
        options, isa = self._options, self._header
        filled = {
            "GS01": _GROUPS.get(units[0].get("type", ""), ""),
            "GS02": isa.get("ISA06", ""),
            "GS03": isa.get("ISA08", ""),
            "GS04": f"{options.at:%Y%m%d}",
            "GS05": f"{options.at:%H%M}",
            "GS06": str(number),
            "GS07": "X",
            "GS08": f"{isa['ISA12']}0",
        } | header
        yield self._writer.text("GS", {name: value for name, value in filled.items() if value})
        for order, unit in enumerate(units, 1):
            yield from self._set(unit, order)
        yield self._writer.text("GE", {"GE01": str(len(units)), "GE02": filled["GS06"]})

    def _set(self, unit: Tree, order: int) -> Iterator[str]:
        kind = unit.get("type", "")
        if kind not in known_types("x12"):
            known = ", ".join(sorted(known_types("x12")))
            text = f"the order of segments in a set {kind[:40]} is not known; known are {known}"
            raise CodecError("unknown_type", text, segment="ST")
        header = {"ST01": kind, "ST02": f"{order:04}"} | (unit.get("ST") or [{}])[0]
        yield self._writer.text("ST", header)
        count = 2
        sequencer = Sequencer(outline_of("x12", kind), _FRAME)
        for tag, segment in sequencer.segments(levels_numbered(unit)):
            yield self._writer.text(tag, segment)
            count += 1
        stated = agreed_count(unit, "SE", "SE01", count)
        yield self._writer.text("SE", {"SE01": stated, "SE02": header["ST02"]})


def _group_key(unit: Tree) -> Segment | None:
    """Sets are kept together by their group; an interchange acknowledgement stands in none."""
    return None if unit.get("type") == "TA1" else unit.get("group", {})
