"""BAI2 (Cash Management Balance Reporting, version 2): balances and entries of US and UK banks.

One unit is one account of a group:

    {
      "file": {"sender": "...", "receiver": "...", "file_date": "2015-07-16",
               "file_time": "07:13", "file_id": "1", "record_length": "80", "block_size": "...",
               "version": "2"},                                    # record 01
      "group": {"receiver": "...", "originator": "...", "status": "1",
                "as_of_date": "2015-07-15", "as_of_time": "23:40", "currency": "GBP",
                "date_modifier": "2"},                             # record 02
      "account": "77777777",                                       # record 03
      "currency": "GBP",         # the account's, else the group's, else USD
      "summaries": [{"type": "010", "type_name": "Opening ledger", "raw_amount": "10000",
                     "amount": "100.00", "count": "2", "funds_type": "V", "funds": {...}}],
      "entries": [{              # record 16
        "type": "165", "type_name": "Preauthorized ACH credit",
        "direction": "credit",   # or "debit", by type code; missing where the code has no side
        "raw_amount": "1500", "amount": "15.00",
        "funds_type": "S",       # 0 1 2 S V D Z
        "funds": {"value_date": "2015-07-15", "value_time": "10:00"},        # V
        # or     {"availability": [{"days": "0", "raw_amount": "1500", "amount": "15.00"}]}  S, D
        "bank_ref": "...", "customer_ref": "...",
        "text": ["...", "..."],  # the text of the record and of its continuations
      }],
      "trailer": {"control_total": "20001", "records": "10"},      # record 49
    }

Amounts stand in minor units in the file (`raw_amount`); `amount` has the decimal point the
currency asks for. Summaries of type 100 to 699 carry `direction` too. Times of 2400 and 9999, the
end of the day, come as `24:00`. A date or time that cannot be comes as `..._raw` with a notice.
Control totals and counts of the records 49, 98 and 99 are checked: an error notice tells.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from connectors._codecs.bai2.reader import Reader
from connectors._codecs.bai2.records import RecordReader
from connectors._codecs.bai2.write import encode
from connectors._codecs.limits import DEFAULT, Decoded, Limits, Part, Tree
from connectors._codecs.line_blocks import field_blocks, whole_text
from connectors.errors import CodecError

__all__ = ["FORMAT", "claims", "decode", "encode", "iter_parts"]

FORMAT = "bai2"

_HEAD = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:01,[^,\r\n]*,[^,\r\n]*,\d{6},|02,[^,\r\n]*,[^,\r\n]*,[1-4]?,\d{6},)"
)


def claims(head: bytes) -> bool:
    """A record 01 (or 02) with its date in the right place."""
    return _HEAD.match(head.lstrip(b"\xff\xfe").replace(b"\0", b"")) is not None


def decode(data: bytes, limits: Limits = DEFAULT) -> Decoded:
    """All accounts of all groups of a file."""
    text, encoding = whole_text(data, limits)
    records, reader = RecordReader(limits), Reader()
    reader.take(records.feed("\n" + text))
    reader.take(records.finish())
    _require_records(reader)
    result = Decoded([], encoding)
    unit: dict[str, Tree] = {}
    for part in reader.parts:
        result.notices.extend(part.notices)
        if part.kind == "item":
            unit["entries"].append(part.tree)
        elif part.kind == "open":
            unit = {**part.tree, "entries": []}
            result.units.append(unit)
        else:
            unit.update(part.tree)
    result.notices.extend(reader.log.take())
    return result


def iter_parts(stream: BinaryIO, limits: Limits = DEFAULT) -> Iterator[Part]:
    """As parts: "open" with file, group and summaries, an "item" each entry, "close"."""
    records, reader = RecordReader(limits), Reader()
    lead = "\n"
    for block in field_blocks(stream, limits):
        reader.take(records.feed(lead + block))
        lead = ""
        yield from reader.parts
        reader.parts.clear()
    reader.take(records.finish())
    _require_records(reader)
    yield from reader.parts


def _require_records(reader: Reader) -> None:
    """Ends the reading; an input without a single record is not this format."""
    if not reader.started:
        raise CodecError("not_bai2", "no record 01, 02 or 03 at the start; a BAI2 file is needed")
    reader.finish()
