"""Transforms of days and moments that cannot be read without being told how."""

from __future__ import annotations

import datetime
import re
from typing import Any

from connectors._transforms.registry import transform
from connectors._transforms.texts import spelled
from connectors.errors import TransformError

_numbers = re.compile(r"[0-9]+").findall
_LONGEST = 80
_whole = re.compile(r"-?[0-9]{1,18}").fullmatch
_CENTURY = 69  # POSIX: years 69 to 99 are of the last century


def _iso(year: int, month: int, day: int) -> str:
    if year < 100:
        year += 1900 if year >= _CENTURY else 2000
    try:
        return datetime.date(year, month, day).isoformat()
    except (ValueError, OverflowError) as error:
        raise TransformError("a day of the calendar") from error


def _three(value: Any, expected: str) -> list[int]:
    found = _numbers(spelled(value)[:_LONGEST])[:3]
    # A year has two digits or four, a day and a month at most two.
    if len(found) < 3 or any(len(number) not in (1, 2, 4) for number in found):
        raise TransformError(expected)
    return [int(number) for number in found]


@transform()
def day_first(value: Any) -> str:
    """Day, month and year, with anything between them."""
    day, month, year = _three(value, "day, month and year")
    return _iso(year, month, day)


@transform()
def month_first(value: Any) -> str:
    """Month, day and year, with anything between them."""
    month, day, year = _three(value, "month, day and year")
    return _iso(year, month, day)


@transform()
def short_year(value: Any) -> str:
    """Six digits, YYMMDD."""
    text = spelled(value).strip()
    if len(text) != 6 or not text.isascii() or not text.isdigit():
        raise TransformError("six digits, YYMMDD")
    return _iso(int(text[:2]), int(text[2:4]), int(text[4:]))


@transform()
def compact_day(value: Any) -> str:
    """Eight digits CCYYMMDD, or six YYMMDD."""
    text = spelled(value).strip()
    if len(text) == 8 and text.isascii() and text.isdigit():
        return _iso(int(text[:4]), int(text[4:6]), int(text[6:]))
    return short_year(text)


@transform()
def epoch_seconds(value: Any) -> str:
    """Seconds since 1970, UTC."""
    return _since_1970(value, 1)


@transform()
def epoch_milliseconds(value: Any) -> str:
    """Milliseconds since 1970, UTC."""
    return _since_1970(value, 1000)


def _since_1970(value: Any, parts: int) -> str:
    text = spelled(value).strip()
    if not _whole(text):
        raise TransformError("a whole number of time since 1970")
    try:
        gone = datetime.timedelta(seconds=int(text) // parts)
        moment = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC) + gone
    except OverflowError as error:
        raise TransformError("a moment between the years 1 and 9999") from error
    return moment.isoformat().replace("+00:00", "Z")


@transform()
def pattern(value: Any, *, format: str) -> str:
    """A spelling given as strptime knows it."""
    try:
        found = datetime.datetime.strptime(spelled(value).strip(), format)  # noqa: DTZ007
    except ValueError as error:
        raise TransformError(f"a day spelled as {format}") from error
    return found.date().isoformat()
