"""Reads EDIFACT: element names, components and repetitions, and the envelopes UNB, UNG, UNH."""

from __future__ import annotations

import re
from typing import BinaryIO, ClassVar

from connectors._codecs.edifact.syntax import EdifactSyntax
from connectors._codecs.limits import Limits
from connectors._codecs.segments import Segment, Unit
from connectors._codecs.segments.envelope_levels import Level
from connectors._codecs.segments.envelopes import Envelopes
from connectors._codecs.segments.reader import MOST_ELEMENTS, Names, Parse, SegmentReader
from connectors._codecs.segments.source import Batch, Dialect, unsheltered
from connectors._codecs.segments.text import Charset

MOST_COMPONENTS = 40
MOST_REPEATS = 1000
_MOST_NAMES = 5000
_NEVER = "\uffff"
_BEYOND = ""
_TAG = re.compile(r"[A-Z][A-Z0-9]{2}")
_LEVEL = re.compile(r"UNB.(?P<level>UNO[A-Z])")
# ISO 9735 syntax levels and their character sets; A and B are parts of ASCII
CHARSETS = {
    "UNOC": "iso8859-1",
    "UNOD": "iso8859-2",
    "UNOE": "iso8859-5",
    "UNOF": "iso8859-7",
    "UNOG": "iso8859-3",
    "UNOH": "iso8859-4",
    "UNOI": "iso8859-6",
    "UNOJ": "iso8859-8",
    "UNOK": "iso8859-9",
    "UNOL": "iso8859-15",
    "UNOW": "utf-8",
    "UNOX": "iso2022_jp",
    "UNOY": "utf-8",
}


class EdifactEnvelopes(Envelopes):
    """UNB to UNZ, UNG to UNE, UNH to UNT; UNS+S parts a message's summary from its lines."""

    kind = "edifact"
    interchange = Level(
        "interchange", "groups or messages", "UNB", "UNZ", "UNZ0101", "UNZ0201", "UNB0501"
    )
    group = Level("group", "messages", "UNG", "UNE", "UNE0101", "UNE0201", "UNG0501")
    unit = Level("message", "segments", "UNH", "UNT", "UNT0101", "UNT0201", "UNH0101")

    def __init__(self, limits: Limits) -> None:
        super().__init__(limits)
        self.decimal = "."
        self.handlers["UNS"] = self._section

    def unit_frame(self, header: Segment) -> Unit:
        """Type, version, association and decimal mark, and the headers around the message."""
        version = header.get("UNH0202", "") + header.get("UNH0203", "")
        named = {"version": version, "association": header.get("UNH0205", "")}
        unit = Unit({"type": header.get("UNH0201", "")})
        unit.update((name, value) for name, value in named.items() if value)
        unit["decimal"] = self.decimal
        for level in (self.interchange, self.group):
            tree = self.tree_of(level)
            if tree is not None:
                unit[level.name] = tree
        return unit

    def _section(self, segment: Segment) -> Unit | None:
        if self._assembler is None or self.unit.name not in self._opened:
            self.add("UNS", segment)
            return None
        self._unit.setdefault("UNS", []).append(segment)
        if segment.get("UNS0101") == "S":
            self._assembler.open_summary()
        return None

    def _finished_unit(self, trailer: Segment | None) -> Unit:
        unit = super()._finished_unit(trailer)
        if not unit.get("summary", True):
            del unit["summary"]
        return unit


class ComponentNames(dict[str, Names]):
    """`NAD03` has the components `NAD0301` to `NAD0340`, then what is beyond the most we read."""

    def __missing__(self, element: str) -> Names:
        if len(self) >= _MOST_NAMES:
            self.clear()
        keys = (f"{element}{at:02}" for at in range(1, MOST_COMPONENTS + 1))
        self[element] = (*keys, _BEYOND)
        return self[element]


_COMPONENTS = ComponentNames()


class EdifactReader(SegmentReader):
    """Reads one EDIFACT input."""

    syntax = EdifactSyntax()
    tag_form = _TAG
    names: ClassVar[dict[str, Names]] = {}
    envelope_names: ClassVar[dict[str, Names]] = {}

    @classmethod
    def of(cls, source: bytes | BinaryIO, limits: Limits) -> EdifactReader:
        """A reader of these bytes or this stream."""
        return cls(source, limits, EdifactEnvelopes(limits))

    def parser(self, batch: Batch) -> Parse:
        """A quick reader where the batch has plain elements only, else one that looks at each."""
        dialect = batch.header.dialect
        if batch.opens:
            self._note_header(batch)
        if dialect.release and dialect.release in batch.body:
            self._tell_release(batch, dialect.release)
        plain = _plain_parser(dialect)
        marks = [" " + mark for mark in (dialect.element, dialect.component, dialect.terminator)]
        marks += [dialect.repetition] if dialect.repetition else []
        if batch.body.isascii() and not any(mark in batch.body for mark in marks):
            return plain
        return _CarefulParser(dialect, plain, self.charset)

    def _tell_release(self, batch: Batch, release: str) -> None:
        at = next(at for at, text in enumerate(batch.segments, self.read) if release in text)
        text = f"'{release}' before no service character; it was kept, the sender should double it"
        self._envelopes.tell("stray_release", text, "warning", f"segment {at + 1}")

    def _note_header(self, batch: Batch) -> None:
        if isinstance(self._envelopes, EdifactEnvelopes):
            self._envelopes.decimal = batch.header.dialect.decimal
        found = _LEVEL.match(batch.segments[0]) if batch.segments else None
        charset = CHARSETS.get(found["level"]) if found else None
        if charset:
            self.charset.declare(charset)


def _plain_parser(dialect: Dialect) -> Parse:
    element, component = dialect.element, dialect.component

    def parse(names: Names, rest: str) -> Segment | None:
        values = rest.split(element, MOST_ELEMENTS)
        if len(values) > MOST_ELEMENTS:
            return None
        tree: Segment = {}
        # spelling out strict=False would make each zip half as slow again
        for name, value in zip(names, values):  # noqa: B905
            if component not in value:
                if value:
                    tree[_COMPONENTS[name][0]] = value
                continue
            parts = value.split(component, MOST_COMPONENTS)
            for key, part in zip(_COMPONENTS[name], parts):  # noqa: B905
                if part:
                    tree[key] = part
        return None if _BEYOND in tree else tree

    return parse


class _CarefulParser:
    """Reads elements that may repeat, be padded, hold released characters or be no ASCII."""

    def __init__(self, dialect: Dialect, plain: Parse, charset: Charset) -> None:
        self._dialect = dialect
        self._plain = plain
        self._charset = charset
        self._repetition = dialect.repetition or _NEVER
        self._padding = (" " + dialect.element, " " + dialect.component)

    def __call__(self, names: Names, rest: str) -> Segment | None:
        first, second = self._padding
        padded = first in rest or second in rest or rest[-1:] == " "
        if not padded and self._repetition not in rest and rest.isascii():
            return self._plain(names, rest)
        values = rest.split(self._dialect.element, MOST_ELEMENTS)
        if len(values) > MOST_ELEMENTS:
            return None
        tree: Segment = {}
        for name, value in zip(names, values, strict=False):
            repeats = value.split(self._repetition, MOST_REPEATS)
            read = [one for one in (self._composite(name, one) for one in repeats) if one]
            tree.update(read[0] if read else {})
            if len(read) > 1:
                tree[f"{name}_all"] = read
            if len(repeats) > MOST_REPEATS:
                return None
        return None if _BEYOND in tree else tree

    def _composite(self, name: str, value: str) -> Segment:
        parts = map(self._restored, value.split(self._dialect.component, MOST_COMPONENTS))
        return {key: part for key, part in zip(_COMPONENTS[name], parts, strict=False) if part}

    def _restored(self, value: str) -> str:
        value = unsheltered(value).rstrip(" ")
        return value if value.isascii() else self._charset.repair(value)
