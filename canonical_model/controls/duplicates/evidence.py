"""What speaks for two documents being one: the fingerprints, and what only a pair can show."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from canonical_model.controls.duplicates.numbers import slipped
from canonical_model.controls.duplicates.profile import Profile
from canonical_model.controls.duplicates.verdict import Evidence
from canonical_model.controls.screening.likeness import likeness
from canonical_model.identity import compare

_ALIKE: Final = 85
_RESEMBLING: Final = 50
_TELLING_NUMBER: Final = 4
_NEAR_DAYS: Final = 45

_SAME_DAY = Evidence(
    basis="number_and_date",
    weight=Decimal("0.75"),
    why="same counterparty, number and issue date; the amount may be misread",
)
_SLIP = Evidence(
    basis="number_slip",
    weight=Decimal("0.6"),
    why="same amount, and one number is the other misread in one place",
)
_NAMESAKE = Evidence(
    basis="other_record",
    weight=Decimal("0.85"),
    why="same amount and number, as written or as misread, from a supplier of like name",
)
_STRANGER = Evidence(
    basis="other_record_same_day",
    weight=Decimal("0.6"),
    why="same number, gross amount, currency and issue date from another supplier record",
)


def reasons_for(one: Profile, other: Profile) -> list[Evidence]:
    """What the two share, strongest fingerprint rules first."""
    hits = compare(one.record.document, one.fingerprints, other.record.document, other.fingerprints)
    found = [Evidence(basis=hit.fingerprint, weight=hit.weight, why=hit.why) for hit in hits]
    bases = {each.basis for each in found}
    if one.bill is None or other.bill is None or bases & {"F0", "F7"}:
        return found
    return [*found, *_of_the_pair(one, other, bases)]


def _of_the_pair(one: Profile, other: Profile, bases: set[str]) -> Iterator[Evidence]:
    same_gross = one.gross != "" and one.gross == other.gross
    if "F1" in bases and not same_gross and one.day is not None and one.day == other.day:
        yield _SAME_DAY
    if not same_gross or not _same_currency(one, other):
        return
    if not bases & {"F1", "F3"} and one.number and other.number:
        yield from _other_record(one, other)
    if bases & {"F2", "F4", "F6"} and _slipped(one, other):
        yield _SLIP


def _same_currency(one: Profile, other: Profile) -> bool:
    currencies = {each.bill.currency for each in (one, other) if each.bill is not None}
    return len(currencies) == 1


def _other_record(one: Profile, other: Profile) -> Iterator[Evidence]:
    """The same number and amount under two suppliers: likely one supplier with two records."""
    same_day = one.day is not None and one.day == other.day
    same = one.number == other.number
    if not same and not (same_day and (one.loose == other.loose or _slipped(one, other))):
        return
    if likeness(one.name, other.name) >= (_RESEMBLING if same and same_day else _ALIKE):
        yield _NAMESAKE
    if same and same_day and len(one.number) >= _TELLING_NUMBER:
        yield _STRANGER


def _slipped(one: Profile, other: Profile) -> bool:
    if not (one.typed or other.typed):
        return False
    if one.day is not None and other.day is not None:
        if abs((one.day - other.day).days) > _NEAR_DAYS:
            return False
    return slipped(one.number, other.number)
