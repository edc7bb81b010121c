"""NDJSON (JSON Lines): one JSON value a line, each a unit as `json_tree` describes.

A bad line is a notice with its line number and the reading goes on; blank lines are skipped.
The record separators of JSON text sequences (RFC 7464) are read past.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO

from connectors._codecs import json_tree
from connectors._codecs.limits import DEFAULT, Decoded, Limits, Notice, Tree
from connectors._codecs.text import to_text
from connectors.errors import CodecError

FORMAT = "ndjson"

MAX_NOTICES = 1000
"""So many bad lines are told one by one; the rest are counted."""

_TWO_LINES = re.compile(rb"(?:\xef\xbb\xbf)?\s*\x1e?[{\[][^\r\n]*[}\]][ \t]*\r?\n\s*\x1e?[{\[]")
_BLANK = b" \t\r\n\x1e"
_WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def claims(head: bytes) -> bool:
    """Whether the first line is closed and a second one opens."""
    return bool(_TWO_LINES.match(head))


def decode(data: bytes, limits: Limits = DEFAULT) -> Decoded:
    """Every line's value; refused when not one line can be read."""
    if len(data) > limits.max_bytes:
        raise CodecError("too_large", f"more than {limits.max_bytes} bytes; stream it")
    encoding = "utf-8"
    if data.startswith(_WIDE_MARKS):
        text, encoding = to_text(data)
        data = text.encode()
    notices: list[Notice] = []
    units = list(iter_units(io.BytesIO(data), limits, notices.append))
    return Decoded(units, encoding, notices)


def iter_units(
    stream: BinaryIO,
    limits: Limits = DEFAULT,
    report: Callable[[Notice], object] = lambda notice: None,
) -> Iterator[Tree]:
    """The values in order, in constant memory; `report` is told of each line read past."""
    good = bad = 0
    first: CodecError | None = None
    for number, line in _lines(stream, limits):
        try:
            value = json_tree.read(line, limits)
        except CodecError as error:
            first, bad = first or error, bad + 1
            if bad <= MAX_NOTICES:
                report(_bad_line(number, error))
            continue
        good += 1
        yield value
    if not good:
        raise _nothing(first)
    if bad > MAX_NOTICES:
        report(Notice("bad_lines", f"{bad - MAX_NOTICES} more bad lines; fix them", "error"))


def encode(units: Iterable[Tree]) -> bytes:
    """One line for each value."""
    return b"".join(json_tree.write(unit) + b"\n" for unit in units)


def _lines(stream: BinaryIO, limits: Limits) -> Iterator[tuple[int, bytes]]:
    """Numbered lines that are not blank; no more than `max_line` is ever held."""
    number = total = 0
    while line := stream.readline(limits.max_line + 1):
        number, total = number + 1, total + len(line)
        if len(line) > limits.max_line:
            found = f"a line of more than {limits.max_line} bytes"
            raise CodecError("too_large", f"{found}; put one value on each line", line=number)
        if number > limits.max_items:
            raise CodecError("too_many_items", f"more than {limits.max_items} lines; split it")
        if number == 1:
            line = line.removeprefix(codecs.BOM_UTF8)
        line = line.strip(_BLANK)
        if line:
            yield number, line


def _bad_line(number: int, error: CodecError) -> Notice:
    where = f"line {number}" + (f", column {error.column}" if error.column else "")
    return Notice("bad_line", error.message, "error", where)


def _nothing(first: CodecError | None) -> CodecError:
    if first is None:
        return CodecError("empty_input", "no JSON value; send at least one line")
    hint = "if one value goes over several lines, read it as JSON"
    return CodecError("malformed_json", f"no line is a JSON value; {hint}", line=1, hint=hint)
