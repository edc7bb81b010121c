"""Open items by all that a bank line may name: keys, numbers, counterparties and amounts."""

from __future__ import annotations

import datetime
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final, NamedTuple

from canonical_model.controls.reconciliation.movements import Movement
from canonical_model.controls.reconciliation.open_items import Item
from canonical_model.controls.reconciliation.policy import ReconciliationPolicy
from canonical_model.controls.reconciliation.settlement import (
    days_apart,
    expected_amounts,
    fee_limit,
    in_window,
)

_MOST_OF_AN_AMOUNT: Final = 5
_SHORTEST: Final = 4
_MOST_IN_TIME: Final = 2000


class _Expected(NamedTuple):
    """An amount that may come for an item; sorts by currency and amount."""

    currency: str
    amount: int
    handle: str


class OpenItems:
    """All open items, each under everything that may name it.

    Groups are kept in the order of amount and day, so that of a thousand items of one customer
    only the few are looked at that are near in both.
    """

    def __init__(self, items: Iterable[Item]) -> None:
        self._items: dict[str, Item] = {}
        self._by_key: dict[str, list[Item]] = {}
        self._by_number: dict[str, list[Item]] = {}
        self._by_party: dict[str, list[_Expected]] = {}
        self._by_amount: dict[tuple[str, int], list[Item]] = {}
        self._in_time: dict[tuple[str, str], list[Item]] = {}
        for item in sorted(items, key=_place):
            self._add(item)
        for expected in self._by_party.values():
            expected.sort()
        for known in self._in_time.values():
            known.sort(key=lambda item: item.rank)

    def _add(self, item: Item) -> None:
        self._items[item.handle] = item
        for key in item.keys:
            self._by_key.setdefault(key, []).append(item)
        for number in {item.number, item.loose}:
            if len(number) >= _SHORTEST:
                self._by_number.setdefault(number, []).append(item)
        for party in item.parties:
            self._in_time.setdefault((party, item.currency), []).append(item)
        for amount in set(expected_amounts(item)):
            self._by_amount.setdefault((item.currency, amount), []).append(item)
            for party in item.parties:
                expected = _Expected(item.currency, amount, item.handle)
                self._by_party.setdefault(party, []).append(expected)

    def named_by(self, movement: Movement, policy: ReconciliationPolicy) -> list[Item]:
        """Items that the line names by a key or number; the fitting ones where there are many."""
        found: dict[str, Item] = {}
        for group in self._groups(movement):
            likely = _nearest(group, movement, movement.amount, policy.most_candidates)
            found |= {item.handle: item for item in likely}
        return sorted(found.values(), key=lambda item: item.rank)

    def _groups(self, movement: Movement) -> Iterator[list[Item]]:
        for key in sorted(movement.keys):
            yield self._by_key.get(key, [])
        for number in sorted(movement.numbers | movement.words):
            yield self._by_number.get(number, [])

    def of_party(self, movement: Movement, policy: ReconciliationPolicy) -> list[Item]:
        """Items of the counterparty whose amount fits, a fee that a bank kept back included."""
        found: dict[str, Item] = {}
        limit = fee_limit(movement, policy)
        for party in sorted(movement.parties):
            expected = self._by_party.get(party, [])
            first = bisect_left(expected, (movement.currency, movement.amount))
            for each in expected[first : first + policy.most_candidates]:
                if each.currency != movement.currency or each.amount > movement.amount + limit:
                    break
                found[each.handle] = self._items[each.handle]
        found |= {item.handle: item for item in self._in_other_currencies(movement, policy)}
        return sorted(found.values(), key=lambda item: item.rank)

    def _in_other_currencies(
        self, movement: Movement, policy: ReconciliationPolicy
    ) -> Iterator[Item]:
        for currency, amount in movement.others:
            group = self._by_amount.get((currency, amount), [])
            for item in _nearest(group, movement, amount, policy.most_candidates):
                if item.parties & movement.parties:
                    yield item

    def of_amount(self, movement: Movement, policy: ReconciliationPolicy) -> list[Item]:
        """Items of just this amount whose day fits; none where too many have it."""
        same = self._by_amount.get((movement.currency, movement.amount), [])
        if len(same) > policy.most_candidates:
            return []
        fitting = [item for item in same if in_window(movement, item, policy)]
        return fitting if len(fitting) <= _MOST_OF_AN_AMOUNT else []

    def all_of(
        self, party: str, currency: str, since: datetime.date = datetime.date.min
    ) -> Iterator[Item]:
        """Items of a counterparty that were due since a day, oldest first; not without end."""
        known = self._in_time.get((party, currency), [])
        first = bisect_left(known, (since, ""), key=lambda item: item.rank)
        return islice(known, first, first + _MOST_IN_TIME)


def _place(item: Item) -> tuple[int, int, str]:
    return item.amount, item.rank[0].toordinal(), item.handle


def _nearest(group: list[Item], movement: Movement, amount: int, most: int) -> list[Item]:
    """The items of a group that are nearest in amount, then in day."""
    if len(group) <= most:
        return group
    day = movement.day.toordinal() if movement.day is not None else 0
    here = bisect_left(group, (amount, day, ""), key=_place)
    around = group[max(0, here - most) : here + most]
    return sorted(
        around,
        key=lambda item: (abs(item.amount - amount), days_apart(movement, item), item.handle),
    )[:most]
