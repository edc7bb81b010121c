"""Nested envelopes (interchange, group, unit), the frame that X12 and EDIFACT share.

What disagrees, is missing or stands outside becomes a notice, and reading goes on. A notice says
where by `set 2, segment 17 (SE)`: ordinals in the input, first of the unit, then of the segment.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ClassVar, Literal

from connectors._codecs.limits import Limits, Notice
from connectors._codecs.segments import Assembler, Segment, Unit
from connectors._codecs.segments.envelope_levels import (
    MOST_FAULTS,
    Faults,
    Level,
    Open,
    disagreements,
    short,
)
from connectors._codecs.segments.outline import outline_of
from connectors.errors import CodecError

Handler = Callable[[Segment], Unit | None]
Severity = Literal["error", "warning", "info"]


class Envelopes(ABC):
    """Follows headers and trailers, builds a unit between its two, and compares what they state."""

    kind: ClassVar[str]
    interchange: ClassVar[Level]
    group: ClassVar[Level]
    unit: ClassVar[Level]

    def __init__(self, limits: Limits) -> None:
        self.notices: list[Notice] = []
        self.faults = Faults()
        self.number = 0
        self.add: Callable[[str, Segment], None] = self._outside
        self.handlers: dict[str, Handler] = {
            self.interchange.header: self._open_interchange,
            self.interchange.trailer: self._close_interchange,
            self.group.header: self._open_group,
            self.group.trailer: self._close_group,
            self.unit.header: self._open_unit,
            self.unit.trailer: self._close_unit,
        }
        self._max_depth = limits.max_depth
        self._opened: dict[str, Open] = {}
        self._ordinals = {level.name: 0 for level in (self.interchange, self.group, self.unit)}
        self._unit = Unit()
        self._assembler: Assembler | None = None

    @abstractmethod
    def unit_frame(self, header: Segment) -> Unit:
        """A unit with what it says of itself, before its first segment."""

    def end(self) -> Unit | None:
        """The input has ended: close what is still open, and answer the unit among it."""
        unit = self._abandon(self.unit, self.group, self.interchange)
        self.notices += self.faults.drain()
        return unit

    def tell(self, code: str, message: str, severity: Severity, where: str = "") -> None:
        """Note something that was read past; an input of little else than faults is refused."""
        if len(self.notices) >= MOST_FAULTS:
            text = f"more than {MOST_FAULTS} faults; is this file of this format?"
            raise CodecError("too_many_faults", text, record=self.number)
        self.notices.append(Notice(code, message, severity, where))

    def tree_of(self, level: Level) -> Segment | None:
        """The header of the envelope that is open on this level."""
        opened = self._opened.get(level.name)
        return opened.tree if opened else None

    def place(self, level: Level, number: int, tag: str) -> str:
        """Where a segment stands, in words."""
        opened = self._opened.get(level.name)
        return opened.where(number, tag) if opened else f"segment {number} ({tag})"

    def _open_interchange(self, header: Segment) -> Unit | None:
        unit = self._abandon(self.unit, self.group, self.interchange)
        self._begin(self.interchange, header)
        return unit

    def _open_group(self, header: Segment) -> Unit | None:
        unit = self._abandon(self.unit, self.group)
        self._begin(self.group, header)
        self._count_part(self.interchange)
        return unit

    def _open_unit(self, header: Segment) -> Unit | None:
        unit = self._abandon(self.unit)
        opened = self._begin(self.unit, header)
        self._count_part(self.group if self.group.name in self._opened else self.interchange)
        opened.ordinal = self.count_unit()
        self._unit = self.unit_frame(header)
        self._unit[self.unit.header] = [header]
        outline = outline_of(self.kind, str(self._unit["type"]))
        self._assembler = Assembler(self._unit, outline, self._max_depth)
        self.add = self._assembler.add
        if not outline.known:
            text = f"no outline for {short(self._unit['type'])}; its segments are kept flat"
            self.tell("unknown_type", text, "info", opened.where(self.number, self.unit.header))
        return unit

    def _close_unit(self, trailer: Segment) -> Unit | None:
        opened = self._opened.get(self.unit.name)
        if opened is None:
            self._lonely(self.unit)
            return None
        opened.parts = self.number - opened.number + 1
        self._compare(opened, trailer)
        return self._finished_unit(trailer)

    def _close_group(self, trailer: Segment) -> Unit | None:
        unit = self._abandon(self.unit)
        self._close(self.group, trailer)
        return unit

    def _close_interchange(self, trailer: Segment) -> Unit | None:
        unit = self._abandon(self.unit, self.group)
        self._close(self.interchange, trailer)
        return unit

    def _begin(self, level: Level, header: Segment) -> Open:
        if self.faults:
            self.notices += self.faults.drain()
        opened = self._opened[level.name] = Open(level, header, self.number)
        return opened

    def _close(self, level: Level, trailer: Segment) -> None:
        opened = self._opened.get(level.name)
        if opened is None:
            self._lonely(level)
            return
        self._compare(opened, trailer)
        if self.faults:
            self.notices += self.faults.drain()
        del self._opened[level.name]

    def _compare(self, opened: Open, trailer: Segment) -> None:
        for code, message in disagreements(opened, trailer):
            self.tell(code, message, "error", opened.where(self.number, opened.level.trailer))

    def _lonely(self, level: Level) -> None:
        text = f"{level.trailer} without {level.header}; the input may lack its beginning"
        self.tell("unexpected_trailer", text, "error", f"segment {self.number} ({level.trailer})")

    def _abandon(self, *levels: Level) -> Unit | None:
        """Close the levels that are still open though something that ends them has come."""
        unit: Unit | None = None
        for level in levels:
            opened = self._opened.get(level.name)
            if opened is None:
                continue
            text = f"{level.trailer} is missing, the {level.name} may be cut; ask for all of it"
            where = opened.where(self.number, level.header)
            self.tell("missing_trailer", text, "error", where)
            if level is self.unit:
                unit = self._finished_unit(None)
            self._opened.pop(level.name, None)
        return unit

    def _finished_unit(self, trailer: Segment | None) -> Unit:
        opened = self._opened.pop(self.unit.name)
        if trailer is not None:
            self._unit[self.unit.trailer] = [trailer]
        if self.faults:
            self.notices += self.faults.drain()
        assembler = self._assembler
        if assembler is not None and (assembler.strays or assembler.orphans):
            self._tell_oddities(assembler, opened.where(opened.number, self.unit.header))
        self.add = self._outside
        return self._unit

    def _tell_oddities(self, assembler: Assembler, where: str) -> None:
        if assembler.strays and assembler.outline.known:
            tags = short(", ".join(assembler.strays))
            text = f"no place in the outline for {tags}; kept at the root"
            self.tell("unknown_segment", text, "info", where)
        if assembler.orphans:
            parents = short(", ".join(assembler.orphans))
            text = f"HL02 names no HL before it: {parents}; kept at the root"
            self.tell("unknown_parent", text, "warning", where)

    def _count_part(self, level: Level) -> None:
        if level.name in self._opened:
            self._opened[level.name].parts += 1

    def count_unit(self) -> int:
        """The ordinal of one more unit; what holds it gets its own with its first unit."""
        for level in (self.interchange, self.group):
            opened = self._opened.get(level.name)
            if opened is not None and not opened.ordinal:
                self._ordinals[level.name] += 1
                opened.ordinal = self._ordinals[level.name]
        self._ordinals[self.unit.name] += 1
        return self._ordinals[self.unit.name]

    def _outside(self, tag: str, _: Segment) -> None:
        text = f"{tag} stands outside any {self.unit.name} and was not read; was a header lost?"
        self.faults.add("outside", text, f"after segment {self.number}")
