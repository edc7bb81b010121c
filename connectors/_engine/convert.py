"""Source values to the types of canonical fields; what does not fit is reported, never guessed.

Each function takes the value, the run and the number of the field's place, and gives None for what
is empty or does not fit.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Callable, Mapping
from decimal import Context, Decimal, Inexact, InvalidOperation
from functools import lru_cache
from typing import Any, TypeAlias

from canonical_model.base.codes import currency_exponent
from connectors._engine.dates import day_of, moment_of
from connectors._engine.run_state import Run

Convert: TypeAlias = Callable[[Any, Run, int], Any]

_plain_decimal = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,9})?").fullmatch
_spelled = re.compile(r"([-+]?)\s*([0-9]*)(?:\.([0-9]*))?\s*(-?)").fullmatch
_grouped = re.compile(r"[-+]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?").fullmatch
_UNITS = tuple(Decimal(1).scaleb(-n) for n in range(10))
_EXACT = Context(prec=60)
_DIGITS, _DECIMALS, _SHORT = 18, 9, 11
# Padding in which nothing is lost and nothing is too long: what would be traps, and is looked at.
_PADDING = tuple(Context(prec=_DIGITS + n, traps=[Inexact, InvalidOperation]) for n in range(10))
_MARKED, _MARKS = 1000, 100
_LONGEST = 80
"""Characters of a number, day or moment; what is longer is none, and need not be searched."""


def text(value: Any, run: Run, place: int) -> str | None:
    """Trimmed, NFC; numbers as they are spelled; nothing for blanks."""
    if value.__class__ is str:
        value = value.strip()
        if not value:
            return None
        return value if value.isascii() else _composed(value)
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    run.unfit(place, value, "a text")
    return None


def _composed(value: str) -> str:
    """NFC; a text with endless runs of marks on one letter, which no language has, stays as it is.

    Composing orders the marks of a run by comparing each with all others.
    """
    if len(value) > _MARKED and _run_of_marks(value):
        return value
    return unicodedata.normalize("NFC", value)


def _run_of_marks(value: str) -> bool:
    run = 0
    for letter in value:
        run = run + 1 if letter > "\u02ff" and unicodedata.combining(letter) else 0
        if run > _MARKS:
            return True
    return False


def code(value: Any, run: Run, place: int) -> str | None:
    """A text of at most 64 characters."""
    found = text(value, run, place)
    if found is not None and len(found) > 64:
        run.unfit(place, found, "a code of at most 64 characters")
        return None
    return found


def currency(value: Any, run: Run, place: int) -> str | None:
    """An ISO 4217 code."""
    found = text(value, run, place)
    if found is not None and not _letters(found, 3):
        run.unfit(place, found, "a currency of three letters")
        return None
    return found.upper() if found else None


def country(value: Any, run: Run, place: int) -> str | None:
    """An ISO 3166-1 alpha-2 code."""
    found = text(value, run, place)
    if found is not None and not _letters(found, 2):
        run.unfit(place, found, "a country of two letters", "use a table for names of countries")
        return None
    return found.upper() if found else None


def _letters(found: str, length: int) -> bool:
    return len(found) == length and found.isascii() and found.isalpha()


@lru_cache(maxsize=4096)
def _exact(value: str) -> Decimal | None:
    """A decimal from its usual spellings; None for what is none."""
    if _plain_decimal(value):
        found = Decimal(value)
        return abs(found) if not found else found
    if _grouped(value):
        value = value.replace(",", "")
    parts = _spelled(value.strip())
    if parts is None or not (parts[2] or parts[3]) or (parts[1] and parts[4]):
        return None
    sign = "-" if "-" in (parts[1], parts[4]) else ""
    return (
        Decimal(f"{sign}{parts[2] or '0'}.{parts[3] or '0'}")
        if parts[3]
        else Decimal(f"{sign}{parts[2]}")
    )


def decimal(value: Any, run: Run, place: int) -> Decimal | None:
    """An exact decimal within what the model holds."""
    kind = value.__class__
    if kind is str:
        if not value.strip():
            return None
        found = _exact(value) if len(value) <= _LONGEST else None
    elif kind is Decimal:
        found = value if value.is_finite() else None
    elif kind is int:
        found = Decimal(value)
    elif value is None:
        return None
    else:
        found = None
    if found is None:
        run.unfit(place, value, "a decimal", "read decimal commas with the transform decimal_comma")
        return None
    return _bounded(found, value, run, place)


def _bounded(found: Decimal, value: Any, run: Run, place: int) -> Decimal | None:
    # Short ones, nearly all, cannot pass the bounds; their spelling is the quickest way to know.
    spelled = str(found)
    if len(spelled) <= _SHORT and "E" not in spelled:
        return found if found else abs(found)
    return _squeezed(found, value, run, place)


def _squeezed(found: Decimal, value: Any, run: Run, place: int) -> Decimal | None:
    """A long decimal, where the model can hold it: 18 digits before the point, 9 after it."""
    if not found:
        return Decimal(0)
    if found.adjusted() >= _DIGITS:
        run.unfit(place, value, "a decimal below 10^18")
        return None
    if int(found.as_tuple().exponent) < -_DECIMALS:
        held = found.quantize(_UNITS[_DECIMALS], context=_EXACT)
        if held != found:
            run.unfit(place, value, "at most 9 decimals", "round it with the transform round")
            return None
        found = held.normalize(_EXACT)
    return Decimal(format(found, "f"))


def amount(value: Any, run: Run, place: int) -> Decimal | None:
    """Money: padded to the currency's decimals, further ones kept."""
    exponent = run.exponent
    if exponent:
        kind = value.__class__
        if kind is Decimal or kind is int:
            quick = _padded(value, exponent)
        else:
            quick = _padded_text(value, exponent) if kind is str else None
        if quick is not None:
            return quick
    found = decimal(value, run, place)
    if found is None or not exponent:
        return found
    padded = found.quantize(_UNITS[exponent], context=_EXACT)
    return padded if padded == found else found


def _padded(value: Decimal | int, exponent: int) -> Decimal | None:
    """The number with so many decimals; None where it has more of them, or is too long."""
    try:
        found = _PADDING[exponent].quantize(value, _UNITS[exponent])
    except ArithmeticError:
        return None
    return found if found else abs(found)


@lru_cache(maxsize=4096)
def _padded_text(value: str, exponent: int) -> Decimal | None:
    found = _exact(value) if len(value) <= _LONGEST else None
    return None if found is None else _padded(found, exponent)


def number(value: Any, run: Run, place: int) -> Decimal | None:
    """A price, quantity, percent or rate: without trailing zeros."""
    kind = value.__class__
    if kind is Decimal:
        spelled = str(value)
        if len(spelled) <= _SHORT and spelled[-1] in "123456789" and "E" not in spelled:
            return value  # type: ignore[no-any-return]  # nothing to trim, nothing out of bounds
    elif kind is str and (short := _trimmed_text(value)) is not None:
        return short
    found = decimal(value, run, place)
    return None if found is None else _trimmed(found)


@lru_cache(maxsize=4096)
def _trimmed_text(value: str) -> Decimal | None:
    """A short spelling as a number; None where there may be something to tell."""
    found = _exact(value) if len(value) <= _SHORT else None
    if found is None:
        return None
    return _trimmed(found if found else abs(found))


def _trimmed(found: Decimal) -> Decimal:
    spelled = str(found)
    if "E" in spelled:
        spelled = format(found, "f")
    if spelled[-1] != "0" or "." not in spelled:
        return found
    return Decimal(spelled.rstrip("0").rstrip("."))


def date(value: Any, run: Run, place: int) -> datetime.date | None:
    """A civil day in the usual spellings."""
    if (value.__class__ is str and not value.strip()) or value is None:
        return None
    found = day_of(value) if isinstance(value, str) and len(value) <= _LONGEST else None
    if found is None:
        hint = "say what it is with a transform: day_first, month_first, epoch_seconds, pattern"
        run.unfit(place, value, "a day", hint)
    return found


def instant(value: Any, run: Run, place: int) -> datetime.datetime | None:
    """A moment with an offset; UTC where the source says none is meant to be read."""
    if (value.__class__ is str and not value.strip()) or value is None:
        return None
    found = moment_of(value) if isinstance(value, str) and len(value) <= _LONGEST else None
    if found is None:
        run.unfit(
            place, value, "a moment", "say what it is with a transform, such as epoch_seconds"
        )
    return found


def count(value: Any, run: Run, place: int) -> int | None:
    """A whole number, not negative."""
    found = decimal(value, run, place)
    if found is None:
        return None
    if found != found.to_integral_value() or not 0 <= found < 2**53:
        run.unfit(place, value, "a whole number from 0")
        return None
    return int(found)


_FLAGS: Mapping[str, bool] = {
    **dict.fromkeys(("true", "1", "yes", "y", "t"), True),
    **dict.fromkeys(("false", "0", "no", "n", "f"), False),
}


def flag(value: Any, run: Run, place: int) -> bool | None:
    """True or false in the usual spellings."""
    if isinstance(value, bool) or value is None:
        return value
    found = _FLAGS.get(str(value).strip().casefold())
    if found is None and str(value).strip():
        run.unfit(place, value, "true or false")
    return found


def choice(allowed: frozenset[str]) -> Convert:
    """One of a closed list of words."""

    def choose(value: Any, run: Run, place: int) -> str | None:
        found = text(value, run, place)
        if found is None or found in allowed:
            return found
        run.unfit(place, found, f"one of {', '.join(sorted(allowed))}", "translate it with a table")
        return None

    choose.of_choice = True  # type: ignore[attr-defined]  # asks for nothing but the value
    return choose


def exponent_of(code: str | None) -> int | None:
    """The decimals of a currency, for padding."""
    return currency_exponent(code) if code else None
