"""One spelling for one content: padded amounts, bare numbers, trimmed NFC texts."""

from __future__ import annotations

import unicodedata
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar

import msgspec
from msgspec import inspect

from canonical_model.base.codes import currency_exponent
from canonical_model.base.scalars import Part

_P = TypeVar("_P", bound=Part)
_UNPADDED = 0


def normal(document: _P) -> _P:
    """The same document as canonical JSON wants it; blank texts disappear."""
    plain = msgspec.to_builtins(document, builtin_types=(Decimal,))
    currency = plain.get("currency")
    spelled = _struct(plain, type(document), currency, plain.get("tax_currency") or currency)
    return msgspec.convert(spelled, type=type(document))


def pad(amount: Decimal, currency: str | None) -> Decimal:
    """An amount with at least its currency's decimals; further ones are kept."""
    exponent = (currency_exponent(currency) if currency else None) or _UNPADDED
    stated = -int(amount.as_tuple().exponent)
    return amount.quantize(Decimal(1).scaleb(-exponent)) if stated < exponent else amount


def bare(number: Decimal) -> Decimal:
    """A number without trailing zeros, never in exponent form."""
    plain = format(number, "f")
    return Decimal(plain.rstrip("0").rstrip(".") if "." in plain else plain)


def tidy(text: str) -> str:
    """NFC, without blanks at the ends."""
    text = text.strip()
    return text if text.isascii() else unicodedata.normalize("NFC", text)


@cache
def _fields(struct: type[msgspec.Struct]) -> dict[str, tuple[str, Any]]:
    """Per field what it holds: amount, number, text, struct or list, and the class inside."""
    info = inspect.type_info(struct)
    assert isinstance(info, inspect.StructType)  # noqa: S101  (tells the type checker)
    return {field.encode_name: _sort(field.type) for field in info.fields}


def _sort(node: inspect.Type) -> tuple[str, Any]:
    if isinstance(node, inspect.Metadata):
        scalar = (node.extra_json_schema or {}).get("x-scalar")
        return (scalar, None) if scalar else _sort(node.type)
    if isinstance(node, inspect.UnionType):
        return _sort(next(t for t in node.types if not isinstance(t, inspect.NoneType)))
    if isinstance(node, inspect.StructType):
        return "struct", node.cls
    if isinstance(node, inspect.ListType):
        return "list", _sort(node.item_type)
    return ("text", None) if isinstance(node, inspect.StrType) else ("other", None)


def _struct(plain: dict[str, Any], struct: Any, currency: Any, tax_currency: Any) -> dict[str, Any]:
    currency = plain.get("currency") or currency
    fields, spelled = _fields(struct), {}
    for name, value in plain.items():
        # BT-111 is the one amount of a document that is in its tax currency (BT-6).
        own = tax_currency if name == "tax_accounting" else currency
        kind = fields.get(name, ("other", None))
        value = _value(value, kind, own, tax_currency)
        if value not in ("", []):
            spelled[name] = value
    return spelled


def _value(value: Any, kind: tuple[str, Any], currency: Any, tax_currency: Any) -> Any:
    sort, inner = kind
    if sort == "amount":
        return pad(value, currency)
    if sort == "number":
        return bare(value)
    if sort == "text":
        return tidy(value)
    if sort == "struct":
        return _struct(value, inner, currency, tax_currency)
    if sort == "list":
        return [_value(item, inner, currency, tax_currency) for item in value]
    return value
