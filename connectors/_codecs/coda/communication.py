"""Structured communications of CODA (annex III): a type of three digits and fields of its own."""

from __future__ import annotations

from collections.abc import Mapping

from connectors._codecs.short_dates import day_first, to_day_first
from connectors.errors import CodecError

_TEXT, _AMOUNT, _RATE, _DATE = "text", "amount", "rate", "date"
_DECIMALS = {_AMOUNT: 3, _RATE: 8}
_Field = tuple[str, int, str]

_TERMINAL: tuple[_Field, ...] = (("terminal_name", 16, _TEXT), ("terminal_city", 10, _TEXT))
_MOMENT: tuple[_Field, ...] = (
    ("terminal_sequence", 6, _TEXT),
    ("date", 6, _DATE),
    ("time", 4, _TEXT),
)
_CARD: tuple[_Field, ...] = (
    ("card_number", 16, _TEXT),
    ("card_scheme", 1, _TEXT),
    ("terminal_id", 6, _TEXT),
)
_REFERENCE: tuple[_Field, ...] = (("ogm", 12, _TEXT),)

LAYOUTS: dict[str, tuple[_Field, ...]] = {
    "001": (("name", 70, _TEXT), ("street", 35, _TEXT), ("locality", 35, _TEXT)),
    "100": (("creditor_reference", 21, _TEXT),),
    "101": _REFERENCE,
    "102": _REFERENCE,
    "103": (("number", 12, _TEXT),),
    "105": (
        ("gross_amount", 15, _AMOUNT),
        ("original_amount", 15, _AMOUNT),
        ("rate", 12, _RATE),
        ("original_currency", 3, _TEXT),
        *_REFERENCE,
        ("country", 2, _TEXT),
        ("eur_amount", 15, _AMOUNT),
    ),
    "106": (
        ("equivalent_amount", 15, _AMOUNT),
        ("base_amount", 15, _AMOUNT),
        ("percentage", 12, _RATE),
        ("minimum_applied", 1, _TEXT),
        ("eur_amount", 15, _AMOUNT),
    ),
    "107": (
        ("direct_debit_number", 12, _TEXT),
        ("pivot_date", 6, _DATE),
        ("debit_text", 30, _TEXT),
        ("paid_or_reason", 1, _TEXT),
        ("creditor_id", 11, _TEXT),
    ),
    "111": (
        ("card_scheme", 1, _TEXT),
        ("terminal_id", 6, _TEXT),
        ("period", 3, _TEXT),
        ("first_sequence", 6, _TEXT),
        ("first_date", 6, _DATE),
        ("last_sequence", 6, _TEXT),
        ("last_date", 6, _DATE),
        ("sale_type", 1, _TEXT),
        *_TERMINAL,
    ),
    "113": (
        *_CARD,
        *_MOMENT,
        ("sale_type", 1, _TEXT),
        *_TERMINAL,
        ("original_amount", 15, _AMOUNT),
        ("rate", 12, _RATE),
        ("original_currency", 3, _TEXT),
    ),
    "114": (
        ("card_scheme", 1, _TEXT),
        ("terminal_id", 6, _TEXT),
        ("period", 3, _TEXT),
        *_MOMENT,
        ("sale_type", 1, _TEXT),
        *_TERMINAL,
        ("terminal_reference", 16, _TEXT),
    ),
    "124": (
        ("card_number", 20, _TEXT),
        ("institution", 1, _TEXT),
        ("invoice_number", 12, _TEXT),
        ("identification", 15, _TEXT),
        ("date", 6, _DATE),
    ),
    "127": (
        ("settlement_date", 6, _DATE),
        ("direct_debit_type", 1, _TEXT),
        ("scheme", 1, _TEXT),
        ("paid_or_reason", 1, _TEXT),
        ("creditor_id", 35, _TEXT),
        ("mandate", 35, _TEXT),
        ("message", 62, _TEXT),
        ("return_type", 1, _TEXT),
        ("return_reason", 4, _TEXT),
    ),
}
"""Types whose fields are read; of the others the text after the type is kept as it is."""


def read_structured(text: str) -> dict[str, str]:
    """The type and fields of a communication; what its layout does not cover is `text`."""
    tree = {"type": text[:3]}
    at = 3
    for name, size, kind in LAYOUTS.get(text[:3], ()):
        value = _read(text[at : at + size].strip(), kind)
        if value:
            tree[name] = value
        at += size
    rest = text[at:].strip()
    if rest:
        tree["text"] = rest
    return tree


def write_structured(tree: Mapping[str, str]) -> str:
    """The opposite of `read_structured`."""
    pieces = [tree["type"]]
    for name, size, kind in LAYOUTS.get(tree["type"], ()):
        piece = _write(tree.get(name, ""), size, kind)
        if len(piece) > size:
            found = f"{name} of a communication is too long"
            raise CodecError("bad_value", f"{found}; give at most {size} characters")
        pieces.append(piece.ljust(size))
    return "".join(pieces) + tree.get("text", "")


def _read(text: str, kind: str) -> str:
    if kind == _DATE:
        return day_first(text) or ""
    decimals = _DECIMALS.get(kind)
    if decimals is None or not (text.isascii() and text.isdecimal() and len(text) > decimals):
        return text
    return f"{text[:-decimals].lstrip('0') or '0'}.{text[-decimals:]}"


def _write(text: str, size: int, kind: str) -> str:
    if kind == _DATE:
        return to_day_first(text) if text else "0" * size
    decimals = _DECIMALS.get(kind)
    if decimals is None or "." not in text:
        return text
    return text.replace(".", "").rjust(size, "0")
