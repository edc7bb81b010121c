"""What speaks for two documents being two, though they share much: rents, series, deliveries.

Without it every supplier with a monthly fee would be held each month. Nothing here speaks against
the same file.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from rapidfuzz.distance import OSA

from canonical_model.controls.duplicates.numbers import in_series
from canonical_model.controls.duplicates.profile import Profile
from canonical_model.controls.duplicates.verdict import Evidence
from canonical_model.parts.money import Period

_NEW_YEAR: Final = 90
"""Days after which the same number in another year is another invoice, and no late reminder."""


def _against(basis: str, weight: str, why: str) -> Evidence:
    return Evidence(basis=basis, weight=Decimal(weight), why=why)


_PERIODS = _against("periods", "0.9", "they bill different periods")
_RESTART = _against(
    "restart", "0.7", "the number comes again in another year, as where numbers restart"
)
_EXACT = _against("numbers", "0.8", "their numbers differ, and nobody typed or scanned them")
_SERIES = _against("series", "0.5", "their numbers follow each other as their dates do")
_DATES = _against("dates", "0.25", "both number and issue date differ")
_LINKED: Final = {
    "order": _against("orders", "0.5", "they name different orders"),
    "contract": _against("contracts", "0.6", "they name different contracts, projects or objects"),
    "delivery": _against("deliveries", "0.7", "they name different deliveries"),
}


def reasons_against(one: Profile, other: Profile) -> list[Evidence]:
    """What makes them two, strongest first."""
    found = list(_found(one, other))
    return sorted(found, key=lambda each: (-each.weight, each.basis))


def _found(one: Profile, other: Profile) -> Iterator[Evidence]:
    if one.period is not None and other.period is not None and _apart(one.period, other.period):
        yield _PERIODS
    if _same_number(one, other):
        if _other_year(one, other):
            yield _RESTART
        return
    for sort, reason in _LINKED.items():
        if _disjoint(one.linked.get(sort), other.linked.get(sort)):
            yield reason
    if one.number and other.number:
        yield from _of_numbers(one, other)


def _of_numbers(one: Profile, other: Profile) -> Iterator[Evidence]:
    days = _days(one, other)
    if not (one.typed or other.typed):
        yield _EXACT
    elif in_series(one.number, other.number, days):
        yield _SERIES
    elif days:
        yield _DATES


def _same_number(one: Profile, other: Profile) -> bool:
    return one.number != "" and (one.number == other.number or one.loose == other.loose)


def _other_year(one: Profile, other: Profile) -> bool:
    """In another year and no reminder: what no hand has touched keeps its date when sent again."""
    if one.day is None or other.day is None or one.day.year == other.day.year:
        return False
    exact = not (one.typed or other.typed)
    return exact or abs((one.day - other.day).days) >= _NEW_YEAR


def _days(one: Profile, other: Profile) -> int | None:
    if one.day is None or other.day is None:
        return None
    return (other.day - one.day).days


def _apart(one: Period, other: Period) -> bool:
    first, second = sorted((_span(one), _span(other)))
    return first[1] != "" and second[0] != "" and first[1] < second[0]


def _span(period: Period) -> tuple[str, str]:
    start, end = period.start or period.end, period.end or period.start
    return start.isoformat() if start else "", end.isoformat() if end else ""


def _disjoint(ours: frozenset[str] | None, theirs: frozenset[str] | None) -> bool:
    if not ours or not theirs or ours & theirs:
        return False
    # A number that is almost the other is one that was misread.
    return all(OSA.distance(a, b) > 1 or in_series(a, b, None) for a in ours for b in theirs)
