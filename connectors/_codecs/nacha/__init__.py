"""Nacha ACH files (94-character records 1, 5, 6, 7, 8, 9), every standard entry class.

Unit: one file. Dates are ISO, amounts dollars ("12.34") beside the cents as stated::

    {"header": {"immediate_destination": "231380104", "immediate_origin": "121042882",
                "created_date": "2026-01-31", "created_time": "1048", "file_id": "A", ...},
     "batches": [
        {"header": {"service_class": "225", "company_name": ..., "company_id": ..., "sec": "PPD",
                    "entry_description": ..., "effective_date": "2026-02-02", "odfi": "12104288",
                    "batch_number": "0000001", ...},
         "entries": [
            {"code": "27", "direction": "debit", "rdfi": "231380104", "account": "12345678",
             "amount": "12.34", "raw_amount": "0000001234", "individual_id": ..., "name": ...,
             "discretionary": ..., "addenda_indicator": "1", "trace": "121042880000001",
             "addenda": [{"type": "05", "text": ..., "sequence": "0001", ...}]}],
         "control": {"entry_addenda_count": "2", "entry_hash": "23138010",
                     "total_debit": "12.34", "total_credit": "0.00", ...}}],
     "control": {"batch_count": "1", "block_count": "1", "entry_addenda_count": "2", ...}}

Fields that an entry class has in place of the usual ones are named in `nacha_layouts.ENTRIES`
(`check_number`, `terminal_city`, `payment_type`, `card_transaction_type`, `original_trace` ...),
those of each addenda type in `nacha_addenda`: a return (99) has `code`, `original_trace`,
`original_rdfi`, `text`; a change (98) `code`, `corrected_data`; IAT 10 to 18 parties and banks.
IAT batch headers have currencies and `destination_country` instead of a company name. ADV files
hold their advices as ordinary entries of a batch whose `sec` is ADV.

A streamed input gives for each batch: open `{"file_header", "header"}`, an item for each entry,
close `{"control"}`; the last close of a file also has `"file_control"`. A file without batches is
one open without `header`.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from connectors._codecs.fixed_records import cut_records
from connectors._codecs.limits import DEFAULT, Decoded, Limits, Notice, Part, Tree
from connectors._codecs.nacha.layouts import WIDTH
from connectors._codecs.nacha.reader import Reader
from connectors._codecs.nacha.write import write_file
from connectors._codecs.text_stream import TextStream
from connectors.errors import CodecError

FORMAT = "nacha"

_STARTS = re.compile(rb"(?:\xef\xbb\xbf)?\s*1\d\d[^\r\n]{25,35}09410")


def claims(head: bytes) -> bool:
    """A file header record: type 1, priority, routing numbers, then size and blocking."""
    return _STARTS.match(head.replace(b"\0", b"")) is not None


def iter_parts(stream: BinaryIO, limits: Limits = DEFAULT) -> Iterator[Part]:
    """The batches of all files in the stream, in constant memory."""
    blocks = TextStream(stream, limits).blocks()
    return Reader(cut_records(blocks, WIDTH), limits).parts()


def decode(data: bytes, limits: Limits = DEFAULT) -> Decoded:
    """All files of the input."""
    text = TextStream(io.BytesIO(data), limits)
    units: list[Tree] = []
    notices: list[Notice] = []
    header: Tree = None
    batch: dict[str, Tree] = {}
    for part in Reader(cut_records(text.blocks(), WIDTH), limits).parts():
        notices.extend(part.notices)
        if part.kind == "item":
            batch["entries"].append(part.tree)
            continue
        if part.kind == "open":
            if part.tree["file_header"] is not header:
                header = part.tree["file_header"]
                units.append({"header": header, "batches": []})
            if "header" in part.tree:
                batch = {"header": part.tree["header"], "entries": []}
                units[-1]["batches"].append(batch)
            continue
        if "control" in part.tree:
            batch["control"] = part.tree["control"]
        if "file_control" in part.tree:
            units[-1]["control"] = part.tree["file_control"]
    return Decoded(units, text.encoding, notices)


def encode(units: Iterable[Tree], *, newline: str = "\n", pad: bool = True) -> bytes:
    """Files with all controls computed; `newline=""` gives unbroken blocks of 940 bytes."""
    try:
        return "".join(write_file(unit, newline, pad) for unit in units).encode("ascii")
    except KeyError as error:
        raise CodecError("missing_field", f"no {error} in the tree; give it") from error
