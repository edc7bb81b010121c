"""How alike two descriptions are: 0 to 1, the same from either side."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache
from unicodedata import combining, normalize

from canonical_model.controls.match.ratios import NOTHING
from canonical_model.identity.normalise import REMEMBERED, remember

_WORD = re.compile(r"[^\W_]+")
_STEM = 4


@remember
def tokens(text: str) -> frozenset[str]:
    """The words of a description, without case and accents."""
    folded = normalize("NFKD", normalize("NFKC", text).casefold())
    return frozenset(_WORD.findall("".join(c for c in folded if not combining(c))))


def stems(words: frozenset[str]) -> frozenset[str]:
    """What candidates are looked up by: the beginning of each word, so that a plural finds one."""
    return frozenset(word[:_STEM] for word in words)


def likeness(one: frozenset[str], other: frozenset[str]) -> Fraction:
    """Twice the shared pieces over all pieces (Dice), pieces being three letters of a word."""
    ours, theirs = _pieces(one), _pieces(other)
    if not ours or not theirs:
        return NOTHING
    return Fraction(2 * len(ours & theirs), len(ours) + len(theirs))


@lru_cache(REMEMBERED)
def _pieces(words: frozenset[str]) -> set[str]:
    framed = [f" {word} " for word in words]
    return {word[at : at + 3] for word in framed for at in range(len(word) - 2)}
