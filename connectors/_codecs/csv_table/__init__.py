"""Delimited text (CSV, TSV and the like): one table.

Unit: the table. Cells are text, as written but for space around them; empty cells are left out
of their row. Amounts keep their decimal comma.

    {"header": ["Date", "Amount"],
     "rows": [{"Date": "31.01.2026", "Amount": "-1.234,56"}],
     "preamble": [["Account", "DE89…"]],
     "dialect": {"delimiter": ";", "quote": "\\"", "encoding": "cp1252"}}

Delimiter, quoting, encoding, the lines before the header and whether there is a header are
found out from the first lines; what `Options` says is not looked for. Without a header the
columns are `column_1`, `column_2`, …; of columns with one name the second is `Amount_2`.
A row shorter or longer than the header is a notice with its line; cells past the header are kept
as `column_8`, …. `preamble` is left out when there is none.

`iter_parts` gives `open` (all but `rows`), an `item` for each row, and an empty `close`.
"""

from __future__ import annotations

import csv
import io
import re
from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import chain, islice
from typing import BinaryIO, Literal

from connectors._codecs.csv_table.dialect import (
    DELIMITERS,
    SAMPLE_LINES,
    Dialect,
    Options,
    find_dialect,
    find_encoding,
    quoting,
)
from connectors._codecs.limits import DEFAULT, Decoded, Limits, Notice, Part, Tree
from connectors._codecs.stream_head import Rejoined, read_head
from connectors.errors import CodecError

FORMAT = "csv"

MAX_NOTICES = 1000
"""So many odd rows are told one by one; the rest are counted."""

_HEAD = 1 << 16
_SNIFF = Options()
# A line after the last one: if it comes out inside a cell, a quote was never closed.
_END = "\0end of table\0"
_FORMULA = re.compile(r"[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?[\d., ]*\d[\d., ]*%?")


def claims(head: bytes) -> bool:
    """Whether the first lines are text and have one number of delimiters, at least one."""
    text = head.replace(b"\0", b"") if find_encoding(head).startswith("utf-16") else head
    text = text.removeprefix(BOM_UTF8).lstrip()
    if b"\0" in text or text.startswith((b"<", b"{", b"[", b"%PDF")):
        return False
    lines = [line for line in text.splitlines()[:20] if line.strip()]
    return any(_is_regular(lines, mark.encode()) for mark in DELIMITERS)


def decode(data: bytes, limits: Limits = DEFAULT, options: Options = _SNIFF) -> Decoded:
    """The whole table."""
    if len(data) > limits.max_bytes:
        raise CodecError("too_large", f"more than {limits.max_bytes} bytes; stream it")
    table: dict[str, Tree] = {}
    rows: list[Tree] = []
    notices: list[Notice] = []
    for part in iter_parts(io.BytesIO(data), limits, options):
        notices += part.notices
        if part.kind == "item":
            rows.append(part.tree)
        else:
            table |= part.tree
    return Decoded([{**table, "rows": rows}], table["dialect"]["encoding"], notices)


def iter_parts(
    stream: BinaryIO, limits: Limits = DEFAULT, options: Options = _SNIFF
) -> Iterator[Part]:
    """Header, rows and close, in constant memory."""
    _check_options(options)
    head = read_head(stream, _HEAD)
    if not head.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise CodecError("empty_input", "no table; send at least a header line")
    encoding = options.encoding or find_encoding(head)
    lines = _lines(Rejoined(head, stream), encoding, limits)
    sample = [*islice(lines, SAMPLE_LINES)]
    dialect = find_dialect(sample, options)
    reader = _Rows(dialect, sample, lines)
    yield Part("open", _opening(dialect, encoding))
    yield from reader
    yield Part("close", {}, reader.left_over())


def encode(
    units: Iterable[Tree],
    *,
    delimiter: str = ",",
    quote_all: bool = False,
    encoding: str = "utf-8",
    line_end: str = "\r\n",
    guard_formulas: bool = False,
) -> bytes:
    """One table as text; `guard_formulas` keeps spreadsheets from running what a cell says.

    A cell that a spreadsheet would take for a formula then starts with an apostrophe; numbers
    are left alone.
    """
    header, rows = _only_table(units)
    text = io.StringIO(newline="")
    quotes: Literal[0, 1] = csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL
    writer = csv.writer(text, delimiter=delimiter, lineterminator=line_end, quoting=quotes)
    dress = _guarded if guard_formulas else str
    writer.writerow([dress(name) for name in header])
    for row in rows:
        _check_columns(row, header)
        writer.writerow([dress(row.get(name, "")) for name in header])
    try:
        return text.getvalue().encode(encoding)
    except (UnicodeEncodeError, LookupError) as error:
        found = f"text that {encoding[:40]} cannot hold"
        raise CodecError("not_writable", f"{found}; write utf-8") from error


class _Rows:
    """The data rows as parts, with a notice on each that does not fit the header."""

    def __init__(self, dialect: Dialect, sample: list[str], rest: Iterator[str]) -> None:
        self._dialect = dialect
        self._names = dialect.header or [f"column_{n + 1}" for n in range(dialect.width)]
        self._told = 0
        self._reader = csv.reader(
            chain(sample, rest, (_END,)),
            delimiter=dialect.delimiter,
            **quoting(dialect.quote),  # type: ignore[arg-type]
        )

    def __iter__(self) -> Iterator[Part]:
        names, width = self._names, len(self._names)
        for line, row in self._data_rows():
            tree = {
                name: text for name, cell in zip(names, row, strict=False) if (text := cell.strip())
            }
            if len(row) == width:
                if tree:
                    yield Part("item", tree)
            elif tree := tree | self._past_header(row):
                yield Part("item", tree, self._odd_row(row, line))

    def left_over(self) -> tuple[Notice, ...]:
        """The notice for the odd rows that were not told one by one."""
        more = self._told - MAX_NOTICES
        if more <= 0:
            return ()
        return (Notice("ragged_row", f"{more} more rows of another width; check them"),)

    def _data_rows(self) -> Iterator[tuple[int, list[str]]]:
        """Rows with the line each starts on."""
        reader, last = self._reader, 0
        try:
            for number, row in enumerate(reader):
                first, last = last + 1, reader.line_num
                if first != last:
                    _check_closed(row, first)
                if number >= self._dialect.start and row != [_END]:
                    yield first, row
        except csv.Error as error:
            found, hint = f"a cell that cannot be read ({error})", "a quote may not be closed"
            line = reader.line_num
            raise CodecError("bad_cell", f"{found}; {hint}", line=line, hint=hint) from error

    def _past_header(self, row: list[str]) -> dict[str, str]:
        width = len(self._names)
        extra = enumerate(map(str.strip, row[width:]), width + 1)
        return {f"column_{number}": cell for number, cell in extra if cell}

    def _odd_row(self, row: list[str], line: int) -> tuple[Notice, ...]:
        width = len(self._names)
        if not any(map(str.strip, row[width:])) and len(row) > width:
            return ()  # only delimiters at the end of the line
        self._told += 1
        if self._told > MAX_NOTICES:
            return ()
        found = f"{len(row)} cells under {width} columns"
        return (Notice("ragged_row", f"{found}; check the row", "warning", f"line {line}"),)


def _check_closed(row: list[str], line: int) -> None:
    """A row of several lines must not have swallowed the end mark."""
    if row and row[-1].endswith(_END):
        hint = "close it, or say that the file does not quote"
        found = "a quote that is never closed"
        raise CodecError("unclosed_quote", f"{found}; {hint}", line=line, hint=hint)


def _check_options(options: Options) -> None:
    marks = {"delimiter": options.delimiter, "quote": options.quote or None}
    for name, mark in marks.items():
        if mark is not None and (len(mark) != 1 or mark in "\r\n"):
            raise CodecError("bad_option", f"the {name} {mark[:40]!r}; give one character")


def _is_regular(lines: list[bytes], mark: bytes) -> bool:
    """Half of the lines have the mark; a comma, of which prose is full, equally often."""
    counts = Counter(line.count(mark) for line in lines if mark in line)
    enough = max(counts.values(), default=0) if mark == b"," else sum(counts.values())
    return 0 < len(lines) <= enough * 2


def _lines(source: io.RawIOBase, encoding: str, limits: Limits) -> Iterator[str]:
    """Lines of text, whatever ends them; bytes that are not UTF-8 after all are cp1252."""
    try:
        text = io.TextIOWrapper(io.BufferedReader(source), encoding, "surrogateescape")
        for number, line in enumerate(iter(partial(text.readline, limits.max_line + 1), ""), 1):
            if len(line) > limits.max_line:
                found = f"a line of more than {limits.max_line} characters"
                raise CodecError("too_large", f"{found}; this may not be a table", line=number)
            if number > limits.max_items:
                found = f"more than {limits.max_items} lines"
                raise CodecError("too_many_items", f"{found}; split the file", line=number)
            yield line if line.isascii() else _repaired(line, encoding)
    except (LookupError, UnicodeError) as error:
        found = f"text that cannot be read as {encoding[:40]!r}"
        raise CodecError("bad_encoding", f"{found}; name its encoding, such as cp1252") from error


def _repaired(line: str, encoding: str) -> str:
    try:
        line.encode()
    except UnicodeEncodeError:
        if encoding.startswith("utf-8"):
            return line.encode("utf-8", "surrogateescape").decode("cp1252", "replace")
        return line.encode("utf-8", "replace").decode()
    return line


def _opening(dialect: Dialect, encoding: str) -> dict[str, Tree]:
    names = dialect.header or [f"column_{n + 1}" for n in range(dialect.width)]
    how = {"delimiter": dialect.delimiter, "quote": dialect.quote, "encoding": encoding}
    tree: dict[str, Tree] = {"header": names, "dialect": {k: v for k, v in how.items() if v}}
    if dialect.preamble:
        tree["preamble"] = dialect.preamble
    return tree


def _only_table(units: Iterable[Tree]) -> tuple[list[str], list[dict[str, str]]]:
    tables = list(units)
    if len(tables) != 1:
        raise CodecError("not_one_value", f"{len(tables)} tables for one file; send exactly one")
    return tables[0]["header"], tables[0]["rows"]


def _check_columns(row: dict[str, str], header: list[str]) -> None:
    for name in row:
        if name not in header:
            found = f"a cell in the column {name[:40]!r}"
            raise CodecError("not_writable", f"{found}; add it to the header")


def _guarded(cell: str) -> str:
    is_formula = _FORMULA.match(cell) and not _NUMBER.fullmatch(cell)
    return f"'{cell}" if is_formula else cell
