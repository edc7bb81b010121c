"""The items of one huge JSON list, one at a time, in constant memory.

`iter_items(stream)` reads a list at the top, `iter_items(stream, "data")` the list in
`{"data": [...]}`, `iter_items(stream, "d.results")` one further down. Items are trees as
`json_tree` describes. An item may be as long as `limits.max_line`;
the stream may be of any length.

Written here and not taken from a library: the event parsers for Python put no limit on depth,
so that a few megabytes of `[` cost gigabytes.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from typing import Any, BinaryIO, NoReturn

from connectors._codecs import json_tree
from connectors._codecs.limits import DEFAULT, Limits, Tree
from connectors.errors import CodecError

_CHUNK = 1 << 16
_SPACE = " \t\r\n"
_AFTER_VALUE = frozenset(" \t\r\n,:]}")
# Numbers stay text here: this scan only finds where a value ends.
_SCANNER = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str)


def iter_items(stream: BinaryIO, path: str = "", limits: Limits = DEFAULT) -> Iterator[Tree]:
    """The items of the list at `path` (member names joined by dots, none for the top)."""
    window = _Window(stream, limits)
    keys = path.split(".") if path else []
    for key in keys:
        _enter(window, key)
    window.expect("[", "a list")
    yield from _items(window, limits)
    for _ in keys:
        _leave(window)
    if window.peek():
        window.fail("text after the end of the JSON value", "remove it")


def _items(window: _Window, limits: Limits) -> Iterator[Tree]:
    if window.skip("]"):
        return
    while True:
        text = window.value()
        yield json_tree.read(text.encode("utf-8", "surrogatepass"), limits)
        if window.skip("]"):
            return
        window.expect(",", "a comma or the end of the list")


def _enter(window: _Window, key: str) -> None:
    """Go on to just before the value of the member `key`."""
    window.expect("{", f"an object with the member {key[:40]}")
    while not window.skip("}"):
        found = window.name()
        if found == key:
            return
        window.value()
        window.skip(",")
    window.fail(f"no member {key[:40]}", "name the path of the list")


def _leave(window: _Window) -> None:
    """Read the members after the one entered, so that a file cut short is noticed."""
    while window.skip(","):
        window.name()
        window.value()
    window.expect("}", "a comma or the end of the object")


class _Window:
    """The part of the text around the place of reading."""

    def __init__(self, stream: BinaryIO, limits: Limits) -> None:
        self._stream = stream
        self._limits = limits
        self._text = ""
        self._at = 0
        self._line = 1
        self._size = _CHUNK
        head = stream.read(_CHUNK)
        self._decoder = codecs.getincrementaldecoder(_encoding(head))()
        self._ended = False
        self._add(head)

    def peek(self) -> str:
        """The next character that is not space; empty at the end."""
        while True:
            text, at, size = self._text, self._at, len(self._text)
            while at < size and text[at] in _SPACE:
                at += 1
            self._at = at
            if at < size or not self._fill():
                return text[at : at + 1]

    def skip(self, mark: str) -> bool:
        """Read past `mark` if it is next."""
        found = self.peek() == mark
        self._at += found
        return found

    def expect(self, mark: str, wanted: str) -> None:
        """Read past `mark`, which must be next."""
        if not self.skip(mark):
            found = self.peek()
            if not found:
                self.fail("the text ends inside a value", "send the whole file", "truncated_json")
            self.fail(f"{found!r} where {wanted} is due", "check the text around this place")

    def name(self) -> str:
        """A member's name and the colon after it."""
        if self.peek() != '"':
            self.fail("a member name not in double quotes", "put names in double quotes")
        found: str = json.loads(self.value(), strict=False)
        self.expect(":", "a colon")
        return found

    def value(self) -> str:
        """The text of the next whole value."""
        self.peek()
        self._size = _CHUNK
        while True:
            end = self._end_of_value()
            if end is not None:
                start, self._at = self._at, end
                return self._text[start:end]
            if not self._fill():
                self._refuse_value()

    def fail(self, found: str, hint: str, code: str = "malformed_json") -> NoReturn:
        """Refuse, at the present line."""
        line = self._line + self._text.count("\n", 0, self._at)
        raise CodecError(code, f"{found}; {hint}", line=line, hint=hint)

    def _end_of_value(self) -> int | None:
        """Where the value ends, or None when that is not yet in sight."""
        try:
            _, end = _SCANNER.raw_decode(self._text, self._at)
        except ValueError:
            return None
        except RecursionError:
            self.fail("nested too deeply", "no finance payload is", "too_deep")
        # `1` may be the start of `12` or of `1.5`.
        whole = self._ended or (end < len(self._text) and self._text[end] in _AFTER_VALUE)
        return end if whole else None

    def _refuse_value(self) -> NoReturn:
        """Let the strict reader say what is wrong with the text in sight."""
        text = self._text[self._at :].encode("utf-8", "surrogatepass")
        if not text:
            self.fail("the text ends inside a value", "send the whole file", "truncated_json")
        try:
            json_tree.read(text, self._limits)
        except CodecError as error:
            self.fail(*_halves(error))
        self.fail("not a JSON value", "check the text around this place")

    def _fill(self) -> bool:
        """Bring more text into sight; False at the end."""
        if self._ended:
            return False
        self._line += self._text.count("\n", 0, self._at)
        self._text, self._at = self._text[self._at :], 0
        if len(self._text) > self._limits.max_line:
            found = f"an item of more than {self._limits.max_line} characters"
            self.fail(found, "raise the limit", "too_large")
        # Growing steps: a long item is not scanned again for every small piece of it.
        self._add(self._stream.read(self._size))
        self._size = min(self._size * 2, _CHUNK * 64)
        return True

    def _add(self, piece: bytes) -> None:
        self._ended = not piece
        try:
            self._text += self._decoder.decode(piece, final=self._ended)
        except UnicodeDecodeError:
            self.fail("text that is not UTF-8", "save the file as UTF-8", "bad_encoding")


def _halves(error: CodecError) -> tuple[str, Any, str]:
    found, _, hint = error.message.partition("; ")
    return found, hint, error.code


def _encoding(head: bytes) -> str:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if head[1:2] == b"\0":
        return "utf-16-le"
    return "utf-16-be" if head[:1] == b"\0" else "utf-8-sig"
