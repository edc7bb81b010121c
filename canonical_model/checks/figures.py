"""Comparing stated amounts with reckoned ones, and writing both down."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_DOWN, ROUND_HALF_UP, Context, Decimal
from functools import lru_cache

from canonical_model.base.codes import currency_exponent

ZERO = Decimal(0)
CENT = Decimal("0.01")
ONE = Decimal(1)
HUNDRED = Decimal(100)

EXACT = Context(prec=60, traps=[])
"""Room for any product of two canonical decimals; NaN instead of an exception."""

_MOST_DIGITS = 50


class Figures:
    """How amounts of one currency are rounded, compared and written."""

    __slots__ = ("digits", "half", "places", "slack", "unit")

    def __init__(self, currency: str | None) -> None:
        exponent = currency_exponent(currency) if currency else None
        self.digits = exponent or 0
        self.places = max(2, self.digits)
        self.unit = ONE.scaleb(-(2 if exponent is None else exponent))
        self.half = ONE.scaleb(-self.places)
        # Where the smallest coin is worth more than a cent, a coin is what rounding may cost.
        self.slack = max(CENT + CENT, self.unit)

    def rounded(self, exact: Decimal) -> Decimal:
        """Half up, and only where there is something to round."""
        return exact if decimals(exact) <= self.places else exact.quantize(self.half, ROUND_HALF_UP)

    def agree(self, stated: Decimal, exact: Decimal) -> bool:
        """Equal once rounded; a negative half may go either way, as XPath rounds it upward."""
        if stated == exact or stated == exact.quantize(self.half, ROUND_HALF_UP):
            return True
        return exact < 0 and stated == exact.quantize(self.half, ROUND_HALF_DOWN)

    def text(self, amount: Decimal) -> str:
        """Canonical text of an amount, padded to the currency's decimals."""
        if _is_usual(amount) and decimals(amount) < self.digits:
            amount = amount.quantize(self.unit)
        return plain(amount)


figures_of = lru_cache(maxsize=256)(Figures)


def decimals(amount: Decimal) -> int:
    """How many digits stand after the point; negative for 1E+2, none for what is no number."""
    exponent = amount.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def plain(number: Decimal) -> str:
    """Plain digits; what no canonical document holds (NaN, 1E+999) keeps its own spelling."""
    if not _is_usual(number):
        return str(number)
    return format(number if number else number.copy_abs(), "f")


def _is_usual(number: Decimal) -> bool:
    return number.is_finite() and abs(number.adjusted()) <= _MOST_DIGITS


def total(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """The sum, or None when one of them is not stated."""
    result = ZERO
    for amount in amounts:
        if amount is None:
            return None
        result += amount
    return result
