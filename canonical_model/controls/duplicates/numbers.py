"""How two document numbers that differ are related: one series, a slip of eye or hand, neither."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from rapidfuzz.distance import OSA

_TAIL = re.compile(r"^(.*?)([0-9]{1,18})$")
_STEPS_A_DAY: Final = 3
_SHORTEST = 4
# Digits that scanners and tired eyes take for each other
_CONFUSED: Final = frozenset(
    frozenset(pair) for pair in ("08", "06", "17", "14", "27", "35", "38", "49", "56", "68", "89")
)


@lru_cache(1 << 16)
def step(one: str, other: str) -> int | None:
    """How far the second is behind the first in one series; None when they are of no one series.

    `INV2026041` and `INV2026043` are two apart.
    """
    first, second = _TAIL.match(one), _TAIL.match(other)
    if first is None or second is None or first[1] != second[1]:
        return None
    if abs(len(first[2]) - len(second[2])) > 1:
        return None
    return int(second[2]) - int(first[2])


def in_series(one: str, other: str, days: int | None) -> bool:
    """Whether they follow each other as their dates do; `days` from the first to the second."""
    apart = step(one, other)
    if not apart:
        return False
    if not days:
        return abs(apart) <= _STEPS_A_DAY
    return (apart > 0) == (days > 0)


@lru_cache(1 << 16)
def slipped(one: str, other: str) -> bool:
    """Whether one is the other misread or mistyped in one place, and not just the next number."""
    if one == other or min(len(one), len(other)) < _SHORTEST or OSA.distance(one, other) != 1:
        return False
    if len(one) != len(other):
        return True
    places = [place for place in range(len(one)) if one[place] != other[place]]
    if len(places) == 2:  # two neighbours changed places
        return True
    pair = frozenset((one[places[0]], other[places[0]]))
    return pair in _CONFUSED or not all(each.isdigit() for each in pair)
