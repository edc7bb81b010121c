"""Answers as a model should get them: short, and without a whole account number."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

MOST_ITEMS: Final = 50
MOST_CHARACTERS: Final = 2000
_ACCOUNT_SCHEMES: Final = ("iban", "bban", "account", "us_account", "clabe", "other")
_ACCOUNT_NAMES: Final = re.compile(
    r"(iban|bban|clabe|account_?(no|number|id)|bank_?account_?number|pan)", re.IGNORECASE
)
_PLACE: Final = re.compile(r"accounts?(\.id)?$")
# ISO 13616: two letters, two digits, 11 to 30 characters; written with or without spaces.
_IBAN: Final = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b")
_QUOTED: Final = re.compile(
    r"(?P<before>[\"'<]\w*?(?:iban|bban|clabe|account_?(?:no|number))\w*?[\"'>]\s*:?\s*[\"']?)"
    r"(?P<number>[\w -]{6,40})",
    re.IGNORECASE,
)


def short(answer: Any, name: str = "") -> Any:
    """The same answer with long lists and texts cut, and account numbers in part."""
    if isinstance(answer, Mapping):
        return _mapping(answer, name)
    if isinstance(answer, list):
        kept = [short(each, name) for each in answer[:MOST_ITEMS]]
        more = len(answer) - len(kept)
        return [*kept, f"… {more} more, not shown"] if more else kept
    if isinstance(answer, str):
        return _text(answer, name)
    return answer


def _mapping(answer: Mapping[str, Any], name: str) -> dict[str, Any]:
    if "value" in answer and _holds_account(answer, name):
        return {**answer, "value": masked(str(answer["value"]))}
    return {key: short(value, f"{name}.{key}") for key, value in answer.items()}


def _holds_account(answer: Mapping[str, Any], name: str) -> bool:
    """Whether it is an identifier of an account: by its scheme, or by where it stands."""
    return str(answer.get("scheme", "")).lower() in _ACCOUNT_SCHEMES or bool(_PLACE.search(name))


def _text(text: str, name: str) -> str:
    if _ACCOUNT_NAMES.fullmatch(name.rpartition(".")[2]):
        return masked(text)
    text = _IBAN.sub(lambda found: masked(found[0]), text)
    text = _QUOTED.sub(lambda found: found["before"] + masked(found["number"]), text)
    if len(text) <= MOST_CHARACTERS:
        return text
    return f"{text[:MOST_CHARACTERS]}… {len(text) - MOST_CHARACTERS} characters more, not shown"


def masked(number: str) -> str:
    """The end of a number: enough to tell it by, not enough to pay to."""
    compact = re.sub(r"[\s-]", "", number)
    return number if "…" in number else f"…{compact[-min(4, len(compact) // 3) :]}"
