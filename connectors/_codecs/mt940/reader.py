"""From text to parts: finds the fields, and where one statement ends and the next begins."""

from __future__ import annotations

import re

from connectors._codecs.limits import Limits, Part
from connectors._codecs.mt940.handlers import HANDLERS
from connectors._codecs.mt940.statement import Statement
from connectors._codecs.notice_log import NoticeLog
from connectors.errors import CodecError

_END = re.compile(
    r"\n-(?:\}|XXX|[ \t]*(?=\n|\Z))"  # a line of its own
    r"|-\}(?=\s*(?:[{$]|\Z))"  # behind the last field
    r"|\n(?=\{[1-5]:)"  # the next message's blocks, without an end before them
)
_INDENTED = re.compile(r"^[ \t]+(?=:(?:\d\d[A-Z]?|NS):|-[ \t]*$|-\})", re.MULTILINE)
_CONTROLS = "\x00\x01\x02\x03\x04\x1a"  # framing of old transmissions
_MINUTE_TAGS = frozenset(("20", "21", "25", "28"))
_MAY_BEGIN = frozenset(
    ("20", "21", "25", "25P", "28", "28C", "60", "60F", "60M", "34F", "13", "13D")
)
_OPENINGS = frozenset(("60", "60F", "60M"))
_ONE_LINE_ENDS = frozenset(("62", "62F", "62M", "64", "65", "90C", "90D"))
_MINUTES = re.compile(r"[0-5]\d(?!\d)", re.ASCII)
_HOURS = re.compile(r"(?:^|[T ])[0-2]\d\Z", re.ASCII | re.MULTILINE)
_LONGEST_HEADER = 4096


class Reader:
    """Takes text in blocks that begin at a field; `parts` fills up with what is complete."""

    def __init__(self, limits: Limits) -> None:
        self.parts: list[Part] = []
        self._log = NoticeLog()
        self._items_left = limits.max_items
        self._line = 0
        self._tag = ""
        self._value = ""
        self._more: list[str] = []
        self._at = 0
        self._header = ""
        self._statement: Statement | None = None

    def feed(self, text: str) -> None:
        """The first block must begin with a line end, which then counts for nothing."""
        self._items_left -= text.count("\n:")
        if self._items_left < 0:
            raise CodecError("too_large", "too many fields; split the file", line=self._line)
        first, *pieces = _cleaned(text).split("\n:")
        self._more.append(first)
        line = self._line + first.count("\n")
        flush = self._flush
        for piece in pieces:
            line += 1
            tag, colon, value = piece.partition(":")
            if tag not in HANDLERS or not colon or (tag in _MINUTE_TAGS and self._is_time(value)):
                self._more += "\n:", piece
            else:
                flush()
                self._tag, self._value, self._at = tag, value, line
            if "\n" in piece:
                line += piece.count("\n")
        self._line = line

    def finish(self) -> None:
        """The input is over; raises when there was no statement in it."""
        self._flush()
        if self._statement is None:
            raise CodecError(
                "not_mt940",
                "no field :20:, :25: or :61: at the start of any line; a file in MT940 or MT942"
                " is needed",
            )
        self._statement.finish()

    def _flush(self) -> None:
        """Hands the field that is complete now to its statement."""
        tag, value, tail = self._tag, self._value, ""
        if self._more:
            value += "".join(self._more)
            self._more.clear()
        if not tag:
            self._header = value
            return
        if "\n" in value or value.endswith(("}", "$")):
            value, tail = _cut_end(tag, value)
        statement = self._statement
        if statement is None or (tag in _MAY_BEGIN and self._begins(statement, tag)):
            statement = self._begin(tag, self._at)
        HANDLERS[tag](statement, value, self._at)
        if tail:
            self._header = tail

    def _begins(self, statement: Statement, tag: str) -> bool:
        """A field 20 always does; another field of the head once the statement is over."""
        if tag == "20":
            return True
        if tag in _OPENINGS and "opening" in statement.head:
            return True
        return self._header != "" or (statement.closed and tag == "25")

    def _begin(self, tag: str, line: int) -> Statement:
        before = self._statement
        if before is not None:
            before.finish()
        same = before is not None and tag in _OPENINGS and not self._header
        statement = (
            before.next_page(line) if before and same else Statement(self.parts, self._log, line)
        )
        if self._header and not self._header.isspace():
            statement.read_header(self._header[-_LONGEST_HEADER:])
        self._header = ""
        self._statement = statement
        return statement

    def _is_time(self, value: str) -> bool:
        """`... 12-09-2014T16` and `:26:37` on the next line: a time of day cut by the line end."""
        if self._tag != "86" or self._statement is None or self._statement.closed:
            return False
        return bool(_MINUTES.match(value)) and bool(
            _HOURS.search((self._more or [self._value])[-1][-4:])
        )


def _cut_end(tag: str, value: str) -> tuple[str, str]:
    """Splits off what ends the message and what introduces the next one."""
    if "\n-" in value or "-}" in value or "\n{" in value:
        found = _END.search(value)
        if found:
            return value[: found.start()], value[found.end() :] or "\n"
    if tag in _ONE_LINE_ENDS:
        value, _, tail = value.partition("\n")
        return value, tail
    return value, ""


def _cleaned(text: str) -> str:
    """Control characters go, indented fields and ends move to the start of their line."""
    if "{4::" in text:
        text = text.replace("{4::", "{4:\n:")
    for control in _CONTROLS:
        if control in text:
            text = text.replace(control, "")
    if "\n " in text or "\n\t" in text:
        text = _INDENTED.sub("", text)
    return text
