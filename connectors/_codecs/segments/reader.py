"""From batches of segments to units: the loop that every X12 and EDIFACT segment goes through."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import BinaryIO, ClassVar, TypeAlias

from connectors._codecs.limits import Decoded, Limits, Tree
from connectors._codecs.segments import Segment, Unit
from connectors._codecs.segments.envelope_levels import short
from connectors._codecs.segments.envelopes import Envelopes
from connectors._codecs.segments.source import Batch, SegmentSource, Syntax
from connectors._codecs.segments.text import Charset, chunks_of
from connectors.errors import CodecError

MOST_ELEMENTS = 99
_MOST_TAGS = 2000

Names: TypeAlias = tuple[str, ...]
Parse: TypeAlias = Callable[[Names, str], Segment | None]


class SegmentReader(ABC):
    """Reads one input; a subclass brings a format's syntax, envelopes and element names."""

    syntax: ClassVar[Syntax]
    tag_form: ClassVar[re.Pattern[str]]
    names: ClassVar[dict[str, Names]]
    envelope_names: ClassVar[dict[str, Names]]

    def __init__(self, source: bytes | BinaryIO, limits: Limits, envelopes: Envelopes) -> None:
        if isinstance(source, bytes) and len(source) > limits.max_bytes:
            size = len(source)
            raise CodecError(
                "too_large", f"{size} bytes, at most {limits.max_bytes}; split the file"
            )
        self.charset = Charset()
        self._limits = limits
        self.read = 0
        self._held = 0
        self._envelopes = envelopes
        self._source = SegmentSource(chunks_of(source, self.charset), self.syntax, limits)

    @abstractmethod
    def parser(self, batch: Batch) -> Parse:
        """Reads the elements of the batch's segments; none for more than the syntax allows."""

    def decoded(self) -> Decoded:
        """The whole input."""
        units: list[Tree] = list(self.units(streaming=False))
        notices = [notice for unit in units for notice in unit.notices]
        return Decoded(units, self.charset.used, notices + self._envelopes.notices)

    def streamed(self) -> Iterator[Unit]:
        """Unit by unit, in constant memory; an input that holds faults but no unit is an error."""
        unit: Unit | None = None
        for unit in self.units(streaming=True):
            yield unit
        for notice in self._envelopes.notices:
            if notice.severity == "error" and unit is None:
                raise CodecError(notice.code, notice.message, hint=notice.where or None)

    def units(self, *, streaming: bool) -> Iterator[Unit]:
        """Each unit with the notices that concern it; a trailer may still add some to the last."""
        waiting: Unit | None = None
        for ordinal, unit in enumerate(self._all(streaming), 1):
            if self._envelopes.notices:
                self._hand_out(ordinal, unit, waiting or unit)
            if waiting is not None:
                yield waiting
            waiting = unit
        if waiting is not None:
            self._hand_out(0, waiting, waiting)
            yield waiting

    def _hand_out(self, ordinal: int, unit: Unit, before: Unit) -> None:
        """A unit's notices to it, those of one that has only begun to none, others to the last."""
        name, later = self._envelopes.unit.name, []
        for notice in self._envelopes.notices:
            if notice.where.startswith(f"{name} {ordinal},"):
                unit.notices.append(notice)
            elif ordinal and notice.where.startswith(f"{name} {ordinal + 1},"):
                later.append(notice)
            else:
                before.notices.append(notice)
        self._envelopes.notices[:] = later

    def _all(self, streaming: bool) -> Iterator[Unit]:
        for batch in self._source.batches():
            if batch.opens:
                self._tell_opening(batch)
            self._check_size(batch.pieces)
            for unit in self._read(batch):
                if streaming:
                    self._held = 0
                yield unit
            if not batch.terminated:
                text = "the last segment has no terminator; the input may be cut"
                self._envelopes.tell("missing_terminator", text, "warning")
        last = self._envelopes.end()
        if last is not None:
            yield last

    def _read(self, batch: Batch) -> Iterator[Unit]:
        envelopes, element, known = self._envelopes, batch.header.dialect.element, self.names
        parse, add, first = self.parser(batch), envelopes.add, self.read + 1
        for number, text in enumerate(batch.segments, first):
            tag, _, rest = text.partition(element)
            names = known.get(tag)
            if names is None:
                unit = self._special(tag, rest, number, parse)
                add = envelopes.add
                if unit is not None:
                    yield unit
            else:
                segment = parse(names, rest)
                if segment is None:
                    self._refuse(tag, number)
                else:
                    add(tag, segment)
        self.read += len(batch.segments)

    def _special(self, tag: str, rest: str, number: int, parse: Parse) -> Unit | None:
        """A segment of the envelopes, of a tag not met before, or of none."""
        handler = self._envelopes.handlers.get(tag)
        names = self.envelope_names.get(tag) or self._learn(tag, ordinary=handler is None)
        segment = parse(names, rest) if names else None
        if segment is None:
            self._refuse(tag, number)
        elif handler is None:
            self._envelopes.add(tag, segment)
        else:
            self._envelopes.number = number
            return handler(segment)
        return None

    def _learn(self, tag: str, *, ordinary: bool) -> Names | None:
        """The element names `BIG01` to `BIG99` of a tag not met before; none when it is no tag."""
        if not self.tag_form.fullmatch(tag):
            return None
        known = self.names if ordinary else self.envelope_names
        if len(known) >= _MOST_TAGS:
            known.clear()
        known[tag] = tuple(f"{tag}{number:02}" for number in range(1, MOST_ELEMENTS + 1))
        return known[tag]

    def _check_size(self, pieces: int) -> None:
        self._held += pieces
        if self._held > self._limits.max_items:
            limit = self._limits.max_items
            raise CodecError("too_large", f"more than {limit} segments; split the file")

    def _refuse(self, tag: str, number: int) -> None:
        envelopes = self._envelopes
        where = envelopes.place(envelopes.unit, number, short(tag))
        text = f"'{short(tag)}' is no segment of this format (its tag or its size); not read"
        envelopes.faults.add("bad_segment", text, where)

    def _tell_opening(self, batch: Batch) -> None:
        skipped, self._source.skipped = self._source.skipped, ""
        if skipped:
            text = f"'{short(skipped)}' stands before the interchange; it was passed over"
            self._envelopes.tell("leading_text", text, "warning")
        if not batch.header.enveloped:
            text = "the interchange envelope is missing; separators were guessed, ask for all of it"
            self._envelopes.tell("no_interchange", text, "warning")
