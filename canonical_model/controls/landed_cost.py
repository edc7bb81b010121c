"""Freight, duty and insurance onto the goods they were paid for, to the last cent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Literal

from canonical_model.base.scalars import Amount, Code, Currency, Maybe, Number, Part, Text, says
from canonical_model.checks.figures import decimals, figures_of
from canonical_model.controls.match.arrivals import moves, receiving
from canonical_model.controls.match.book import Book
from canonical_model.controls.match.entry import Entry
from canonical_model.controls.match.pairing import Pairing
from canonical_model.controls.match.parties import marks
from canonical_model.controls.match.ratios import NOTHING, ONE, decimal, fraction
from canonical_model.controls.match.settings import Conversion, MatchSettings
from canonical_model.controls.match.side import BUYING
from canonical_model.controls.match.units import Units
from canonical_model.documents import AnyDocument
from canonical_model.documents.movement import Movement
from canonical_model.identity import number_key
from canonical_model.wire.normal import pad

Basis = Literal["value", "weight", "volume", "quantity", "line"]

# What a basis is measured in; a quantity in whatever the first line is counted in.
_MEASURED_IN = {"weight": "KGM", "volume": "MTQ"}


class Cost(Part, frozen=True, kw_only=True):
    """A cost to spread over goods; a rebate is below zero."""

    name: Annotated[Text, says("What it is", examples=["Sea freight"])]
    amount: Annotated[Amount, says("How much")]
    basis: Annotated[
        Basis, says("Spread by value, weight, volume or quantity, or alike on each line")
    ]
    currency: Annotated[Maybe[Currency], says("Its currency, where not that of the whole")] = None


class CostSheet(Part, frozen=True, kw_only=True):
    """What is to be spread, as a file or a caller states it."""

    costs: Annotated[list[Cost], says("Each cost with what it is spread by")]
    currency: Annotated[Maybe[Currency], says("Currency of all amounts")] = None
    conversions: Annotated[list[Conversion], says("How items are packed, and what they weigh")] = []


class CostShare(Part, frozen=True, kw_only=True):
    """What one line bears of one cost."""

    cost: Annotated[Text, says("Name of the cost")]
    amount: Annotated[Amount, says("Its share")]


class LandedLine(Part, frozen=True, kw_only=True):
    """A receipt line with what it bears."""

    receipt: Annotated[Maybe[Text], says("Number of the receipt")] = None
    line: Annotated[Text, says("Line of the receipt")]
    quantity: Annotated[Maybe[Number], says("Accepted quantity")] = None
    unit: Annotated[Maybe[Code], says("Its unit")] = None
    value: Annotated[Maybe[Number], says("Value of the goods, stated or at the order's price")] = (
        None
    )
    shares: Annotated[list[CostShare], says("Cost by cost")] = []
    landed: Annotated[Amount, says("Sum of the shares")]
    unit_cost: Annotated[Maybe[Number], says("Value and shares by unit")] = None


class Unallocated(Part, frozen=True, kw_only=True):
    """A cost that could not be spread."""

    cost: Annotated[Text, says("Name of the cost")]
    amount: Annotated[Amount, says("How much")]
    message: Annotated[Text, says("Why, and what would work")]


class LandedCost(Part, frozen=True, kw_only=True):
    """Every cost on lines or unallocated: nothing is lost and nothing is rounded away."""

    currency: Annotated[Maybe[Currency], says("Currency of all amounts")] = None
    lines: Annotated[list[LandedLine], says("Receipt lines")] = []
    unallocated: Annotated[list[Unallocated], says("What could not be spread")] = []


@dataclass(slots=True, eq=False)
class _Goods:
    """One receipt line on the way to its landed cost."""

    receipt: Movement
    entry: Entry
    quantity: Fraction | None
    value: Fraction | None
    shares: list[CostShare] = field(default_factory=list)


def landed_cost(
    documents: Iterable[AnyDocument],
    costs: Sequence[Cost],
    *,
    currency: str | None = None,
    conversions: Sequence[Conversion] = (),
) -> LandedCost:
    """Spread costs over the receipts among the documents.

    Where a receipt states no value, the price of the order line it is for gives it one, if the
    order is among the documents. Weights come from `conversions`: one C62 of an item is so many
    KGM.
    """
    units = Units(conversions)
    goods = list(_goods(list(documents), units, conversions))
    unallocated = []
    for cost in costs:
        if fault := _spread(cost, goods, units, currency):
            unallocated.append(Unallocated(cost=cost.name, amount=cost.amount, message=fault))
    lines = [_line(each, currency) for each in goods]
    return LandedCost(currency=currency, lines=lines, unallocated=unallocated)


def apportion(amount: Decimal, weights: Sequence[Fraction], coin: Decimal) -> list[Decimal]:
    """Parts of an amount, in whole coins and with exactly its sum (largest remainder).

    Weights are not negative and not all zero; among equal remainders the first gets the coin.
    """
    whole, total = abs(Fraction(amount) / Fraction(coin)), sum(weights, NOTHING)
    exact = [whole * weight / total for weight in weights]
    coins = [int(each) for each in exact]
    by_remainder = sorted(range(len(exact)), key=lambda at: (coins[at] - exact[at], at))
    for at in by_remainder[: int(whole) - sum(coins)]:
        coins[at] += 1
    return [coin * (each if amount >= 0 else -each) for each in coins]


def _goods(
    documents: list[AnyDocument], units: Units, conversions: Sequence[Conversion]
) -> Iterable[_Goods]:
    book = Book(BUYING.orders(documents), units, lambda each: marks(BUYING.party(each)))
    pairing = Pairing(book, MatchSettings(conversions=list(conversions)))
    receipts = BUYING.arrivals(documents)
    undone = {number_key(each.reverses) for each in receipts if each.reverses}
    for receipt in receipts:
        if receipt.reverses or number_key(receipt.number or "") in undone:
            continue
        for entry, accepted in moves(receipt):
            share = None if entry.quantity is None else entry.quantity * accepted
            value = _value(entry, accepted, pairing, receipt)
            yield _Goods(receipt, entry, share, value)


def _value(
    entry: Entry, accepted: Fraction, pairing: Pairing, receipt: Movement
) -> Fraction | None:
    """As stated; at the stated cost of a unit; at the order's price; in this order."""
    if entry.net is not None:
        return entry.net
    if entry.quantity is None:
        return None
    if entry.price is not None:
        return entry.quantity * accepted * entry.price
    paired = pairing.pair(
        entry, BUYING.moving_head(receipt), "receive", receiving(accepted, 1, None)
    )
    found = [None if q is None or line.price is None else q * line.price
             for line, q in paired.shares.items()]  # fmt: skip
    if not found or None in found:
        return None
    return sum((each for each in found if each is not None), NOTHING) * accepted


def _spread(cost: Cost, goods: list[_Goods], units: Units, currency: str | None) -> str | None:
    """Add the shares of one cost; else say why that cannot be done."""
    if cost.currency not in (None, currency):
        return f"it is in {cost.currency}; convert it to {currency or 'the currency of the whole'}"
    if fraction(cost.amount) is None:
        return "its amount is not a number; state it as digits"
    weights = [_weight(cost.basis, each, goods, units) for each in goods]
    missing = [each.entry.id for each, weight in zip(goods, weights, strict=True) if weight is None]
    if missing:
        lines = ", ".join(missing[:5])
        return f"no {cost.basis} is known for line {lines}; state it, or how the item is packed"
    known = [max(each, NOTHING) for each in weights if each is not None]
    if not any(known):
        return f"there is nothing with a {cost.basis} to spread it over; choose another basis"
    parts = apportion(cost.amount, known, _coin(cost.amount, currency))
    for each, part in zip(goods, parts, strict=True):
        each.shares.append(CostShare(cost=cost.name, amount=part))
    return None


def _weight(basis: str, each: _Goods, goods: list[_Goods], units: Units) -> Fraction | None:
    if basis == "line":
        return ONE
    if basis == "value":
        return each.value if each.receipt.currency == goods[0].receipt.currency else None
    wanted = _MEASURED_IN.get(basis, goods[0].entry.unit)
    factor = units.factor(each.entry.unit, wanted, each.entry.marks.values())
    if each.quantity is None or factor is None or (basis in _MEASURED_IN and not each.entry.unit):
        return None
    return each.quantity * factor


def _coin(amount: Decimal, currency: str | None) -> Decimal:
    """The currency's smallest coin, or less where the amount has more decimals."""
    return min(figures_of(currency).unit, Decimal(1).scaleb(-max(decimals(amount), 0)))


def _line(each: _Goods, currency: str | None) -> LandedLine:
    landed = sum((share.amount for share in each.shares), Decimal(0))
    unit_cost = None
    if each.value is not None and each.quantity:
        unit_cost = decimal((each.value + Fraction(landed)) / each.quantity)
    return LandedLine(
        receipt=each.receipt.number,
        line=each.entry.id,
        quantity=None if each.quantity is None else decimal(each.quantity),
        unit=each.entry.unit,
        value=None if each.value is None else decimal(each.value),
        shares=each.shares,
        landed=pad(landed, currency),
        unit_cost=unit_cost,
    )
