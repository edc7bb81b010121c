"""Freight, charges and allowances of a whole document against those that were agreed."""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping
from fractions import Fraction

from canonical_model.checks.figures import figures_of
from canonical_model.controls.match.entry import Entry
from canonical_model.controls.match.order_line import OrderLine
from canonical_model.controls.match.ratios import NOTHING, fraction
from canonical_model.documents.invoice import Bill
from canonical_model.documents.purchase_order import Order
from canonical_model.parts.tax import Adjustment


class Charges:
    """What a bill asks for beyond its goods, and what of it its orders provide for.

    Charges may come with any invoice of an order, but only once; allowances belong to the goods.
    """

    def __init__(self, bill: Bill, loose: Iterable[Entry]) -> None:
        self.asked = _stated(bill) + sum((each.net or NOTHING for each in loose), NOTHING)
        self.goods = NOTHING
        self.agreed = NOTHING
        self.slack = Fraction(figures_of(bill.currency).unit)
        self._by_order: dict[str, tuple[Order, Fraction]] = {}

    def set_against(self, shares: Iterable[tuple[OrderLine, Fraction]]) -> None:
        """The goods that the bill is about, at the prices of their orders."""
        for line, quantity in shares:
            value = quantity * (line.price or NOTHING)
            _, before = self._by_order.get(line.number, (line.order, NOTHING))
            self._by_order[line.number] = (line.order, before + value)
            self.goods += value

    def remember(self, charged: MutableMapping[str, Fraction]) -> None:
        """Reckon what is still agreed, and note what this bill takes of it."""
        for number, (order, goods) in sorted(self._by_order.items(), key=lambda each: each[0]):
            charges, allowances, whole = _of_order(order)
            share = goods / whole if whole else NOTHING
            self.agreed += max(charges - charged[number], NOTHING) - allowances * share
            taken = self.asked * (goods / self.goods) if self.goods else self.asked
            charged[number] += max(taken + allowances * share, NOTHING)


def _stated(bill: Bill) -> Fraction:
    if bill.adjustments or bill.totals is None:
        return _sum(bill.adjustments, "charge", NOTHING) - _sum(
            bill.adjustments, "allowance", NOTHING
        )
    charges, allowances = fraction(bill.totals.charges), fraction(bill.totals.allowances)
    return (charges or NOTHING) - (allowances or NOTHING)


def _of_order(order: Order) -> tuple[Fraction, Fraction, Fraction]:
    nets = (fraction(line.net) or NOTHING for line in order.lines if line.kind in (None, "detail"))
    goods = sum(nets, NOTHING)
    return (
        _sum(order.adjustments, "charge", goods),
        _sum(order.adjustments, "allowance", goods),
        goods,
    )


def _sum(adjustments: Iterable[Adjustment], kind: str, base: Fraction) -> Fraction:
    return sum((_amount(each, base) for each in adjustments if each.kind == kind), NOTHING)


def _amount(adjustment: Adjustment, base: Fraction) -> Fraction:
    amount, percent = fraction(adjustment.amount), fraction(adjustment.percent)
    if amount is not None:
        return amount
    return (fraction(adjustment.base) or base) * (percent or NOTHING) / 100
