"""An order line with all that has happened to it: received, returned, invoiced, credited."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from canonical_model.controls.match.entry import Entry, line_key
from canonical_model.controls.match.parties import Marks
from canonical_model.controls.match.ratios import NOTHING, ONE
from canonical_model.controls.match.units import Units
from canonical_model.documents.purchase_order import Order
from canonical_model.parts.line import Line

Purpose = Literal["receive", "return", "bill", "credit"]

_NEAR = Fraction(1, 100)  # a unit price that was rounded is still the same price


@dataclass(slots=True, eq=False)
class OrderLine:
    """All figures are in the order line's own unit; in money where the order states no quantity."""

    order: Order
    line: Line
    entry: Entry
    number: str
    rank: int = 0
    party: Marks = frozenset()
    accepted: Fraction = NOTHING
    rejected: Fraction = NOTHING
    returned: Fraction = NOTHING
    billed: Fraction = NOTHING
    credited: Fraction = NOTHING
    corrected: Fraction = NOTHING
    """Money taken back without any goods: corrections of a price."""
    overcharged: Fraction = NOTHING
    """Money that invoices asked for beyond the order's price."""
    prices: set[Fraction] = field(default_factory=set)
    """Prices it was invoiced at."""
    arrivals: list[tuple[datetime.date | None, Fraction]] = field(default_factory=list)

    @property
    def by_value(self) -> bool:
        """Whether only an amount was ordered, such as a budget for services."""
        return not self.entry.quantity

    @property
    def ordered(self) -> Fraction | None:
        return self.entry.net if self.by_value else self.entry.quantity

    @property
    def price(self) -> Fraction | None:
        return ONE if self.by_value else self.entry.price

    @property
    def unit(self) -> str | None:
        return self.order.currency if self.by_value else self.entry.unit

    @property
    def key(self) -> str:
        return line_key(self.entry.id)

    @property
    def received(self) -> Fraction:
        """What may be invoiced: goods that went back count first against those never accepted."""
        return self.accepted - max(NOTHING, self.returned - self.rejected)

    @property
    def touched(self) -> bool:
        """Whether any receipt or return is known."""
        return bool(self.accepted or self.rejected or self.returned or self.arrivals)

    @property
    def invoiced(self) -> Fraction:
        return self.billed - self.credited

    def room(self, purpose: Purpose) -> Fraction:
        """How much more fits before somebody would be surprised."""
        ordered = self.ordered or NOTHING
        if purpose == "bill":
            return ordered - self.billed
        if purpose == "receive":
            return ordered - self.accepted - self.rejected
        if purpose == "credit":
            return self.billed - self.credited
        return self.accepted + self.rejected - self.returned

    def rate(self, entry: Entry, units: Units) -> Fraction | None:
        """How much of this line one measure of the entry is: one unit, or one of its money."""
        if entry.quantity:
            if self.by_value:
                return entry.net / entry.quantity if entry.net is not None else entry.price
            return units.factor(entry.unit, self.entry.unit, self._numbers(entry))
        if self.by_value:
            return ONE
        return 1 / self.price if self.price else None

    def is_its_price(self, price: Fraction) -> bool:
        """Whether goods at this price are goods taken back, and not a correction of the price."""
        known = self.prices if self.price is None else {*self.prices, self.price}
        return any(same_price(price, each) for each in known)

    def _numbers(self, entry: Entry) -> set[str]:
        return {*entry.marks.values(), *self.entry.marks.values()}


def same_price(one: Fraction, other: Fraction) -> bool:
    """Whether two unit prices differ by no more than rounding may explain."""
    return abs(one - other) <= max(abs(one), abs(other)) * _NEAR


def measure(entry: Entry) -> Fraction | None:
    """What is shared out: the quantity, or the amount where no quantity is stated."""
    return entry.quantity if entry.quantity or entry.net is None else entry.net
