"""Entries of a watch list: OpenSanctions' simple CSV and FollowTheMoney JSON, already parsed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from math import log
from typing import Annotated, Any, Final, NamedTuple

from rapidfuzz import fuzz, process

from canonical_model.base.scalars import Code, Maybe, Part, Text, says
from canonical_model.controls.screening.likeness import LONGEST_NAME, Name, name_of
from canonical_model.identity.normalise import alphanumeric

_MOST_VALUES: Final = 500
_SHORTLIST: Final = 200
_ROUGHLY: Final = 58
_NAMES: Final = ("name", "alias", "previousName", "abbreviation")
_NUMBERS: Final = (
    *("registrationNumber", "taxNumber", "vatCode", "leiCode", "idNumber", "passportNumber"),
    *("innCode", "ogrnCode", "dunsCode", "swiftBic", "imoNumber", "uniqueEntityId"),
)
_COUNTRIES: Final = ("country", "nationality", "citizenship", "jurisdiction", "mainCountry")
_SHORTEST_NUMBER: Final = 5


class WatchEntry(Part, frozen=True, kw_only=True):
    """A person or company on a list, and why it is there."""

    id: Annotated[Text, says("The list's own id", examples=["NK-abc"])]
    schema: Annotated[Maybe[Code], says("What it is", examples=["Person", "Company"])] = None
    names: Annotated[list[Text], says("All names that are matched, the best known first")] = []
    countries: Annotated[list[Code], says("ISO 3166-1 alpha-2, small letters as in the list")] = []
    identifiers: Annotated[list[Text], says("Numbers of registers, taxes, passports")] = []
    birth_dates: Annotated[list[Text], says("As stated, often a year only")] = []
    topics: Annotated[list[Code], says("Why", examples=["sanction", "role.pep"])] = []
    programs: Annotated[list[Text], says("Sanctions programmes, as stated")] = []
    datasets: Annotated[list[Text], says("Lists it comes from")] = []


def entry_of_row(row: Mapping[str, Any], topics: Iterable[str] = ()) -> WatchEntry | None:
    """A row of `targets.simple.csv`; None for a row without an id or a name.

    The format does not say why somebody is listed, except by its `sanctions` column: name the
    topics of the file, such as `role.pep` for a list of politically exposed persons.
    """
    names = [_text(row.get("name")), *_split(row.get("aliases"))]
    sanctions = _once(_split(row.get("sanctions")))
    stated = [*topics, *(["sanction"] if sanctions else [])]
    return _entry(
        id=_text(row.get("id")),
        schema=_text(row.get("schema")),
        names=names,
        countries=_split(row.get("countries")),
        identifiers=_split(row.get("identifiers")),
        birth_dates=_split(row.get("birth_date")),
        topics=stated,
        programs=sanctions,
        datasets=_split(row.get("dataset")),
    )


def entry_of_entity(entity: Mapping[str, Any]) -> WatchEntry | None:
    """An entity of `entities.ftm.json` or `targets.nested.json`; None for one without a name.

    Weak aliases are left out: the list itself says that they are not to be matched.
    """
    stated = entity.get("properties")
    properties = stated if isinstance(stated, Mapping) else {}
    caption = _text(entity.get("caption"))
    return _entry(
        id=_text(entity.get("id")),
        schema=_text(entity.get("schema")),
        names=[caption, *_values(properties, _NAMES)],
        countries=_values(properties, _COUNTRIES),
        identifiers=_values(properties, _NUMBERS),
        birth_dates=_values(properties, ("birthDate",)),
        topics=_values(properties, ("topics",)),
        programs=_values(properties, ("program", "programId")),
        datasets=_texts(entity.get("datasets")),
    )


def _entry(
    *, id: str, schema: str, names: Iterable[str], **lists: Iterable[str]
) -> WatchEntry | None:
    known = _once(name[:LONGEST_NAME] for name in names)
    if not id or not known:
        return None
    return WatchEntry(
        id=id,
        schema=schema[:64] or None,
        names=known,
        **{field: _once(values) for field, values in lists.items()},
    )


def _once(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(filter(None, values)))[:_MOST_VALUES]


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _split(value: Any) -> list[str]:
    return [each.strip() for each in _text(value).split(";")]


def _texts(value: Any) -> list[str]:
    values = value if isinstance(value, list | tuple) else [value]
    return [_text(each) for each in values]


def _values(properties: Mapping[str, Any], names: Iterable[str]) -> list[str]:
    return [each for name in names for each in _texts(properties.get(name))]


class _Known(NamedTuple):
    name: Name
    place: int


class WatchList:
    """Entries ready to be searched: by numbers exactly, by names roughly and then closely."""

    def __init__(self, entries: Iterable[WatchEntry]) -> None:
        self.entries = sorted(entries, key=lambda each: each.id)
        self._names = list(self._known())
        self._words = [each.name.plain for each in self._names]
        self._sounds = [" ".join(sorted(each.name.sounds)) for each in self._names]
        self._counts = Counter(word for each in self._names for word in set(each.name.words))
        self._numbers: dict[str, list[int]] = {}
        for place, entry in enumerate(self.entries):
            for number in {alphanumeric(each) for each in entry.identifiers}:
                if len(number) >= _SHORTEST_NUMBER:
                    self._numbers.setdefault(number, []).append(place)

    def __len__(self) -> int:
        return len(self.entries)

    def _known(self) -> Iterator[_Known]:
        for place, entry in enumerate(self.entries):
            for name in {name_of(each): None for each in entry.names}:
                if name.words:
                    yield _Known(name, place)

    def near(self, name: Name) -> Iterator[tuple[Name, int]]:
        """Names on the list that are roughly like this one by letters or by sound."""
        sounds = " ".join(sorted(name.sounds))
        found = _roughly(name.plain, self._words) + _roughly(sounds, self._sounds)
        for place in sorted(set(found)):
            yield self._names[place]

    def with_number(self, number: str) -> list[int]:
        """Places of entries that have the number."""
        return self._numbers.get(alphanumeric(number), [])

    def weights(self, *names: Name) -> dict[str, int]:
        """How telling the words are: one that many entries have, such as a title, tells little."""
        total = len(self._names) + 1
        words = {word for name in names for word in name.words}
        return {word: 1 + int(10 * log(total / (self._counts[word] or 1))) for word in words}


def _roughly(text: str, known: list[str]) -> list[int]:
    found = process.extract(text, known, scorer=fuzz.ratio, limit=_SHORTLIST, score_cutoff=_ROUGHLY)
    return [place for _, _, place in found]
