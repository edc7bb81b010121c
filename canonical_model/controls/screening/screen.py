"""A party against a watch list: sanctions, politically exposed persons, and the rest of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Annotated, Final, Literal

from canonical_model.base.scalars import Code, Maybe, Number, Part, Text, says
from canonical_model.controls.screening.likeness import as_score, likeness, name_of
from canonical_model.controls.screening.watch_list import WatchEntry, WatchList
from canonical_model.parts.party import Party

Sort = Literal["sanction", "pep", "other"]

_PEP: Final = ("role.pep", "role.rca")
_SANCTION: Final = ("sanction", "debarment")
_ELSEWHERE: Final = Decimal("0.9")
_MOST: Final = 20


class ScreeningPolicy(Part, frozen=True, kw_only=True):
    """From which likeness on somebody has to look."""

    match_at: Annotated[Number, says("Score from which a sanction blocks")] = Decimal("0.92")
    review_at: Annotated[Number, says("Score from which somebody has to look")] = Decimal("0.82")


class WatchHit(Part, frozen=True, kw_only=True):
    """An entry that the party may be."""

    entry: Annotated[Text, says("The list's id of it")]
    caption: Annotated[Text, says("Its best known name")]
    sort: Annotated[Sort, says("Sanctioned, politically exposed, or listed for another reason")]
    score: Annotated[Number, says("How alike, 0 to 1")]
    matched: Annotated[Text, says("Name or number of the party that was found")]
    listed: Annotated[Text, says("As it stands on the list")]
    schema: Annotated[Maybe[Code], says("Person, Company, …")] = None
    topics: Annotated[list[Code], says("Why it is listed")] = []
    datasets: Annotated[list[Text], says("Lists it comes from")] = []
    why: Annotated[Text, says("In words")]


class Screening(Part, frozen=True, kw_only=True):
    """The outcome. It holds or lets pass; a person decides who somebody is."""

    verdict: Annotated[
        Literal["clear", "review", "block"],
        says("Nobody alike; somebody must look; very likely sanctioned"),
    ]
    code: Annotated[Maybe[Code], says("Exception to open")] = None
    screened: Annotated[list[Text], says("Names that were looked up")] = []
    hits: Annotated[list[WatchHit], says("Most alike first")] = []


_USUAL: Final = ScreeningPolicy()


def screen(
    party: Party,
    watch_list: WatchList,
    policy: ScreeningPolicy = _USUAL,
    *,
    also: Iterable[str] = (),
) -> Screening:
    """Look for a party on a watch list by its names and numbers.

    Its legal and trading name, the holders of its accounts and `also`, such as its owners and
    directors, are all looked up. Names are compared in Latin letters, whatever the order of words.
    """
    names = _once([*_names(party), *also])
    best: dict[str, WatchHit] = {}
    for hit in [*_by_number(party, watch_list), *_by_names(names, party, watch_list)]:
        known = best.get(hit.entry)
        if hit.score >= policy.review_at and (known is None or _order(hit) < _order(known)):
            best[hit.entry] = hit
    hits = sorted(best.values(), key=_order)[:_MOST]
    blocked = any(hit.sort == "sanction" and hit.score >= policy.match_at for hit in hits)
    verdict: Literal["clear", "review", "block"] = "review" if hits else "clear"
    return Screening(
        verdict="block" if blocked else verdict,
        code="supplier_blocked" if hits else None,
        screened=names,
        hits=hits,
    )


def _order(hit: WatchHit) -> tuple[bool, Decimal, str, str]:
    """Sanctions before the rest, the most alike first."""
    return hit.sort != "sanction", -hit.score, hit.entry, hit.matched


def _names(party: Party) -> Iterator[str]:
    stated = [party.name, party.trading_name]
    stated += [each for account in party.bank_accounts for each in (account.holder, account.name)]
    yield from (each for each in stated if each)


def _once(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(each.strip() for each in names if each.strip()))


def _by_number(party: Party, watch_list: WatchList) -> Iterator[WatchHit]:
    for each in party.ids:
        for place in watch_list.with_number(each.value):
            entry = watch_list.entries[place]
            why = "an identifier is the same"
            yield _hit(entry, Decimal(1), entry.names[0], entry.names[0], why)


def _by_names(names: list[str], party: Party, watch_list: WatchList) -> Iterator[WatchHit]:
    country = party.address.country if party.address is not None else None
    for stated in names:
        name = name_of(stated)
        for listed, place in watch_list.near(name) if name.words else ():
            entry = watch_list.entries[place]
            alike = likeness(name, listed, watch_list.weights(name, listed))
            elsewhere = _elsewhere(country, entry)
            score = as_score(alike) * (_ELSEWHERE if elsewhere else 1)
            why = f"the names are alike to {alike} %"
            if elsewhere:
                why += ", the countries differ"
            yield _hit(entry, score, stated, " ".join(listed.words), why)


def _elsewhere(country: str | None, entry: WatchEntry) -> bool:
    listed = {each.casefold() for each in entry.countries}
    return country is not None and bool(listed) and country.casefold() not in listed


def _hit(entry: WatchEntry, score: Decimal, matched: str, listed: str, why: str) -> WatchHit:
    return WatchHit(
        entry=entry.id,
        caption=entry.names[0],
        sort=_sort(entry),
        score=score,
        matched=matched,
        listed=listed,
        schema=entry.schema,
        topics=entry.topics,
        datasets=entry.datasets,
        why=why,
    )


def _sort(entry: WatchEntry) -> Sort:
    if any(topic.startswith(_SANCTION) for topic in entry.topics):
        return "sanction"
    return "pep" if any(topic.startswith(_PEP) for topic in entry.topics) else "other"
