"""Physical lines to logical BAI2 records: continuations joined, terminators taken off."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from connectors._codecs.limits import Limits
from connectors.errors import CodecError

_PADDING = " \t\x00\x1a\ufeff"
_CODES = frozenset(("01", "02", "03", "16", "49", "88", "98", "99"))
_NEXT_ON_LINE = re.compile(r"/\s*(?=(?:01|02|03|16|49|88|98|99),)")
_LENGTH = re.compile(r"01,(?:[^,/]*,){5}(\d{1,5}),", re.ASCII)
_SHORTEST = 20
_WITH_TEXT = frozenset(("16", "88"))  # their texts may hold slashes


@dataclass(slots=True)
class Record:
    """One logical record: its fields, for 16 the lines of continuation, and where it stood.

    `lines` counts physical records, as the control records do.
    """

    code: str
    fields: list[str]
    line: int
    more: list[str] = field(default_factory=list)
    lines: int = 1
    stray: bool = False


class RecordReader:
    """Takes blocks of text that end at a line end and hands out the records complete by then."""

    def __init__(self, limits: Limits) -> None:
        self._left = limits.max_items
        self._line = 0
        self._open: Record | None = None

    def feed(self, text: str) -> list[Record]:
        """The first block must begin with a line end, which then counts for nothing."""
        done: list[Record] = []
        number = self._line
        self._left -= text.count("\n")
        if self._left < 0:
            raise CodecError("too_large", "too many records; split the file", line=number)
        for raw in text.split("\n")[1:]:
            number += 1
            line = raw.strip(_PADDING)
            if number == 1 or ("/" in line[:-1] and line[:2] not in _WITH_TEXT):
                for piece in _several(raw):
                    self._take(piece, number, done)
            elif line:
                self._take(line, number, done)
        self._line = number
        return done

    def finish(self) -> list[Record]:
        """The last record."""
        return [self._open] if self._open is not None else []

    def _take(self, line: str, number: int, done: list[Record]) -> None:
        code = line[:2]
        known = code in _CODES and line[2:3] in ",/"
        if known and code != "88":
            if self._open is not None:
                done.append(self._open)
            # Text of a 16 comes last and may hold commas: the reader puts it together again.
            self._open = Record(code, line.removesuffix("/").split(","), number)
        elif self._open is not None:
            _continue(self._open, line[3:] if known else line, stray=not known)
        else:
            self._open = Record("", [line], number, stray=True)


def _continue(record: Record, rest: str, *, stray: bool) -> None:
    record.lines += 1
    record.stray = record.stray or stray
    rest = rest.removesuffix("/")
    if record.code == "16":
        record.more.append(rest)
    else:
        record.fields.extend(rest.split(","))


def _several(raw: str) -> list[str]:
    """The records of one line: cut by length, or behind a terminator."""
    pieces = [part for piece in _fixed(raw) for part in _NEXT_ON_LINE.split(piece)]
    return [line for piece in pieces if (line := piece.strip(_PADDING))]


def _fixed(line: str) -> list[str]:
    """Padded records without line ends, of the length that record 01 states."""
    found = _LENGTH.match(line)
    width = int(found[1]) if found else 0
    if width < _SHORTEST or len(line) <= width:
        return [line]
    pieces = [line[at : at + width] for at in range(0, len(line), width)]
    return pieces if all(p[:2] in _CODES or p.isspace() for p in pieces) else [line]
