"""How alike two names are, whatever the script, the order of their words and small slips.

Folding comes from the standard library and a short table; distances from rapidfuzz, which is about
a hundred times faster than difflib.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple
from unicodedata import combining, normalize

from rapidfuzz.distance import Indel

from canonical_model.identity.normalise import LONGEST_REMEMBERED, name_norm

LONGEST_NAME = 384
"""Characters of a name that are looked at; OpenSanctions has none that is longer."""

_MOST_WORDS = 12
_SAME_SOUND = 0.94
_LEAST = 0.72
_MISSING = 0.2
_MISSING_TO_ONE = 0.45  # one word alone is hardly a name

# Letters that no decomposition turns into Latin ones: Cyrillic (ISO 9, in its plain spelling)
# and Greek (ISO 843, likewise).
_CYRILLIC = dict(
    zip(
        "абвгдезийклмнопрстуфыэіїєґђјљњћџўқғұүңһәө",
        "a b v g d e z i i k l m n o p r s t u f y e i i e g d j l n c d u k g u u n h a o".split(),
        strict=True,
    )
)
_CYRILLIC_PAIRS = {
    **{"ё": "e", "ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch"},  # noqa: RUF001 - Cyrillic
    **{"ъ": "", "ь": "", "ю": "iu", "я": "ia"},
}
_GREEK = dict(
    zip(
        "αβγδεζηικλμνξοπρσςτυφω",
        "a v g d e z i i k l m n x o p r s s t y f o".split(),
        strict=True,
    )
)
_LATIN = {"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ı": "i"}  # noqa: RUF001
_LETTERS = str.maketrans(
    {**_CYRILLIC, **_CYRILLIC_PAIRS, **_GREEK, "θ": "th", "χ": "ch", "ψ": "ps", **_LATIN}
)


class Name(NamedTuple):
    """A name taken apart: its words in Latin letters, and how each of them sounds."""

    words: tuple[str, ...]
    sounds: tuple[str, ...]

    @property
    def plain(self) -> str:
        """The words in the order of the alphabet, so that their own order does not count."""
        return " ".join(sorted(self.words))


def folded(text: str) -> str:
    """The text in small Latin letters without accents; scripts without a table stay as they are."""
    small = normalize("NFKC", text[:LONGEST_NAME]).casefold().translate(_LETTERS)
    if small.isascii():
        return small
    bare = "".join(each for each in normalize("NFKD", small) if not combining(each))
    return bare.translate(_LETTERS)


def name_of(text: str) -> Name:
    """The words of a company's or a person's name, its legal form left out."""
    return _name(text) if len(text) <= LONGEST_REMEMBERED else _name.__wrapped__(text)


@lru_cache(1 << 16)
def _name(text: str) -> Name:
    words = tuple(name_norm(folded(text)).split())[:_MOST_WORDS]
    return Name(words, tuple(map(sound, words)))


# What is one sound in many spellings: transliterations differ, and so do typists.
_ALIKE = (
    *(("tsch", "C"), ("shch", "s"), ("sch", "s"), ("tch", "C"), ("zh", "s"), ("kh", "k")),
    *(("gh", "g"), ("ch", "C"), ("cz", "C"), ("sh", "s"), ("ph", "f"), ("th", "t"), ("ck", "k")),
    *(("ks", "x"), ("ts", "s"), ("tz", "s"), ("dj", "j"), ("ae", "a"), ("oe", "o"), ("ue", "u")),
    *(("ou", "u"), ("iu", "u")),
)
_ONE = str.maketrans({"w": "v", "q": "k", "c": "k", "z": "s", "y": "i", "j": "i"})
_DOUBLED = re.compile(r"(.)\1+")
_INNER_VOWELS = re.compile(r"(?<!^)[aeiouh]")


@lru_cache(1 << 16)
def sound(word: str) -> str:
    """The skeleton of a word: what spellings of one name have in common."""
    for spelling, letter in _ALIKE:
        word = word.replace(spelling, letter)
    bare = _INNER_VOWELS.sub("", word.translate(_ONE))
    return _DOUBLED.sub(r"\1", bare)


def likeness(one: Name, other: Name, weights: Mapping[str, int] | None = None) -> int:
    """0 to 100, the same both ways; 100 means the same words in whatever order.

    `weights` says how telling a word is (a common word such as "trading" tells little); a word
    without a weight counts by its length. A word that only the longer name has costs little: second
    names are often left out.
    """
    if one.words == other.words:
        return 100 if one.words else 0
    short, long = sorted((one, other), key=lambda name: (len(name.words), name))
    if not short.words:
        return 0
    pairs = _pairs(short, long)
    weighed = [_weight(word, weights) for word in short.words]
    met = sum(weight * pairs.get(place, (0.0, 0))[0] for place, weight in enumerate(weighed))
    used = {place for _, place in pairs.values()}
    spare = [word for place, word in enumerate(long.words) if place not in used]
    left = sum(_weight(word, weights) for word in spare)
    rate = _MISSING if len(short.words) > 1 else _MISSING_TO_ONE
    missing = rate * left / (left + sum(weighed))
    together = _together(one, other) if spare else 0.0
    return int(100 * max(together, met / sum(weighed) * (1 - missing)))


def _together(one: Name, other: Name) -> float:
    """The same when blanks do not count either, as in Gazprom Bank and Gazprombank."""
    return Indel.normalized_similarity("".join(one.words), "".join(other.words)) * _SAME_SOUND


def alike(one: str, other: str, at_least: int = 85) -> bool:
    """Whether two names, as written, are likely to be one."""
    return likeness(name_of(one), name_of(other)) >= at_least


def as_score(percent: int) -> Decimal:
    """A likeness as a share of one: 87 is 0.87."""
    return Decimal(percent).scaleb(-2)


def _weight(word: str, weights: Mapping[str, int] | None) -> int:
    return (weights or {}).get(word, len(word))


def _pairs(short: Name, long: Name) -> dict[int, tuple[float, int]]:
    """Each word of the shorter name with the best word of the longer one, best pairs first."""
    found = sorted(_scored(short, long), reverse=True)
    pairs: dict[int, tuple[float, int]] = {}
    used: set[int] = set()
    for score, here, there in found:
        if -here not in pairs and -there not in used:
            pairs[-here] = (score, -there)
            used.add(-there)
    return pairs


def _scored(short: Name, long: Name) -> Sequence[tuple[float, int, int]]:
    found = []
    for here, word in enumerate(short.words):
        for there, other in enumerate(long.words):
            score = Indel.normalized_similarity(word, other)
            if len(short.sounds[here]) > 1 and short.sounds[here] == long.sounds[there]:
                score = max(score, (score + _SAME_SOUND) / 2)
            if score >= _LEAST:
                found.append((score, -here, -there))
    return found
