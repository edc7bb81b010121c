"""How the amount of a bank line and that of open items fit together, and what explains the rest."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from decimal import Context, localcontext
from typing import Final, Literal, NamedTuple

from canonical_model.controls.reconciliation.movements import Movement
from canonical_model.controls.reconciliation.open_items import Item
from canonical_model.controls.reconciliation.policy import ReconciliationPolicy
from canonical_model.controls.reconciliation.whole_units import share, smallest, units
from canonical_model.parts.money import Rate

_EXACT = Context(prec=60)
Fit = Literal[
    "exact", "discount", "fee_stated", "fee", "exchange", "converted", "unknown", "part", "over"
]

EXPLAINED: Final[frozenset[Fit]] = frozenset({"exact", "discount", "fee_stated", "exchange"})
"""Fits that leave nothing open to a person's judgement."""


class Settlement(NamedTuple):
    """How they fit; `rest` is items less lines in the items' currency."""

    fit: Fit
    rest: int


def settlement(
    movement: Movement, items: Sequence[Item], policy: ReconciliationPolicy
) -> Settlement | None:
    """The closest fit; None where the money flows the other way or the currencies say nothing."""
    currencies = {item.currency for item in items}
    if len(currencies) != 1:
        return None
    wanted = sum(item.amount for item in items)
    if not wanted or (wanted > 0) != (movement.amount > 0):
        return None
    currency = currencies.pop()
    if currency != movement.currency and currency and movement.currency:
        return _in_another_currency(movement, wanted, currency, policy)
    return _same_currency(movement, items, wanted, policy)


def _same_currency(
    movement: Movement, items: Sequence[Item], wanted: int, policy: ReconciliationPolicy
) -> Settlement:
    rest = wanted - movement.amount
    if not rest:
        return Settlement("exact", 0)
    if _is_discount(movement, items, rest, policy):
        return Settlement("discount", rest)
    if movement.charges and rest == movement.charges:
        return Settlement("fee_stated", rest)
    if 0 < rest <= fee_limit(movement, policy):
        return Settlement("fee", rest)
    short = abs(movement.amount) < abs(wanted)
    return Settlement("part" if short else "over", rest)


def _in_another_currency(
    movement: Movement, wanted: int, currency: str, policy: ReconciliationPolicy
) -> Settlement:
    """As the bank states it: the instructed amount, its counter value, or the rate."""
    stated = [amount for other, amount in movement.others if other == currency]
    if wanted in stated:
        return Settlement("exchange", 0)
    rated = [converted(movement, rate, currency) for rate in movement.rates]
    for amount in filter(None, rated):
        if abs(wanted - amount) <= share(abs(wanted), policy.rate_percent, currency):
            return Settlement("converted", wanted - amount)
    if not stated:
        return Settlement("unknown", 0)
    nearest = min(stated, key=lambda amount: abs(wanted - amount))
    return Settlement("part" if abs(nearest) < abs(wanted) else "over", wanted - nearest)


def converted(movement: Movement, rate: Rate, currency: str) -> int | None:
    """The line's amount in the currency at a stated rate: one `base` is `rate` `quote`."""
    if not rate.rate or not rate.rate.is_finite():
        return None
    with localcontext(_EXACT):
        if (rate.base, rate.quote) == (currency, movement.currency):
            return int(movement.amount / rate.rate)
        if (rate.base, rate.quote) == (movement.currency, currency):
            return int(movement.amount * rate.rate)
    return None


def fee_limit(movement: Movement, policy: ReconciliationPolicy) -> int:
    """How much may be missing as a bank's fee: the lower of the amount and the percentage."""
    percent = share(abs(movement.amount), policy.fee_percent, movement.currency)
    return min(units(policy.fee_amount) or 0, percent)


def _is_discount(
    movement: Movement, items: Sequence[Item], rest: int, policy: ReconciliationPolicy
) -> bool:
    """Whether every item that grants one was paid less its discount; rounding may cost a cent."""
    granted = [list(_granted(item, movement.day, policy)) for item in items]
    if not any(granted):
        return False
    slack = smallest(movement.currency) * sum(map(bool, granted))
    most = sum(max(each, key=abs) for each in granted if each)
    least = sum(min(each, key=abs) for each in granted if each)
    return any(abs(rest - taken) <= slack for taken in (most, least))


def _granted(item: Item, day: datetime.date | None, policy: ReconciliationPolicy) -> Iterator[int]:
    """The discounts that still hold on that day, the tenant's grace included."""
    for each in item.discounts:
        if day is None or each.until is None or (day - each.until).days <= policy.discount_grace:
            yield each.amount


def expected_amounts(item: Item) -> Iterator[int]:
    """What may come in for an item by itself: all of it, or all less a discount."""
    yield item.amount
    for each in item.discounts:
        yield item.amount - each.amount


def in_window(movement: Movement, item: Item, policy: ReconciliationPolicy) -> bool:
    """Whether the day of the payment fits; true where either is not known."""
    first, last = item.day or item.due, item.due or item.day
    if movement.day is None or first is None or last is None:
        return True
    early, late = (first - movement.day).days, (movement.day - last).days
    return early <= policy.days_before and late <= policy.days_after


def days_apart(movement: Movement, item: Item) -> int:
    """Days between the payment and when it was expected."""
    expected = item.due or item.day
    if movement.day is None or expected is None:
        return 0
    return abs((movement.day - expected).days)
