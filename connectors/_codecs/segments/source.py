"""Segments out of any stream: finds headers, follows their separators, cuts at terminators.

A batch never spans two interchanges, as each may bring separators of its own. Line breaks that are
no separator are noise (files wrapped at 80 columns), and so are blanks before a tag.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from connectors._codecs.limits import Limits
from connectors.errors import CodecError

HEAD = 4096
_STEP = 1 << 16
_TRIES = 1000
_LONGEST_MARK = 3
_SHELTER = 0xE000
_BACK = {_SHELTER + code: code for code in range(256)}
_BLANK = " \t\r\n\0\x1a"


@dataclass(frozen=True, slots=True)
class Dialect:
    """The separators of one interchange; one that is not in use is the empty string."""

    element: str
    component: str
    repetition: str
    terminator: str
    release: str = ""
    decimal: str = "."
    reserved: str = ""

    @property
    def separators(self) -> str:
        """Every character that means something, in one text."""
        return self.element + self.component + self.repetition + self.terminator + self.release


@dataclass(frozen=True, slots=True)
class Header:
    """Where an interchange begins, where its first segment does, and what separates segments."""

    dialect: Dialect
    start: int = 0
    begin: int = 0
    enveloped: bool = True


@dataclass(frozen=True, slots=True)
class Batch:
    """Whole segments, in order; `body` is their text, `pieces` counts the empty ones too."""

    header: Header
    opens: bool
    segments: list[str]
    body: str
    terminated: bool
    pieces: int


class Syntax(Protocol):
    """What a format tells the source about its interchange headers."""

    @property
    def marks(self) -> tuple[str, ...]:
        """The tags that an interchange can begin with."""

    def first(self, text: str) -> Header:
        """The first header of an input, wherever it lies; `CodecError` when there is none."""

    def header(self, text: str, at: int) -> Header | None:
        """The header that begins at this place of the text; its `start` counts from there."""


class SegmentSource:
    """Cuts chunks of text into batches of segments; `skipped` is what stood before the first."""

    def __init__(self, chunks: Iterator[str], syntax: Syntax, limits: Limits) -> None:
        self.skipped = ""
        self._chunks = chunks
        self._syntax = syntax
        self._limits = limits
        self._buffer = ""
        self._scanned = 0
        self._ended = False

    def batches(self) -> Iterator[Batch]:
        """All segments of the input, interchange by interchange."""
        self._fill(HEAD)
        header = self._syntax.first(self._buffer)
        self.skipped = self._buffer[: header.begin].strip(_BLANK)
        opens, end = True, header.start
        while self._drop(end):
            end, following = self._extent(header.dialect, opens)
            if end:
                yield self._batch(header, opens, end)
                opens = False
            elif following is None:
                self._await_terminator()
            if following is not None:
                header, opens, end = following, True, end + following.start
                self._scanned = 0

    def _fill(self, wanted: int) -> None:
        """Read on until so many characters are at hand or the input has ended."""
        parts, size = [self._buffer], len(self._buffer)
        while size < wanted and not self._ended:
            chunk = next(self._chunks, None)
            self._ended = chunk is None
            parts.append(chunk or "")
            size += len(parts[-1])
        self._buffer = "".join(parts)

    def _drop(self, end: int) -> bool:
        """Forget what was read; false when nothing is left."""
        if end:
            self._buffer = self._buffer[end:]
            self._scanned = 0
        if not self._buffer and not self._ended:
            self._fill(_STEP)
        return bool(self._buffer)

    def _await_terminator(self) -> None:
        size = len(self._buffer)
        if size > self._limits.max_line:
            raise too_long(size)
        self._scanned = max(0, size - HEAD)
        self._fill(size + _STEP)

    def _extent(self, dialect: Dialect, opens: bool) -> tuple[int, Header | None]:
        """How much of the buffer is whole segments of this interchange, and what follows it.

        The buffer's end is left for later, as a header there may not be whole yet.
        """
        limit = len(self._buffer) if self._ended else len(self._buffer) - HEAD
        start = max(1 if opens else 0, self._scanned - _LONGEST_MARK)
        at, following = self._next_header(dialect.terminator, start, limit)
        if following is not None:
            return at, following
        return (limit if self._ended else self._cut(dialect, limit)), None

    def _cut(self, dialect: Dialect, at: int) -> int:
        """The end of the last whole segment; waiting for a better one costs memory, not truth."""
        for _ in range(_TRIES):
            at = self._buffer.rfind(dialect.terminator, self._scanned, at)
            if at < 0:
                return 0
            if not _is_released(self._buffer, at, dialect.release):
                return at + 1
        return 0

    def _next_header(self, terminator: str, start: int, end: int) -> tuple[int, Header | None]:
        """Where another interchange begins after a terminator, and its header."""
        nearest: tuple[int, Header | None] = (0, None)
        for mark in self._syntax.marks:
            found = self._header_at(mark, terminator, start, end)
            if found[1] is not None and (nearest[1] is None or found[0] < nearest[0]):
                nearest = found
        return nearest

    def _header_at(
        self, mark: str, terminator: str, start: int, end: int
    ) -> tuple[int, Header | None]:
        at = self._buffer.find(mark, start, end)
        while at >= 0:
            if self._begins_segment(at, terminator):
                header = self._syntax.header(self._buffer, at)
                if header is not None:
                    return at, header
            at = self._buffer.find(mark, at + 1, end)
        return 0, None

    def _begins_segment(self, at: int, terminator: str) -> bool:
        while at and self._buffer[at - 1] in _BLANK and self._buffer[at - 1] != terminator:
            at -= 1
        return not at or self._buffer[at - 1] == terminator

    def _batch(self, header: Header, opens: bool, end: int) -> Batch:
        body = self._buffer[:end]
        dialect = header.dialect
        for noise in "\r\n":
            if noise in body and noise not in dialect.separators:
                body = body.replace(noise, "")
        body = released(body, dialect)
        segments = body.split(dialect.terminator)
        pieces = len(segments)
        rest = segments.pop().strip(_BLANK)
        mark = dialect.terminator
        if mark + " " in body or mark + "\t" in body or body[:1] in " \t":
            segments = [segment.lstrip(_BLANK) for segment in segments]
        if "" in segments:
            segments = [segment for segment in segments if segment]
        if rest:
            segments.append(rest)
        self._check_lengths(segments, len(body))
        return Batch(header, opens, segments, body, not rest, pieces)

    def _check_lengths(self, segments: list[str], size: int) -> None:
        if size > self._limits.max_line:
            longest = max(map(len, segments), default=0)
            if longest > self._limits.max_line:
                raise too_long(longest)


def too_long(size: int) -> CodecError:
    """A segment beyond the limit."""
    return CodecError("too_large", f"a segment of {size} characters or more; check its terminator")


def released(body: str, dialect: Dialect) -> str:
    """The body with released characters (ISO 9735-1, 9.3) moved where no separator can be."""
    if dialect.release and dialect.release in body:
        # the release character itself first: pairs are read from the left
        for char in dialect.release + dialect.separators + dialect.reserved:
            body = body.replace(dialect.release + char, chr(_SHELTER + ord(char)))
    return body


def unsheltered(value: str) -> str:
    """The value with its released characters back."""
    return value.translate(_BACK)


def _is_released(text: str, at: int, release: str) -> bool:
    """Whether an odd number of release characters stands before the position."""
    if not release:
        return False
    start = at
    while start and text[start - 1] == release:
        start -= 1
    return (at - start) % 2 == 1
