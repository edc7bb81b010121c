"""How a delimited text file is written, found out from its first lines or said beforehand."""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

DELIMITERS = (";", "\t", ",", "|")
SAMPLE_LINES = 200

_SEPARATOR_LINE = re.compile(r"sep=([;,\t|])\s*$", re.IGNORECASE)
_VALUE = re.compile(r"[+-]?[\d.,' ]*\d[\d.,' ]*[+-]?(?:\s?[A-Z]{3}|\s?[€$£%])?")
_DATE = re.compile(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}(?:[T ].*)?|\d{1,2}[- ][A-Za-z]{3}[- ]\d{2,4}")
# Letters with accents stand between letters. In cp850 they lie below 0xA0, in cp1252 above;
# 0x92 is the apostrophe of cp1252, which also stands between letters.
_DOS_LETTER = re.compile(rb"[A-Za-z][\x80-\x91\x93-\x9f\xe1](?:[A-Za-z ,;\t\r\n]|$)")
_ANSI_LETTER = re.compile(rb"[A-Za-z][\xc0-\xe0\xe2-\xff]|[\xc0-\xe0\xe2-\xff][A-Za-z]")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Options:
    """What is known beforehand; None means find out."""

    delimiter: str | None = None
    quote: str | None = None
    """The quoting character; empty for a file that does not quote."""
    encoding: str | None = None
    skip_rows: int | None = None
    """So many lines stand before the header, or before the data if there is none."""
    header: bool | None = None


@dataclass(frozen=True, slots=True)
class Dialect:
    """How to read the rows, and what stands before them."""

    delimiter: str
    quote: str
    header: list[str] | None
    start: int
    """The number of rows before the first data row."""
    preamble: list[list[str]] = field(default_factory=list)
    width: int = 1


def find_encoding(head: bytes) -> str:
    """The encoding of a file that starts so: marks, zero bytes, UTF-8, then the code page."""
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    if len(head) > 3 and not any(head[1:64:2]):
        return "utf-16-le"
    if len(head) > 3 and not any(head[0:64:2]):
        return "utf-16-be"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return _code_page(head)
    return "utf-8"


def find_dialect(lines: Sequence[str], options: Options) -> Dialect:
    """The dialect of a file whose first lines these are."""
    said = _SEPARATOR_LINE.match(lines[0]) if lines else None
    delimiter = options.delimiter or (said[1] if said else None) or _delimiter(lines)
    quote = options.quote if options.quote is not None else _quote(lines, delimiter)
    rows = parse(lines, delimiter, quote)
    width = _width(rows)
    at = options.skip_rows
    if at is None:
        at = _table_start(rows, width)
    first = [cell.strip() for cell in rows[at]] if at < len(rows) else []
    has_header = options.header if options.header is not None else _is_header(first)
    preamble = [_filled(row) for row in rows[1 if said else 0 : at] if any(row)]
    header = unique_names(_filled(first)) if has_header else None
    return Dialect(delimiter, quote, header, at + has_header, preamble, max(width, 1))


def parse(lines: Sequence[str], delimiter: str, quote: str) -> list[list[str]]:
    """The rows of a few lines; none when they cannot be read so."""
    try:
        return list(csv.reader(lines, delimiter=delimiter, **quoting(quote)))  # type: ignore[arg-type]
    except csv.Error:
        return []


def quoting(quote: str) -> dict[str, object]:
    """The arguments of `csv.reader` for a quoting character, which may be none."""
    return {"quotechar": quote} if quote else {"quoting": csv.QUOTE_NONE}


def unique_names(cells: Sequence[str]) -> list[str]:
    """Column names: no two alike, none empty."""
    seen: Counter[str] = Counter()
    names: list[str] = []
    for number, cell in enumerate(cells, 1):
        name = " ".join(cell.split()) or f"column_{number}"
        seen[name] += 1
        while seen[name] > 1 and f"{name}_{seen[name]}" in seen:
            seen[name] += 1
        unique = name if seen[name] == 1 else f"{name}_{seen[name]}"
        seen[unique] += unique != name
        names.append(unique)
    return names


def _filled(row: Sequence[str]) -> list[str]:
    """The cells without the empty ones at the end."""
    cells = [cell.strip() for cell in row]
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _code_page(head: bytes) -> str:
    dos, ansi = len(_DOS_LETTER.findall(head)), len(_ANSI_LETTER.findall(head))
    return "cp850" if dos > ansi else "cp1252"


def _delimiter(lines: Sequence[str]) -> str:
    fits = {delimiter: _fit(lines, delimiter) for delimiter in DELIMITERS}
    best = max(DELIMITERS, key=fits.__getitem__)
    return best if fits[best] else ","


def _fit(lines: Sequence[str], delimiter: str) -> float:
    """How much of the text becomes a table: columns times rows, times how even the rows are."""
    if not any(delimiter in line for line in lines):
        return 0
    rows = [row for row in parse(lines, delimiter, '"') if any(row)]
    width = _width(rows)
    even = sum(len(row) == width for row in rows)
    return even * (width - 1) * (even / max(len(rows), 1)) ** 2


def _width(rows: Sequence[Sequence[str]]) -> int:
    """The usual number of cells; of equally usual ones the greatest."""
    widths = Counter(len(row) for row in rows if any(row))
    return max(widths, key=lambda width: (widths[width] * (width > 1), width), default=0)


def _quote(lines: Sequence[str], delimiter: str) -> str:
    text = "".join(lines)
    mark = re.escape(delimiter)
    quoted = re.findall(rf"(?:^|{mark})'[^'\n]*'(?={mark}|\s*$)", text, re.MULTILINE)
    return "'" if '"' not in text and len(quoted) > 1 else '"'


def _table_start(rows: Sequence[Sequence[str]], width: int) -> int:
    """The row of the header, or of the first data: the first that is wide and filled."""
    for number, row in enumerate(rows):
        filled = sum(1 for cell in row if cell.strip())
        if len(row) >= max(width - 1, 1) and filled * 2 > width and not _is_separator(row):
            return number
    return 0


def _is_separator(row: Sequence[str]) -> bool:
    return len(row) == 2 and row[0].strip().lower() == "sep="


def _is_header(cells: Sequence[str]) -> bool:
    """Names are neither amounts nor dates."""
    return bool(cells) and not any(_VALUE.fullmatch(c) or _DATE.fullmatch(c) for c in cells)
