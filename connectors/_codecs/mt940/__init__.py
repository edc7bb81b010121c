"""SWIFT MT940 (customer statement) and MT942 (interim report), in every dialect banks write.

One unit is one statement, page or report:

    {
      "message": "MT940",                       # MT941, MT942, MT950 likewise
      "sender": "BANKDEFF",                     # from the blocks or lines before it, when there
      "block1": "F01...", "block2": "O940...",  # the SWIFT blocks as they are
      "reference": "STARTUMS",                  # :20:
      "related": "...",                         # :21:
      "account": "10020030/1234567EUR",         # :25: as it is
      "account_bic": "MARKDEFF",                # :25P:, second line
      "account_parts": {"bank": "10020030", "number": "1234567", "currency": "EUR", "iban": "..."},
      "number": "5", "sequence": "1",           # :28C:
      "ns": {"22": "Account holder"},           # :NS: of the head, by line number
      "floor_limits": [{"mark": "D", "currency": "EUR", "amount": "0"}],   # :34F:
      "report_time": {"timestamp": "2017-01-19T18:15:00+01:00"},           # :13D:
      "opening": {"kind": "60F", "mark": "C", "date": "2024-03-12", "currency": "EUR",
                  "amount": "1234.56"},
      "entries": [{
        "value_date": "2024-03-12",             # :61:
        "entry_date": "2024-03-12",             # its year is the one nearest to the value date
        "mark": "D",                            # C, D, RC, RD; EC and ED are only expected
        "funds_code": "R", "amount": "12.34", "type": "NTRF",
        "customer_ref": "...", "bank_ref": "...",   # NONREF is left out
        "supplementary": "...",
        "raw_details": "166?00...",             # :86: with its line ends
        "ns": {"01": "...", "15": "..."},       # :NS:, where a bank writes it instead of :86:
        "details": {...},                       # see details.py for the vocabulary
      }],
      "closing": {...},                         # 62F or 62M, like opening
      "available": {...}, "forward": [{...}],   # 64, 65
      "credit_total": {"count": "3", "currency": "PLN", "amount": "0.03"},  # :90C:
      "debit_total": {...},                     # :90D:
      "info": "...",                            # :86: behind the closing balance
    }

A date that no calendar has comes as `date_raw`, `value_date_raw` or `entry_date_raw` with a
notice; a field 61 that follows no layout comes as `raw` with whatever could be told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from connectors._codecs.limits import DEFAULT, Decoded, Limits, Notice, Part, Tree
from connectors._codecs.line_blocks import field_blocks, whole_text
from connectors._codecs.mt940.reader import Reader
from connectors._codecs.mt940.write import encode

__all__ = ["FORMAT", "claims", "decode", "encode", "iter_parts"]

FORMAT = "mt940"

_SWIFT_BLOCK = re.compile(rb"\{2:[IO]9(?:4[0-2]|50)")
_FIELD = re.compile(rb"(?:^|[\r\n:]|\{4:)[ \t]*:(20|25P?|28C?|60[FM]?|61|62[FM]|34F|13D|NS):", re.I)
_STATEMENT_FIELDS = frozenset((b"25", b"25P", b"60", b"60F", b"60M", b"61", b"62F", b"62M", b"34F"))


def claims(head: bytes) -> bool:
    """A field 20 (or 25) and another one that only statements have, at line starts."""
    head = head.replace(b"\0", b"")
    if _SWIFT_BLOCK.search(head):
        return True
    tags = {tag.upper() for tag in _FIELD.findall(head)}
    return len(tags) > 1 and not tags.isdisjoint(_STATEMENT_FIELDS)


def decode(data: bytes, limits: Limits = DEFAULT) -> Decoded:
    """All statements of a file."""
    text, encoding = whole_text(data, limits)
    reader = Reader(limits)
    reader.feed("\n" + text)
    reader.finish()
    units, notices = _fold(reader.parts)
    return Decoded(units, encoding, notices)


def iter_parts(stream: BinaryIO, limits: Limits = DEFAULT) -> Iterator[Part]:
    """The same as parts: an "open" with the head, an "item" an entry, a "close" with the rest."""
    reader = Reader(limits)
    lead = "\n"
    for block in field_blocks(stream, limits, "\n:"):
        reader.feed(lead + block)
        lead = ""
        yield from reader.parts
        reader.parts.clear()
    reader.finish()
    yield from reader.parts


def _fold(parts: Iterable[Part]) -> tuple[list[Tree], list[Notice]]:
    units: list[Tree] = []
    notices: list[Notice] = []
    unit: dict[str, Tree] = {}
    for part in parts:
        if part.notices:
            notices.extend(part.notices)
        if part.kind == "item":
            unit["entries"].append(part.tree)
        elif part.kind == "open":
            unit = {**part.tree, "entries": []}
            units.append(unit)
        else:
            unit.update(part.tree)
    return units, notices
