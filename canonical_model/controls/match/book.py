"""All order lines of one side, and where to look for the ones that another document is about."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from canonical_model.controls.match.entry import Entry, Pointer, line_key, trade_entry
from canonical_model.controls.match.order_line import OrderLine
from canonical_model.controls.match.parties import Marks
from canonical_model.controls.match.pool import Region
from canonical_model.controls.match.units import Units
from canonical_model.controls.match.verdict import Basis
from canonical_model.documents.purchase_order import Order
from canonical_model.identity import number_key

_NAMED = 3


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """What a document says of all its lines."""

    orders: tuple[Pointer, ...] = ()
    receipts: tuple[Pointer, ...] = ()
    party: Marks = frozenset()


class Book:
    """Order lines by number, by counterparty, and by the receipts that were entered for them."""

    def __init__(
        self, orders: Iterable[Order], units: Units, party: Callable[[Order], Marks]
    ) -> None:
        self.units = units
        self.lines = sorted(_lines(orders, units), key=_age)
        self._numbers: defaultdict[str, list[OrderLine]] = defaultdict(list)
        self._places: defaultdict[Pointer, list[OrderLine]] = defaultdict(list)
        self._parties: defaultdict[tuple[str, str] | None, list[OrderLine]] = defaultdict(list)
        self._arrived: defaultdict[Pointer, dict[int, OrderLine]] = defaultdict(dict)
        self._regions: dict[tuple[object, ...], Region] = {}
        for rank, line in enumerate(self.lines):
            line.rank, line.party = rank, party(line.order)
            self._numbers[line.number].append(line)
            self._places[line.number, line.key].append(line)
            for mark in line.party or (None,):
                self._parties[mark].append(line)

    def remember(self, number: str, entry: Entry, lines: Iterable[OrderLine]) -> None:
        """What a receipt was for, so that others may name the receipt instead of the order."""
        for line in lines:
            self._arrived[number, line_key(entry.id)][line.rank] = line
            self._arrived[number, None][line.rank] = line

    def named(self, entry: Entry, head: Head) -> tuple[Basis, list[OrderLine]] | None:
        """The lines that the entry names itself, through an order or through a receipt."""
        headed = [number for number, _ in head.orders]
        for number, place in entry.orders:
            numbers = [number] if number else headed
            found = [line for each in numbers for line in self._places.get((each, place), ())]
            if place is not None and found:
                return "reference", found
        for pointer in entry.receipts:
            if pointer[1] is not None and pointer in self._arrived:
                return "receipt", list(self._arrived[pointer].values())
        return None

    def region(self, entry: Entry, head: Head) -> tuple[Region, str]:
        """The orders that entry or document names, else those of the same counterparty."""
        for orders, receipts in ((entry.orders, entry.receipts), (head.orders, head.receipts)):
            numbers = {number for number, _ in orders if number}
            if not numbers:
                numbers = {line.number for number, _ in receipts for line in self._received(number)}
            if numbers:
                where = ", ".join(map(self._spelt, sorted(numbers)[:_NAMED]))
                return self._area(sorted(numbers), self._numbers), f"order {where}"
        if not head.party:
            return self._area(sorted(self._numbers), self._numbers), "any order"
        return self._area([None, *sorted(head.party)], self._parties), "orders of the same party"

    def _spelt(self, number: str) -> str:
        lines = self._numbers.get(number)
        return lines[0].order.number or number if lines else number

    def _received(self, number: str) -> Iterable[OrderLine]:
        found = self._arrived.get((number, None))
        return found.values() if found else ()

    def _area(self, keys: Iterable[Any], index: Mapping[Any, list[OrderLine]]) -> Region:
        key = tuple(keys)
        if key not in self._regions:
            found = {line.rank: line for each in key for line in index.get(each, ())}
            self._regions[key] = Region(found.values())
        return self._regions[key]


def _lines(orders: Iterable[Order], units: Units) -> Iterable[OrderLine]:
    for order in orders:
        number = number_key(order.number or "")
        for at, line in enumerate(order.lines):
            if line.kind in (None, "detail"):
                yield OrderLine(order, line, trade_entry(line, at, units, order.currency), number)


def _age(line: OrderLine) -> tuple[object, ...]:
    """Oldest first; nothing depends on the order in which documents are given."""
    return (line.order.issue_date or datetime.date.min, line.number, line.entry.order_key)
