"""Transforms of amounts and numbers; exact, never through a float."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from typing import Any

from canonical_model.base.codes import currency_exponent
from connectors._transforms.registry import transform
from connectors.errors import TransformError

# Room for what `exact` lets through, and for sums and products of it, without rounding.
_FURTHEST = 40
_EXACT = Context(prec=200)
_spelling = re.compile(
    r"[-+]?(?:[0-9]{1,60}(?:\.[0-9]{0,60})?|\.[0-9]{1,60})(?:[eE][-+]?[0-9]{1,3})?"
).fullmatch
_grouping = re.compile(r"[\s.'\u00a0\u202f](?=\d{3}(?:\D|$))").sub
_marks = re.compile(r"[\s.,'\u00a0\u202f]").sub


def exact(value: Any) -> Decimal:
    """A decimal of a number or its spelling; `TransformError` for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = Decimal(value)
    if isinstance(value, str) and _spelling(value.strip()):
        value = Decimal(value.strip())
    if not isinstance(value, Decimal) or not value.is_finite():
        raise TransformError("a decimal")
    if value and not -_FURTHEST < value.adjusted() < _FURTHEST:
        raise TransformError("a decimal of a usual size")
    if len(value.as_tuple().digits) > _FURTHEST:
        raise TransformError("a decimal of a usual length")
    return value if value else Decimal(0)


@transform()
def number(value: Any) -> Decimal:
    """As a number rather than a text, where the format knows both."""
    return exact(value)


@transform()
def negate(value: Any) -> Decimal:
    """With the other sign."""
    found = exact(value)
    return found.copy_negate() if found else found


@transform()
def whole_number(value: Any) -> int | None:
    """Digits as a number, without leading zeros; nothing for anything else."""
    text = str(value).strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


@transform()
def absolute(value: Any) -> Decimal:
    """Without its sign."""
    return exact(value).copy_abs()


@transform()
def sign(value: Any) -> str:
    """`negative`, `positive` or `zero`."""
    found = exact(value)
    return "zero" if not found else "negative" if found < 0 else "positive"


@transform()
def unless_number(value: Any, *, numbers: list) -> Any:  # type: ignore[type-arg]
    """Nothing where it is one of these numbers, however many noughts it is spelled with."""
    if value == "":
        return None
    return None if exact(value) in [exact(each) for each in numbers] else value


@transform()
def scale(value: Any, *, exponent: int) -> Decimal:
    """Times ten to a power: -2 makes cents into units."""
    return exact(value).scaleb(exponent, _EXACT)


@transform(of_currency=True)
def minor_units(value: Any, *, but: dict = {}, currency: str | None = None) -> Decimal:  # type: ignore[type-arg]  # noqa: B006
    """Units of the nearest `currency`, of its smallest ones; `but` names currencies with others."""
    decimals = but.get(currency, currency_exponent(currency) if currency else None)
    return exact(value).scaleb(-(2 if decimals is None else int(decimals)), _EXACT)


@transform()
def percent_or_fraction(value: Any) -> Decimal:
    """Percent of a rate that some write as 8.25 and some as 0.0825: below one it is a fraction."""
    found = exact(value)
    return found.scaleb(2, _EXACT) if abs(found) < 1 else found


@transform()
def implied_decimals(value: Any, *, places: int = 2) -> Decimal:
    """The last digits are decimals, unless a point is written."""
    found = exact(value)
    return found if "." in str(value) else found.scaleb(-places, _EXACT)


@transform()
def decimal_comma(value: Any) -> Decimal:
    """A comma before the decimals; points, blanks and apostrophes between thousands."""
    if not isinstance(value, str):
        return exact(value)
    head, comma, tail = value.strip().rpartition(",")
    whole = _grouping("", head if comma else tail)
    return exact(f"{whole}.{tail}" if comma else whole)


@transform()
def either_mark(value: Any) -> Decimal:
    """A comma or a point before the decimals, whichever comes last and once; a sign may follow."""
    if not isinstance(value, str):
        return exact(value)
    text = value.strip()
    sign = next((mark for mark in "+-" if text.startswith(mark) or text.endswith(mark)), "")
    text = text.removeprefix(sign).removesuffix(sign)
    mark = max(",.", key=text.rfind)
    whole, found, decimals = text.rpartition(mark) if text.count(mark) == 1 else (text, "", "")
    return exact(f"{sign}{_marks('', whole)}{'.' if found else ''}{decimals}")


@transform()
def trimmed(value: Any) -> Decimal:
    """Without noughts at the end of its decimals, where a format has more than the currency."""
    return exact(value).normalize(_EXACT)


@transform()
def round(value: Any, *, places: int = 2) -> Decimal:
    """To so many decimals, half up."""
    return exact(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, _EXACT)


@transform(several=True)
def sum(values: Any) -> Decimal | None:
    """The exact sum of those that are there."""
    found = [exact(value) for value in values if value not in (None, "")]
    with localcontext(_EXACT):
        return None if not found else _added(found)


@transform(several=True)
def difference(values: Any) -> Decimal | None:
    """The first less the others; nothing where the first is missing."""
    first, *others = values or (None,)
    if first in (None, ""):
        return None
    with localcontext(_EXACT):
        return exact(first) - _added([exact(v) for v in others if v not in (None, "")])


def _added(found: list[Decimal]) -> Decimal:
    total = Decimal(0)
    for value in found:
        total += value
    return total
