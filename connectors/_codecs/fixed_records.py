"""Records of a fixed width: cut out of text, cut into named fields, and put together again.

Standards give a field's first and last position, counted from 1; so do the layouts here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from operator import itemgetter

from connectors.errors import CodecError

_BLANK_LINES = re.compile(r"\n{2,}+")
_NOTHING = " \t\x1a\0"
"""Padding between and after records; \x1a ends a file on old systems."""


class Layout:
    """The named fields of one kind of record."""

    def __init__(self, width: int, *fields: tuple[str, int, int]) -> None:
        for (_, _, end), (name, start, _) in pairwise(fields):
            if start <= end:
                raise ValueError(f"field {name} overlaps the one before it")
        self.width = width
        self.fields = fields
        self.names = tuple(name for name, _, _ in fields)
        self._cut = itemgetter(*(slice(start - 1, end) for _, start, end in fields))

    def read(self, record: str) -> dict[str, str]:
        """The fields of a record, without their padding; blank ones are left out."""
        texts = map(str.strip, self._cut(record))
        return {name: text for name, text in zip(self.names, texts, strict=True) if text}

    def write(
        self, values: Mapping[str, str], numeric: frozenset[str] = frozenset(), start: str = ""
    ) -> str:
        """A record that begins with `start`: text to the left, the `numeric` ones zero-filled."""
        record = list(start.ljust(self.width))
        for name, first, last in self.fields:
            size = last - first + 1
            text = str(values.get(name, ""))
            if len(text) > size or not text.isprintable():
                fits = f"give at most {size} printable characters"
                raise CodecError("bad_value", f"{name} does not fit its field; {fits}")
            record[first - 1 : last] = (
                text.rjust(size, "0") if name in numeric else text.ljust(size)
            )
        return "".join(record)


def cut_records(blocks: Iterable[str], width: int) -> Iterator[str]:
    """Non-blank records, filled up with spaces, of text with line ends or with none."""
    rest = ""
    for block in blocks:
        if "\n\n" in block:
            block = _BLANK_LINES.sub("\n", block)
        *lines, rest = (rest + block).split("\n")
        for line in lines:
            if len(line) == width:
                yield line
            elif line:
                yield from _cut(line, width)
        # With no line ends in sight records are taken off as they come.
        whole = (len(rest) - 1) // width * width
        if whole > 0:
            yield from _cut(rest[:whole], width)
            rest = rest[whole:]
    if rest:
        yield from _cut(rest, width)


def _cut(line: str, width: int) -> Iterator[str]:
    if not line.strip(_NOTHING):
        return
    for start in range(0, len(line), width):
        piece = line[start : start + width]
        if piece.strip(_NOTHING):
            yield piece.ljust(width)
