"""Names and sentences of the API, as n8n's editor shows them."""

from __future__ import annotations

import re
from typing import Final

_CAPITALS: Final = {"id": "ID", "ids": "IDs", "url": "URL", "api": "API"}
_SMALL: Final = frozenset("a an and as at by for from in of on or the to with".split())

_ID: Final = re.compile(r"\b[iI]d(?=s?\b)")

# Where the API's own words would not stand in a form.
TITLES: Final = {
    "document": "Document",
    "after": "After",
    "own_id": "Own Identifiers",
    "to": "To State",
    "types": "Event Types",
    "on": "On",
}
WHETHER: Final = {
    "payment_hold": "Whether only documents that are held before payment are wanted",
    "full": "Whether to read from the beginning, whatever was read before",
}


def title(name: str) -> str:
    """A name of the API in title case: `payment_hold` as `Payment Hold`."""
    if name in TITLES:
        return TITLES[name]
    words = name.replace("-", "_").split("_")
    return " ".join(_word(each, at in (0, len(words) - 1)) for at, each in enumerate(words))


def _word(word: str, outermost: bool) -> str:
    if word in _CAPITALS:
        return _CAPITALS[word]
    return word if word in _SMALL and not outermost else word[:1].upper() + word[1:]


def plain(sentence: str) -> str:
    """A sentence as actions are written: without commas and the like."""
    return " ".join(re.findall(r"\w+", sentence))


def singular(name: str) -> str:
    """One of what a name has many of."""
    return name[:-1] if name.endswith("s") and name[-2:] not in ("ss", "us", "is") else name


def titled(sentence: str) -> str:
    """A sentence in title case, as operations are named."""
    return title("_".join(sentence.split()))


def camel(name: str) -> str:
    """A name of the API as parameters of n8n are written: `paymentHold`."""
    first, *rest = name.replace("-", "_").split("_")
    return first + "".join(word.capitalize() for word in rest)


def pascal(name: str) -> str:
    """A name as classes are written: `SapS4`."""
    return "".join(word[:1].upper() + word[1:] for word in name.replace("-", "_").split("_"))


def described(name: str, says: str, kind: str) -> str:
    """What is said of a parameter: yes or no begins with `Whether`, and no full stop ends it."""
    says = _ID.sub(lambda found: found[0].upper(), says.replace("`", "").strip().rstrip("."))
    if kind != "boolean":
        return says[:1].upper() + says[1:]
    if name in WHETHER:
        return WHETHER[name]
    says = says[:1].lower() + says[1:]
    return says[:1].upper() + says[1:] if says.startswith("whether") else f"Whether to {says}"
