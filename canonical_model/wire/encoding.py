"""Documents to canonical JSON (RFC 8785): sorted keys, no blanks, decimals as plain text."""

from __future__ import annotations

import hashlib
import re
from decimal import Decimal
from typing import Any

import msgspec

from canonical_model.base.issue import Issue
from canonical_model.base.scalars import Part
from canonical_model.errors import InvalidDocument

_write = msgspec.json.Encoder(order="sorted").encode

# What `str(Decimal)` may write that is not canonical: 1E-7, 1E+2, -0, NaN, Infinity. One quick
# search each (alternation is much slower); only where one hits is it asked whether a decimal
# says it.
_ODD = tuple(re.compile(mark).search for mark in (rb"E[-+]", rb'"-0', rb"NaN", rb"Infinity"))
_odd_decimal = re.compile(
    rb'"-?(?:[0-9]+(?:\.[0-9]+)?E[-+][0-9]+|s?NaN[0-9]*|Infinity|0(?:\.0+)?)"'
).search


def encode(document: Part) -> bytes:
    """The canonical bytes of a document, or of any part of one."""
    data = _write(document)
    if any(found(data) for found in _ODD) and _odd_decimal(data):
        return _write(to_plain(document))
    return data


def content_hash(document: Part) -> str:
    """`sha256:` and the hash of the canonical bytes: equal content, equal hash, in any language."""
    return f"sha256:{hashlib.sha256(encode(document)).hexdigest()}"


def to_plain(document: Part) -> Any:
    """The document as dicts, lists and text, as it stands on the wire."""
    plain = msgspec.to_builtins(document, builtin_types=(Decimal,))
    return _spell(plain)


def _spell(value: Any) -> Any:
    if isinstance(value, Decimal):
        return decimal_text(value)
    if isinstance(value, dict):
        return {key: _spell(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_spell(item) for item in value]
    return value


def decimal_text(value: Decimal) -> str:
    """A decimal in plain digits, zero without a sign; `InvalidDocument` for NaN and infinities."""
    if not value.is_finite():
        message = f"{value} is not an amount"
        raise InvalidDocument([Issue(code="decimal_invalid", severity="error", message=message)])
    text = format(value, "f")
    return text.removeprefix("-") if not value else text
