"""An index over documents that finds, for each, those it may be a copy of.

Each document stands under the values of its fingerprints. Within such a group it is compared with
its nearest neighbours by date and number only, so that a supplier with ten thousand equal invoices
costs n log n and not its square.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias

from canonical_model.controls.duplicates.pair import judge
from canonical_model.controls.duplicates.profile import Profile, counts, profile_of
from canonical_model.controls.duplicates.verdict import Duplicate, DuplicatePolicy, Reassessment
from canonical_model.envelope import Context, Record

_USUAL: Final = DuplicatePolicy()
_ANYONE: Final = Context()

Place: TypeAlias = tuple[int, str, str]


class DuplicateIndex:
    """Documents by what they share; a document is added, replaced and removed by its handle.

    The handle is whatever the caller knows the document by: a record id, or file and position.
    """

    def __init__(self, policy: DuplicatePolicy = _USUAL, context: Context = _ANYONE) -> None:
        self._policy = policy
        self._context = context
        self._profiles: dict[str, Profile] = {}
        self._groups: dict[str, list[Place]] = {}

    def __len__(self) -> int:
        return len(self._profiles)

    def put(self, handle: str, record: Record) -> Reassessment:
        """Add the document, or replace it after any change, and say what changes by that.

        A record that is voided, superseded or rejected leaves the index.
        """
        before = self.of(handle)
        self._take_out(handle)
        self._put_in(handle, record)
        return _compared(before, self.of(handle))

    def remove(self, handle: str) -> Reassessment:
        """Take the document out; what it was suspected of is cleared."""
        before = self.of(handle)
        self._take_out(handle)
        return _compared(before, [])

    def of(self, handle: str) -> list[Duplicate]:
        """What the document is suspected of, most likely first."""
        profile = self._profiles.get(handle)
        if profile is None:
            return []
        others = {other for term in profile.terms for other in self._near(term, profile)}
        found = (judge(profile, self._profiles[other], self._policy) for other in others)
        return _ordered(each for each in found if each is not None)

    def all(self) -> list[Duplicate]:
        """Every suspicion there is, most likely first, whatever the order of coming in."""
        pairs = {pair for group in self._groups.values() for pair in self._pairs(group)}
        profiles = self._profiles
        found = (judge(profiles[one], profiles[other], self._policy) for one, other in pairs)
        return _ordered(each for each in found if each is not None)

    def _put_in(self, handle: str, record: Record) -> None:
        if not counts(record):
            return
        profile = profile_of(handle, record, self._context)
        self._profiles[handle] = profile
        for term in profile.terms:
            insort(self._groups.setdefault(term, []), profile.place)

    def _take_out(self, handle: str) -> None:
        profile = self._profiles.pop(handle, None)
        if profile is None:
            return
        for term in profile.terms:
            group = self._groups[term]
            del group[bisect_left(group, profile.place)]
            if not group:
                del self._groups[term]

    def _near(self, term: str, profile: Profile) -> Iterator[str]:
        group = self._groups[term]
        here = bisect_left(group, profile.place)
        reach = self._policy.neighbours
        for place in (*group[max(0, here - reach) : here], *group[here + 1 : here + 1 + reach]):
            yield place[2]

    def _pairs(self, group: list[Place]) -> Iterator[tuple[str, str]]:
        reach = self._policy.neighbours
        for here, place in enumerate(group):
            for other in group[here + 1 : here + 1 + reach]:
                yield (place[2], other[2]) if place[2] < other[2] else (other[2], place[2])


def find_duplicates(
    records: Mapping[str, Record],
    policy: DuplicatePolicy = _USUAL,
    context: Context = _ANYONE,
) -> list[Duplicate]:
    """All suspicions among many documents, by the handles the caller knows them by."""
    index = DuplicateIndex(policy, context)
    for handle, record in records.items():
        index._put_in(handle, record)
    return index.all()


def index_terms(record: Record, context: Context = _ANYONE) -> list[str]:
    """Under which a store keeps a record, so that it finds what to compare a new one with."""
    return sorted(set(profile_of("", record, context).terms)) if counts(record) else []


def duplicates_of(
    handle: str,
    record: Record,
    candidates: Mapping[str, Record],
    policy: DuplicatePolicy = _USUAL,
    context: Context = _ANYONE,
) -> list[Duplicate]:
    """What one record is suspected of among those that a store found under its terms."""
    if not counts(record):
        return []
    profile = profile_of(handle, record, context)
    others = (
        profile_of(name, other, context)
        for name, other in candidates.items()
        if name != handle and counts(other)
    )
    found = (judge(profile, other, policy) for other in others)
    return _ordered(each for each in found if each is not None)


def _ordered(found: Iterator[Duplicate]) -> list[Duplicate]:
    return sorted(found, key=lambda each: (-each.score, each.one, each.other))


def _compared(before: list[Duplicate], after: list[Duplicate]) -> Reassessment:
    verdicts = {(each.one, each.other): each.verdict for each in before}
    there = {(each.one, each.other) for each in after}
    kept = [each for each in after if verdicts.get((each.one, each.other)) == each.verdict]
    return Reassessment(
        raised=[each for each in after if each not in kept],
        kept=kept,
        cleared=[each for each in before if (each.one, each.other) not in there],
    )
