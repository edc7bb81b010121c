"""CODA, the Belgian bank statement of 128-character records (Febelfin, version 1 and 2).

Unit: one statement, record 1 to record 9, with the facts of its header record 0. Dates are ISO,
amounts have the three decimals of the format, marks are "C" (credit) or "D" (debit)::

    {"created_date": "2026-01-31", "bank": "725", "application": "05", "file_ref": "00265207",
     "addressee": ..., "bic": "KREDBEBB", "company_id": ..., "version": "2",
     "account": {"structure": "2", "number": "BE12...", "iban": "BE12...", "currency": "EUR",
                 "holder": ..., "description": ...},
     "sequence": "139", "coded_sequence": "138",
     "opening": {"mark": "C", "amount": "17752.120", "date": "2026-01-30"},
     "entries": [
        {"sequence": "0001", "detail": "0000", "bank_ref": ..., "mark": "D", "amount": "5.000",
         "value_date": ..., "booking_date": ..., "statement_sequence": "139",
         "code": "00150000", "type": "0", "family": "01", "transaction": "50", "category": "000",
         "globalisation": "0", "structured": "101",
         "communication": {"type": "101", "ogm": "000003505158"},
         "customer_ref": ..., "counterparty_account": ..., "counterparty_currency": ...,
         "counterparty_name": ..., "counterparty_bic": ..., "return_type": ...,
         "return_reason": ..., "purpose": ..., "category_purpose": ...,
         "info": [{"detail": "0001", "bank_ref": ..., "code": ..., "structured": "001",
                   "name": ..., "street": ..., "locality": ...}],
         "details": [... entries of the same shape whose detail number is above 0000 ...]}],
     "closing": {"mark": "C", "amount": "17747.120", "date": "2026-01-31"},
     "free": ["text of a record 4", ...],
     "trailer": {"records": "22", "debit": "5.000", "credit": "0.000", "more": "2"}}

An unstructured communication is `{"text": ...}`; information (records 3) holds `text`, or the
fields of its structured type. The structured types whose fields are read are listed in
`coda_communication.LAYOUTS`; of any other type the text is kept. Account structures: 0 Belgian
national number, 1 foreign number, 2 Belgian IBAN, 3 foreign IBAN. The trailer's `more` is "1" when
the bank announces another statement after this one.

A streamed input gives open (everything up to `opening`), an item for each entry with its details
and information, and close (`closing`, `free`, `trailer`).
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from connectors._codecs.coda.layouts import WIDTH
from connectors._codecs.coda.reader import Reader
from connectors._codecs.coda.write import write_statement
from connectors._codecs.fixed_records import cut_records
from connectors._codecs.limits import DEFAULT, Decoded, Limits, Notice, Part, Tree
from connectors._codecs.text_stream import TextStream
from connectors.errors import CodecError

FORMAT = "coda"

_STARTS = re.compile(rb"(?:\xef\xbb\xbf)?\s*0000[0 ]\d{6}[\d ]{3}0\d[D ]")
_FALLBACKS = ("cp1252", "latin-1")


def claims(head: bytes) -> bool:
    """A header record: zeros, a date, a bank, an application code."""
    return _STARTS.match(head.replace(b"\0", b"")) is not None


def iter_parts(stream: BinaryIO, limits: Limits = DEFAULT) -> Iterator[Part]:
    """The statements of the stream, in constant memory."""
    blocks = TextStream(stream, limits, _FALLBACKS).blocks()
    return Reader(cut_records(blocks, WIDTH), limits).parts()


def decode(data: bytes, limits: Limits = DEFAULT) -> Decoded:
    """All statements of the input."""
    text = TextStream(io.BytesIO(data), limits, _FALLBACKS)
    units: list[Tree] = []
    notices: list[Notice] = []
    entries: list[Tree] = []
    for part in Reader(cut_records(text.blocks(), WIDTH), limits).parts():
        notices.extend(part.notices)
        if part.kind == "item":
            entries.append(part.tree)
        elif part.kind == "open":
            entries = []
            units.append({**part.tree, "entries": entries})
        else:
            units[-1].update(part.tree)
    return Decoded(units, text.encoding, notices)


def encode(units: Iterable[Tree], *, newline: str = "\r\n", encoding: str = "cp1252") -> bytes:
    """Statements with sequence links and trailers computed."""
    try:
        text = "".join(record + newline for unit in units for record in write_statement(unit))
        return text.encode(encoding)
    except UnicodeEncodeError as error:
        found = f"letters that {encoding} does not have"
        raise CodecError("bad_value", f"{found}; choose another encoding") from error
    except KeyError as error:
        raise CodecError("missing_field", f"no {error} in the tree; give it") from error
