"""Values of the five types of inputs, from what JSON or YAML make of them."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from canonical_model.base.scalars import DATE_PATTERN, DECIMAL_PATTERN
from canonical_model.controls.policy.faults import quoted

_decimal = re.compile(DECIMAL_PATTERN).match
_date = re.compile(DATE_PATTERN).match
_LARGEST = 10**18


class NotOfType(ValueError):
    """What was found; what would work."""


def literal(value: Any, kind: str) -> Any:
    """The value as text, Decimal, date, bool or list of texts; `NotOfType` says why not."""
    return _READERS[kind](value)


def _text(value: Any) -> str:
    if isinstance(value, str) and value.strip():
        return value
    raise NotOfType(f"found {_named(value)}; a text works, in quotes where it looks like a number")


def _number(value: Any) -> Decimal:
    if isinstance(value, float):
        raise NotOfType(f"found {value!r}, which is not exact; write it in quotes, '{value!r}'")
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < _LARGEST:
        return Decimal(value)
    text = format(value, "f") if isinstance(value, Decimal) and value.is_finite() else value
    if isinstance(text, str) and _decimal(text):
        return Decimal(text)
    raise NotOfType(f"found {_named(value)}; a number works, such as 1000 or '0.5'")


def _day(value: Any) -> datetime.date:
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value
    try:
        if isinstance(value, str) and _date(value):
            return datetime.date.fromisoformat(value)
    except ValueError:
        pass
    raise NotOfType(f"found {_named(value)}; a day works, such as 2026-01-31")


def _flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise NotOfType(f"found {_named(value)}; true or false works")


def _list(value: Any) -> list[str]:
    if isinstance(value, list | tuple) and all(isinstance(each, str) and each for each in value):
        return list(value)
    raise NotOfType(f"found {_named(value)}; a list of texts works")


def _named(value: Any) -> str:
    return "nothing" if value is None else quoted(value)


_READERS: dict[str, Callable[[Any], Any]] = {
    "text": _text,
    "number": _number,
    "date": _day,
    "flag": _flag,
    "list": _list,
}
