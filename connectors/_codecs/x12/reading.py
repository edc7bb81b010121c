"""Reads X12: element names, composites and repetitions, and the envelopes ISA, GS, ST."""

from __future__ import annotations

import re
from typing import BinaryIO, ClassVar

from connectors._codecs.limits import Limits
from connectors._codecs.segments import Segment, Unit
from connectors._codecs.segments.envelope_levels import Level
from connectors._codecs.segments.envelopes import Envelopes
from connectors._codecs.segments.reader import MOST_ELEMENTS, Names, Parse, SegmentReader
from connectors._codecs.segments.source import Batch, Dialect
from connectors._codecs.segments.text import Charset
from connectors._codecs.x12.syntax import X12Syntax
from connectors.errors import CodecError

MOST_REPEATS = 1000
_NEVER = "\uffff"
_TAG = re.compile(r"[A-Z][A-Z0-9]{1,2}")


class X12Envelopes(Envelopes):
    """ISA to IEA, GS to GE, ST to SE; a TA1 stands between ISA and the groups."""

    kind = "x12"
    interchange = Level("interchange", "groups", "ISA", "IEA", "IEA01", "IEA02", "ISA13")
    group = Level("group", "sets", "GS", "GE", "GE01", "GE02", "GS06")
    unit = Level("set", "segments", "ST", "SE", "SE01", "SE02", "ST02")

    def __init__(self, limits: Limits) -> None:
        super().__init__(limits)
        self.handlers["TA1"] = self._interchange_acknowledgement

    def unit_frame(self, header: Segment) -> Unit:
        """The type from ST01, and the headers around the set."""
        return self._frame(header.get("ST01", ""))

    def _frame(self, kind: str) -> Unit:
        unit = Unit({"type": kind})
        for level in (self.interchange, self.group):
            tree = self.tree_of(level)
            if tree is not None:
                unit[level.name] = tree
        return unit

    def _open_interchange(self, header: Segment) -> Unit | None:
        # X12.5: ISA elements have fixed widths, so their blanks are padding
        kept = {name: text for name, value in header.items() if (text := str(value).strip(" "))}
        return super()._open_interchange(kept)

    def _interchange_acknowledgement(self, segment: Segment) -> Unit | None:
        if self.unit.name in self._opened:
            self.add("TA1", segment)
            return None
        self.count_unit()
        unit = self._frame("TA1")
        unit["TA1"] = [segment]
        return unit


class X12Reader(SegmentReader):
    """Reads one X12 input."""

    syntax = X12Syntax()
    tag_form = _TAG
    names: ClassVar[dict[str, Names]] = {}
    envelope_names: ClassVar[dict[str, Names]] = {}

    @classmethod
    def of(cls, source: bytes | BinaryIO, limits: Limits) -> X12Reader:
        """A reader of these bytes or this stream."""
        return cls(source, limits, X12Envelopes(limits))

    def parser(self, batch: Batch) -> Parse:
        """A quick reader where the batch has plain elements only, else one that looks at each."""
        dialect = batch.header.dialect
        plain = _plain_parser(dialect.element)
        # the ISA itself names the separators and is padded
        body = (
            batch.body[len(batch.segments[0]) :] if batch.opens and batch.segments else batch.body
        )
        careful = (
            not body.isascii()
            or (dialect.component and dialect.component in body)
            or (dialect.repetition and dialect.repetition in body)
            or " " + dialect.element in body
            or " " + dialect.terminator in body
        )
        return _careful_parser(dialect, plain, self.charset) if careful else plain


def _plain_parser(element: str) -> Parse:
    def parse(names: Names, rest: str) -> Segment | None:
        values = rest.split(element, MOST_ELEMENTS)
        if len(values) > MOST_ELEMENTS:
            return None
        if "" in values:
            return {name: value for name, value in zip(names, values) if value}  # noqa: B905
        # spelling out strict=False would cost a third of this line, which every segment takes
        return dict(zip(names, values))  # noqa: B905

    return parse


def _careful_parser(dialect: Dialect, plain: Parse, charset: Charset) -> Parse:
    element, repetition, component = dialect.element, dialect.repetition, dialect.component
    first_mark, second_mark, padding = component or _NEVER, repetition or _NEVER, " " + element

    def parse(names: Names, rest: str) -> Segment | None:
        marked = first_mark in rest or second_mark in rest or padding in rest
        if not marked and rest.isascii() and rest[-1:] != " ":
            return plain(names, rest)
        values = rest.split(element, MOST_ELEMENTS)
        if len(values) > MOST_ELEMENTS:
            return None
        tree: Segment = {}
        for name, raw in zip(names, values, strict=False):
            value = raw.rstrip(" ")
            if value:
                text = value if value.isascii() else charset.repair(value)
                tree.update(element_parts(name, text, component, repetition))
        return tree

    return parse


def element_parts(name: str, value: str, component: str, repetition: str) -> Segment:
    """One element under its name, with its repetitions and the components of the first of them."""
    tree: Segment = {name: value}
    if repetition and repetition in value:
        if value.count(repetition) > MOST_REPEATS:
            raise CodecError(
                "too_large", f"{name} repeats more than {MOST_REPEATS} times; split it"
            )
        repeats = [one for one in value.split(repetition) if one]
        if repeats:
            tree[name] = value = repeats[0]
        if len(repeats) > 1:
            tree[f"{name}_all"] = repeats
    if component and component in value:
        parts = enumerate(value.split(component, MOST_ELEMENTS)[:MOST_ELEMENTS], 1)
        tree.update((f"{name}{number:02}", part) for number, part in parts if part)
    return tree
