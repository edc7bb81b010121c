"""Which of a few amounts come to a given sum: bounded, exact, and said to be unique or not."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, product
from typing import NamedTuple

_KEPT = 2
MOST = 20
"""Amounts that are tried in all combinations: two halves of a thousand sums each."""


class Chosen(NamedTuple):
    """The places of the amounts that make the sum, and whether no other choice of few does."""

    places: tuple[int, ...]
    only: bool


def subset(amounts: Sequence[int], target: int, most: int = MOST) -> Chosen | None:
    """The fewest amounts that come to the sum; the first ones where several choices are as short.

    Only the first `most` amounts are tried in all combinations, so give the likeliest first.
    """
    tried = amounts[: min(most, MOST)]
    middle = len(tried) // 2
    left, right = _sums(tried[:middle]), _sums(tried[middle:])
    found: list[tuple[int, ...]] = []
    for total, masks in right.items():
        for one, other in product(left.get(target - total, ()), masks):
            if one or other:
                found.append((*_places(one, 0), *_places(other, middle)))
    if not found:
        return None
    best = min(found, key=lambda places: (len(places), places))
    return Chosen(best, len(found) == 1)


def prefix(amounts: Sequence[int], target: int) -> int | None:
    """How many of the amounts, oldest first, come to the sum: somebody who pays all up to a day."""
    totals = enumerate(accumulate(amounts), 1)
    return next((count for count, total in totals if total == target), None)


def _sums(amounts: Sequence[int]) -> dict[int, list[int]]:
    """Every sum of some of the amounts, with the two shortest choices of them as bit masks.

    Two are enough to know whether a choice is the only one.
    """
    masks = [(0, 0)]
    for place, amount in enumerate(amounts):
        masks += [(total + amount, mask | 1 << place) for total, mask in masks]
    sums: dict[int, list[int]] = {}
    for total, mask in sorted(masks, key=lambda each: (each[1].bit_count(), each[1])):
        kept = sums.setdefault(total, [])
        if len(kept) < _KEPT:
            kept.append(mask)
    return sums


def _places(mask: int, first: int) -> tuple[int, ...]:
    return tuple(first + place for place in range(mask.bit_length()) if mask >> place & 1)
