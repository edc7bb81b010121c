"""Parties that may be one: a supplier that was entered twice, or tries to be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Final, NamedTuple

from canonical_model.base.scalars import Code, Number, Part, Text, says
from canonical_model.controls.screening.likeness import Name, likeness, name_of
from canonical_model.identity import WEAK_RUNGS, rungs
from canonical_model.identity.normalise import alphanumeric
from canonical_model.parts.party import Party

AT_LEAST: Final = Decimal("0.5")
_ALIKE: Final = 82
_SAME: Final = 100
_MOST_OF_A_SOUND: Final = 300
_STEP: Final = Decimal("0.0001")


class PartyReason(Part, frozen=True, kw_only=True):
    """One thing that two parties share, or that parts them (below zero)."""

    basis: Annotated[Code, says("What it rests on", examples=["vat"])]
    weight: Annotated[Number, says("How much it weighs")]
    why: Annotated[Text, says("In words")]


class SimilarParty(Part, frozen=True, kw_only=True):
    """A known party that a new one may be."""

    party: Annotated[Text, says("Handle of the known party")]
    score: Annotated[Number, says("How likely they are one, 0 to 1")]
    reasons: Annotated[list[PartyReason], says("What they share, and what parts them")] = []


class _Profile(NamedTuple):
    rungs: frozenset[tuple[str, str]]
    name: Name
    country: str
    place: str
    contacts: frozenset[str]


class PartyIndex:
    """Known parties, found by any identifier, account, contact or the sound of their names."""

    def __init__(self, parties: Mapping[str, Party]) -> None:
        self._profiles = {handle: _profile(parties[handle]) for handle in sorted(parties)}
        self._by_term: dict[str, list[str]] = {}
        for handle, profile in self._profiles.items():
            for term in _terms(profile):
                self._by_term.setdefault(term, []).append(handle)

    def similar(
        self, party: Party, at_least: Decimal = AT_LEAST, *, but: str | None = None
    ) -> list[SimilarParty]:
        """Known parties that this one may be, most likely first; `but` is its own handle."""
        profile = _profile(party)
        handles = {handle for term in _terms(profile) for handle in self._near(term)} - {but}
        found = (_compared(profile, self._profiles[each], each) for each in handles if each)
        likely = [each for each in found if each.score >= at_least]
        return sorted(likely, key=lambda each: (-each.score, each.party))

    def _near(self, term: str) -> list[str]:
        found = self._by_term.get(term, [])
        # Half the suppliers of a country may be called Transport: that finds nobody.
        common = term.startswith("sound:") and len(found) > _MOST_OF_A_SOUND
        return [] if common else found


def similar_parties(
    party: Party, parties: Mapping[str, Party], at_least: Decimal = AT_LEAST
) -> list[SimilarParty]:
    """Known parties that a new one may be; for many new ones keep a `PartyIndex`."""
    return PartyIndex(parties).similar(party, at_least)


def party_terms(party: Party) -> set[str]:
    """What parties that may be one would share: whoever stores many finds the few by these."""
    return set(_terms(_profile(party)))


def _profile(party: Party) -> _Profile:
    address, contact = party.address, party.contact
    stated = (contact.email, contact.phone) if contact is not None else ()
    postcode = alphanumeric(address.postcode or "") if address is not None else ""
    return _Profile(
        rungs=frozenset(each for each in rungs(party) if each[0] not in ("master", "name")),
        name=name_of(party.name or party.trading_name or ""),
        country=(address.country if address is not None else None) or "",
        place=postcode,
        contacts=frozenset(each.strip().casefold() for each in stated if each),
    )


def _terms(profile: _Profile) -> Iterator[str]:
    for _, rung in profile.rungs:
        yield rung
    for contact in profile.contacts:
        yield f"contact:{contact}"
    for sound in profile.name.sounds:
        yield f"sound:{sound}"


def _compared(one: _Profile, other: _Profile, handle: str) -> SimilarParty:
    reasons = list(_reasons(one, other))
    left, kept = Decimal(1), Decimal(1)
    for each in reasons:
        if each.weight > 0:
            left *= 1 - each.weight
        else:
            kept *= 1 + each.weight
    score = ((1 - left) * kept).quantize(_STEP).normalize()
    return SimilarParty(party=handle, score=score, reasons=reasons)


def _reasons(one: _Profile, other: _Profile) -> Iterator[PartyReason]:
    shared = sorted({basis for basis, _ in one.rungs & other.rungs})
    for basis in shared:
        weight = "0.6" if basis in WEAK_RUNGS else "0.95"
        yield _reason(basis, weight, f"the same {_WORDS.get(basis, basis)}")
    alike = likeness(one.name, other.name)
    if alike == _SAME:
        yield _reason("name", "0.7", "the same name")
    elif alike >= _ALIKE:
        yield _reason("name_alike", "0.55", f"the names are alike to {alike} %")
    if one.place and one.place == other.place:
        yield _reason("postcode", "0.3", "the same post code")
    if one.contacts & other.contacts:
        yield _reason("contact", "0.4", "the same e-mail address or telephone")
    yield from _apart(one, other)


_WORDS: Final = {"vat": "VAT number", "legal": "register number", "iban": "bank account"}


def _apart(one: _Profile, other: _Profile) -> Iterator[PartyReason]:
    if one.country and other.country and one.country != other.country:
        yield _reason("country", "-0.25", "another country")
    for basis in ("vat", "legal", "lei"):
        ours = {rung for sort, rung in one.rungs if sort == basis}
        theirs = {rung for sort, rung in other.rungs if sort == basis}
        if ours and theirs and not ours & theirs:
            yield _reason(f"{basis}_differs", "-0.3", f"another {_WORDS.get(basis, basis)}")


def _reason(basis: str, weight: str, why: str) -> PartyReason:
    return PartyReason(basis=basis, weight=Decimal(weight), why=why)
