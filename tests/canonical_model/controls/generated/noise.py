"""What people and scanners do to what they copy."""

from __future__ import annotations

import datetime
from decimal import Decimal
from random import Random

_MISREAD = {
    **{"0": "O8", "1": "Il7", "2": "Z7", "3": "8", "4": "9", "5": "S6", "6": "58", "7": "1"},
    **{"8": "B3", "9": "4", "O": "0", "I": "1", "S": "5", "B": "8", "G": "6", "Z": "2"},
}
_DIGITS = {
    **{"0": "8", "1": "7", "2": "7", "3": "8", "4": "9"},
    **dict(zip("56789", "66134", strict=True)),
}
_PREFIXES = ("INV-", "RE-", "RG ", "Rechnung ", "No. ", "INV", "")


def misread(chance: Random, text: str) -> str:
    """One character as a scanner may take it."""
    places = [place for place, each in enumerate(text) if each in _MISREAD]
    if not places:
        return text
    place = chance.choice(places)
    return text[:place] + chance.choice(_MISREAD[text[place]]) + text[place + 1 :]


def mistyped(chance: Random, text: str) -> str:
    """One slip of a hand: a character dropped, doubled, replaced, or two exchanged."""
    place = chance.randrange(len(text))
    slip = chance.choice(("drop", "double", "replace", "swap"))
    before, here, after = text[:place], text[place], text[place + 1 :]
    if slip == "drop":
        return before + after or here
    if slip == "double":
        return before + here + here + after
    if slip == "swap" and after:
        return before + after[0] + here + after[1:]
    letters = "0123456789" if here.isdigit() else "abcdefghijklmnopqrstuvwxyz"
    return before + chance.choice(letters) + after


def other_prefix(chance: Random, number: str) -> str:
    """The number with another word before it, or with other separators."""
    bare = number.lstrip("INVREGF-# ") or number
    return chance.choice(_PREFIXES) + bare.replace("/", chance.choice("/- "))


def misread_amount(chance: Random, amount: Decimal) -> Decimal:
    """One digit of an amount misread."""
    text = str(amount)
    place = chance.choice([place for place, each in enumerate(text) if each.isdigit()])
    return Decimal(text[:place] + _DIGITS[text[place]] + text[place + 1 :])


def misread_day(chance: Random, day: datetime.date) -> datetime.date:
    """Day and month exchanged where that is a day, else a near one."""
    if day.day <= 12 and day.day != day.month and chance.random() < 0.6:
        return day.replace(month=day.day, day=day.month)
    return day + datetime.timedelta(days=chance.choice((-10, -1, 1, 2, 3, 10)))


def other_spelling(chance: Random, name: str) -> str:
    """The name as a second clerk entered it."""
    way = chance.random()
    if way < 0.3:
        for letter, spelling in (("ü", "ue"), ("ö", "oe"), ("ä", "ae"), ("ø", "o"), ("Ü", "Ue")):
            name = name.replace(letter, spelling)
        return name.upper() if chance.random() < 0.5 else name
    if way < 0.55:
        return " ".join(name.split()[:2])
    if way < 0.75:
        return mistyped(chance, name)
    return (
        f"{name.split()[0]} {chance.choice(('Gruppe', 'Deutschland', 'International', ''))}".strip()
    )
