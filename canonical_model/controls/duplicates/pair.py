"""The verdict on two documents."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Final, Literal

from canonical_model.controls.duplicates.against import reasons_against
from canonical_model.controls.duplicates.evidence import reasons_for
from canonical_model.controls.duplicates.profile import Profile
from canonical_model.controls.duplicates.verdict import (
    Difference,
    Duplicate,
    DuplicatePolicy,
    Evidence,
)
from canonical_model.controls.screening.likeness import likeness
from canonical_model.identity import WEAK_RUNGS

_STEP = Decimal("0.0001")
_ALIKE: Final = 85
_WEAK_AT_MOST: Final = Decimal("0.968")  # F4, F5, F6 and a slip of the number together


def judge(one: Profile, other: Profile, policy: DuplicatePolicy) -> Duplicate | None:
    """Whether the two are suspected to be one; None when they are not, and for two worlds."""
    if _two_worlds(one, other):
        return None
    one, other = sorted((one, other), key=lambda each: each.handle)
    against = [] if _same_file(one, other) else reasons_against(one, other)
    if (1 - _score(against)) * _ceiling(one, other) < policy.warn_at:
        return None
    reasons = reasons_for(one, other)
    if any(each.basis == "F7" for each in reasons):
        return _link(one, other, reasons)
    score = (_score(reasons) * (1 - _score(against))).quantize(_STEP)
    if score < policy.warn_at:
        return None
    verdict: Literal["hold", "warn"] = "hold" if score >= policy.hold_at else "warn"
    return Duplicate(
        one=one.handle,
        other=other.handle,
        verdict=verdict,
        score=score.normalize(),
        reasons=reasons,
        against=against,
        across=_across(one, other),
        code="duplicate_suspected" if verdict == "hold" else None,
        why=_words(reasons, against),
    )


def _two_worlds(one: Profile, other: Profile) -> bool:
    """An invoice between two of our entities is in both books, and each tenant has its own."""
    if one.record.tenant != other.record.tenant:
        return True
    return None not in (one.direction, other.direction) and one.direction != other.direction


def _same_file(one: Profile, other: Profile) -> bool:
    return one.fingerprints.get("F0", "") == other.fingerprints.get("F0", None)


def _ceiling(one: Profile, other: Profile) -> Decimal:
    """What the score can reach at most, to spare the many pairs that are only alike in amount."""
    told = one.number and other.number and one.day is not None and other.day is not None
    differs = one.number != other.number and one.loose != other.loose and one.day != other.day
    return _WEAK_AT_MOST if told and differs else Decimal(1)


def _score(reasons: Iterable[Evidence]) -> Decimal:
    """1 - Π(1 - weight): reasons add up, but never beyond certainty."""
    left = Decimal(1)
    for each in reasons:
        left *= 1 - each.weight
    return 1 - left


def _link(one: Profile, other: Profile, reasons: list[Evidence]) -> Duplicate | None:
    """A credit note and its invoice; without a counterparty in common it is a coincidence."""
    if not one.parties & other.parties and likeness(one.name, other.name) < _ALIKE:
        return None
    return Duplicate(
        one=one.handle,
        other=other.handle,
        verdict="link",
        score=Decimal(0),
        reasons=reasons,
        across=_across(one, other),
        why=_words(reasons, []),
    )


def _across(one: Profile, other: Profile) -> list[Difference]:
    found: list[Difference] = []
    here, there = one.record.source, other.record.source
    if here is not None and there is not None:
        if here.channel and there.channel and here.channel != there.channel:
            found.append("channel")
        if here.system and there.system and here.system != there.system:
            found.append("system")
    shared = {rung for rung, _ in one.parties & other.parties}
    if one.parties and other.parties and not shared - WEAK_RUNGS:
        found.append("supplier_record")
    return found


def _words(reasons: list[Evidence], against: list[Evidence]) -> str:
    told = "; ".join(each.why for each in reasons)
    return f"{told}; but {'; '.join(each.why for each in against)}" if against else told
