"""A line of any document as the match sees it: what, how much, at what price, of which order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction

from canonical_model.checks.figures import figures_of
from canonical_model.controls.match.descriptions import tokens
from canonical_model.controls.match.ratios import NOTHING, ONE, fraction
from canonical_model.controls.match.units import Units, item_number
from canonical_model.identity import number_key
from canonical_model.parts.item import Item
from canonical_model.parts.line import Line
from canonical_model.parts.movement import MoveLine
from canonical_model.parts.reference import Ref, RefRole

Pointer = tuple[str, str | None]
"""Number of a document as it is compared, and the line of it that is meant."""

_LONGEST_TEXT = 400  # characters; what follows tells no two things apart
_LINE_SLACK = Fraction(2, 100)  # PEPPOL-EN16931-R120


@dataclass(slots=True, eq=False)
class Entry:
    """One line; exact, and without the sign of a credit."""

    path: str
    id: str
    items: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    name: str = ""
    quantity: Fraction | None = None
    unit: str | None = None
    price: Fraction | None = None
    net: Fraction | None = None
    slack: Fraction = NOTHING
    """How far the price may be off because it was reckoned from a rounded amount."""
    orders: tuple[Pointer, ...] = ()
    receipts: tuple[Pointer, ...] = ()
    categories: frozenset[str] = frozenset()
    marks: dict[str, str] = field(default_factory=dict)
    """The item's numbers by who gave them: buyer, seller or a standard."""

    @property
    def order_key(self) -> tuple[object, ...]:
        """An order of lines that does not depend on where they stand."""
        number = self.id if not self.id.isdigit() else self.id.zfill(12)
        return (number, sorted(self.items), self.net or NOTHING, self.quantity or NOTHING)


def line_key(line_id: str) -> str:
    """A line's number as it is compared: 00010 and 10 are one."""
    bare = line_id.strip()
    return bare.lstrip("0") or "0" if bare.isdigit() else bare.casefold()


def pointers(refs: list[Ref], *roles: RefRole) -> tuple[Pointer, ...]:
    """The documents of these roles that are named, with their lines."""
    found = (
        (number_key(ref.number) if ref.number else "", line_key(ref.line) if ref.line else None)
        for ref in refs
        if ref.role in roles
    )
    return tuple(sorted({each for each in found if any(each)}, key=str))


def trade_entry(
    line: Line, at: int, units: Units, currency: str | None, *, gross: bool = False
) -> Entry:
    """A line of an order, invoice or credit note; `gross` tells that its amounts contain tax."""
    entry = Entry(f"lines[{at}]", line.id or str(at + 1))
    _identify(entry, line.item, line.refs)
    entry.quantity, entry.unit = fraction(line.quantity), line.unit
    share = _untaxed(line) if gross else ONE
    net = fraction(line.net)
    entry.net = None if net is None or share is None else net * share
    _value(entry, line, units, share)
    coin = Fraction(figures_of(currency).unit)
    if entry.price is None and entry.net is not None and entry.quantity:
        entry.price, entry.slack = entry.net / entry.quantity, coin / abs(entry.quantity)
    elif gross:
        entry.slack = coin  # the price with tax was rounded, too
    return entry


def movement_entry(line: MoveLine, at: int) -> Entry:
    """A line of a receipt, shipment or return; its `net` is the stated value."""
    entry = Entry(f"lines[{at}]", line.id or str(at + 1))
    _identify(entry, line.item, line.refs)
    entry.quantity, entry.unit = fraction(line.quantity), line.unit
    entry.price, entry.net = fraction(line.unit_cost), fraction(line.value)
    return entry


def _identify(entry: Entry, item: Item | None, refs: list[Ref]) -> None:
    entry.orders = pointers(refs, "order", "sales_order")
    entry.receipts = pointers(refs, "receipt", "despatch", "shipment")
    if item is None:
        return
    entry.name = item.name or item.description or ""
    text = " ".join(filter(None, (item.name, item.description)))
    entry.words = tokens(text[:_LONGEST_TEXT])
    entry.categories = frozenset(each.code for each in item.classifications)
    standard = item.standard_id.value if item.standard_id is not None else None
    stated = {"standard": standard, "buyer": item.buyer_id, "seller": item.seller_id}
    entry.marks = {who: item_number(number) for who, number in stated.items() if number}
    entry.items = frozenset(f"{who}:{number}" for who, number in entry.marks.items())


def _untaxed(line: Line) -> Fraction | None:
    """The part of an amount that is not tax; None when the rate is not stated."""
    rates = [fraction(tax.rate) for tax in line.taxes if not tax.withheld]
    if not rates or None in rates:
        return None
    return 100 / (100 + sum((rate for rate in rates if rate is not None), NOTHING))


def _value(entry: Entry, line: Line, units: Units, share: Fraction | None) -> None:
    """The price that is really asked: after allowances, and the line's amount where they differ."""
    price = _stated_price(line, units, entry.marks.values())
    if price is None or share is None or not entry.quantity:
        entry.price = price * share if price is not None and share is not None else None
        return
    amount = entry.quantity * price * share
    for each in line.adjustments:
        value = (fraction(each.amount) or NOTHING) * share
        amount += value if each.kind == "charge" else -value
    if entry.net is None or abs(abs(entry.net) - abs(amount)) <= _LINE_SLACK:
        entry.price = amount / entry.quantity
        entry.net = amount if entry.net is None else entry.net


def _stated_price(line: Line, units: Units, items: Iterable[str]) -> Fraction | None:
    price = line.price
    net = fraction(price.net) if price is not None else None
    if price is None or net is None:
        return None
    base = fraction(price.base_quantity) if price.base_quantity is not None else ONE
    into = units.factor(line.unit, price.base_unit, items)
    return net * into / base if base and into is not None else None
