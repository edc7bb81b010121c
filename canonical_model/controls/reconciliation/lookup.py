"""Open items by all that a bank line may name: keys, numbers, counterparties and amounts."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import chain
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


class _Expected(NamedTuple):
    """An amount that may come for an item; sorts by currency and amount."""

    currency: str
    amount: int
    handle: str


class OpenItems:
    """All open items, each under everything that may name it."""

    def __init__(self, items: Iterable[Item]) -> None:
        self._items: dict[str, Item] = {}
        self._by_key: dict[str, list[Item]] = {}
        self._by_number: dict[str, list[Item]] = {}
        self._by_party: dict[str, list[_Expected]] = {}
        self._by_amount: dict[tuple[str, int], list[Item]] = {}
        for item in items:
            self._add(item)
        for expected in self._by_party.values():
            expected.sort()

    def _add(self, item: Item) -> None:
        self._items[item.handle] = item
        for key in item.keys:
            self._by_key.setdefault(key, []).append(item)
        for number in {item.number, item.loose}:
            if len(number) >= _SHORTEST:
                self._by_number.setdefault(number, []).append(item)
        for amount in set(expected_amounts(item)):
            self._by_amount.setdefault((item.currency, amount), []).append(item)
            for party in item.parties:
                expected = _Expected(item.currency, amount, item.handle)
                self._by_party.setdefault(party, []).append(expected)

    def named_by(self, movement: Movement, policy: ReconciliationPolicy) -> list[Item]:
        """Items that the line names by a key or number; the fitting ones where there are many."""
        found: dict[str, Item] = {}
        for group in self._groups(movement):
            likely = _nearest(group, movement, policy.most_candidates)
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

    def _in_other_currencies(self, movement: Movement, policy: ReconciliationPolicy) -> list[Item]:
        stated = (self._by_amount.get(other, []) for other in movement.others)
        known = [item for item in chain.from_iterable(stated) if item.parties & movement.parties]
        return _nearest(known, movement, policy.most_candidates)

    def of_amount(self, movement: Movement, policy: ReconciliationPolicy) -> list[Item]:
        """Items of just this amount whose day fits; none where too many have it."""
        same = self._by_amount.get((movement.currency, movement.amount), [])
        if len(same) > policy.most_candidates:
            return []
        fitting = [item for item in same if in_window(movement, item, policy)]
        return fitting if len(fitting) <= _MOST_OF_AN_AMOUNT else []

    def all_of(self, parties: Iterable[str], currency: str) -> list[Item]:
        """Every item of a counterparty in a currency, oldest first."""
        expected = chain.from_iterable(self._by_party.get(party, []) for party in parties)
        handles = {each.handle for each in expected if each.currency == currency}
        return sorted((self._items[handle] for handle in handles), key=lambda item: item.rank)


def _nearest(group: list[Item], movement: Movement, most: int) -> list[Item]:
    """The items of a group that are nearest in amount, then in day."""
    if len(group) <= most:
        return group
    return sorted(
        group,
        key=lambda item: (
            abs(item.amount - movement.amount),
            days_apart(movement, item),
            item.handle,
        ),
    )[:most]
