"""Exact fractions of decimals: a price per 12 has no last digit, and must not be off by one."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction

NOTHING = Fraction(0)
ONE = Fraction(1)

_REASONABLE = 60
_WIDE = Context(prec=2 * _REASONABLE + 30, rounding=ROUND_HALF_EVEN, traps=[])
_LAST_PLACE = Decimal(1).scaleb(-9)  # Number has at most nine decimals


def fraction(number: Decimal | None) -> Fraction | None:
    """The number, exactly; None for none and for what is no amount (NaN, 1E+999)."""
    if number is None or not number.is_finite() or abs(number.adjusted()) > _REASONABLE:
        return None
    return Fraction(number)


def decimal(ratio: Fraction) -> Decimal:
    """The ratio to nine decimals, without trailing zeros."""
    if ratio.denominator == 1:
        return Decimal(ratio.numerator)
    exact = _WIDE.divide(Decimal(ratio.numerator), Decimal(ratio.denominator))
    text = format(exact.quantize(_LAST_PLACE, context=_WIDE), "f")
    bare = text.rstrip("0").rstrip(".") if "." in text else text
    return Decimal("0" if bare == "-0" else bare)


def words(ratio: Fraction) -> str:
    """The same as text, for a sentence."""
    return str(ratio.numerator) if ratio.denominator == 1 else format(decimal(ratio), "f")


def over(ratio: Fraction, rate: Fraction) -> Fraction:
    """The quotient; most rates are one unit in itself, and need no arithmetic."""
    return ratio if rate is ONE else ratio / rate


def times(ratio: Fraction, rate: Fraction) -> Fraction:
    """The product, likewise."""
    return ratio if rate is ONE else ratio * rate
