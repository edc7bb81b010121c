"""Names and sentences as editors for flows show them."""

from __future__ import annotations

import re
from typing import Final

_LONGEST: Final = 900
_SHORT_WORDS: Final = {"id": "ID", "url": "URL", "ids": "IDs", "vat": "VAT", "iban": "IBAN"}


def pascal(name: str) -> str:
    """`take_in` as `TakeIn`."""
    return "".join(part.capitalize() for part in name.split("_"))


def title(name: str) -> str:
    """`date_from` as `Date From`."""
    words = re.split(r"[_\-.\s]+", name.strip("_"))
    return " ".join(_SHORT_WORDS.get(word.lower(), word[:1].upper() + word[1:]) for word in words)


def sentence(text: str) -> str:
    """A text that ends as a sentence, without the marks of a mark-up."""
    plain = " ".join(text.replace("`", "").split())
    if len(plain) > _LONGEST:
        plain = plain[:_LONGEST].rsplit(" ", 1)[0] + " …"
    return plain if plain.endswith((".", "!", "?")) else f"{plain}."
