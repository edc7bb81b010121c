"""Field positions of the CODA records (Febelfin, Coded statement of account, version 2)."""

from __future__ import annotations

from connectors._codecs.fixed_records import Layout

WIDTH = 128

_Field = tuple[str, int, int]


def _layout(*fields: _Field) -> Layout:
    return Layout(WIDTH, *fields)


HEADER = _layout(
    ("created_date", 6, 11),
    ("bank", 12, 14),
    ("application", 15, 16),
    ("duplicate", 17, 17),
    ("file_ref", 25, 34),
    ("addressee", 35, 60),
    ("bic", 61, 71),
    ("company_id", 72, 82),
    ("separate_application", 84, 88),
    ("transaction_ref", 89, 104),
    ("related_ref", 105, 120),
    ("version", 128, 128),
)
OLD_BALANCE = _layout(
    ("structure", 2, 2),
    ("sequence", 3, 5),
    ("mark", 43, 43),
    ("amount", 44, 58),
    ("date", 59, 64),
    ("holder", 65, 90),
    ("description", 91, 125),
    ("coded_sequence", 126, 128),
)
NEW_BALANCE = _layout(
    ("sequence", 2, 4),
    ("mark", 42, 42),
    ("amount", 43, 57),
    ("date", 58, 63),
)
OLD_ACCOUNT, NEW_ACCOUNT = slice(5, 42), slice(4, 41)

_NUMBERED: tuple[_Field, ...] = (("sequence", 3, 6), ("detail", 7, 10))
MOVEMENT = _layout(
    *_NUMBERED,
    ("bank_ref", 11, 31),
    ("mark", 32, 32),
    ("amount", 33, 47),
    ("value_date", 48, 53),
    ("code", 54, 61),
    ("booking_date", 116, 121),
    ("statement_sequence", 122, 124),
    ("globalisation", 125, 125),
)
MOVEMENT_PARTY_REFS = _layout(
    ("customer_ref", 64, 98),
    ("counterparty_bic", 99, 109),
    ("return_type", 113, 113),
    ("return_reason", 114, 117),
    ("category_purpose", 118, 121),
    ("purpose", 122, 125),
)
MOVEMENT_PARTY = _layout(("counterparty_account", 11, 47), ("counterparty_name", 48, 82))
INFORMATION = _layout(*_NUMBERED, ("bank_ref", 11, 31), ("code", 32, 39))
FREE_TEXT = slice(32, 112)
TRAILER = _layout(("records", 17, 22), ("debit", 23, 37), ("credit", 38, 52), ("more", 128, 128))

STRUCTURED_FLAG = {"21": 61, "31": 39}
"""Where the record says that its communication is structured, counted from 0."""

COMMUNICATION = {
    "21": slice(62, 115),
    "22": slice(10, 63),
    "23": slice(82, 125),
    "31": slice(40, 113),
    "32": slice(10, 115),
    "33": slice(10, 100),
}
"""Where each record carries its piece of the communication."""

COUNTED = frozenset({"21", "22", "23", "31", "32", "33"})
"""The records that the trailer counts besides the two balances."""
