"""Amounts as whole numbers, so that sums of thousands of them are exact and quick.

The unit is the smallest part that a canonical amount can have, 10^-9, and not the currency's own
minor unit: one unit serves every currency, and an amount of a tenth of a cent stays what it is.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from typing import Final

from canonical_model.base.codes import currency_exponent

DIGITS: Final = 9
_LARGEST: Final = 18  # digits before the point
_EXACT = Context(prec=60)


def units(amount: Decimal | None) -> int | None:
    """The amount in units; None for none, and for what no canonical document holds (NaN, 1E+99)."""
    if amount is None or not amount.is_finite() or amount.adjusted() >= _LARGEST:
        return None
    with localcontext(_EXACT):
        scaled = amount.scaleb(DIGITS)
        whole = int(scaled)
        return whole if whole == scaled else None


def amount_of(whole: int, currency: str | None) -> Decimal:
    """Units as an amount, padded to the currency's decimals."""
    places = _places(currency)
    with localcontext(_EXACT):
        exact = Decimal(whole).scaleb(-DIGITS).normalize()
        exponent = exact.as_tuple().exponent
        if isinstance(exponent, int) and -exponent < places:
            return exact.quantize(Decimal(1).scaleb(-places))
        return exact


def smallest(currency: str | None) -> int:
    """The currency's minor unit, in units: 10^7 for a cent."""
    return int(10 ** (DIGITS - _places(currency)))


def share(whole: int, percent: Decimal, currency: str | None) -> int:
    """So many percent of it, rounded half up to the currency's minor unit."""
    coin = smallest(currency)
    with localcontext(_EXACT):
        coins = (Decimal(whole) * percent / 100 / coin).quantize(Decimal(1), ROUND_HALF_UP)
    return int(coins) * coin


def _places(currency: str | None) -> int:
    exponent = currency_exponent(currency) if currency else None
    return 2 if exponent is None else exponent
