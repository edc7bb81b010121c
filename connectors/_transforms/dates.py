"""Transforms of days and moments that cannot be read without being told how."""

from __future__ import annotations

import datetime
import re
from email.utils import parsedate_to_datetime
from typing import Any

from connectors._transforms.registry import transform
from connectors._transforms.texts import spelled
from connectors.errors import TransformError

_numbers = re.compile(r"[0-9]+").findall
_LONGEST = 80
_whole = re.compile(r"-?[0-9]{1,18}").fullmatch
_stamped = re.compile(
    r"(\d{8})(\d{4}|\d{6})(?:\.\d{1,9})?(?:\[([+-]?\d{1,2})(?:\.(\d{1,2}))?(?::[^\]]*)?\])?",
    re.A,
).fullmatch
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
def compact_moment(value: Any) -> str | None:
    """CCYYMMDDhhmm, seconds and hours from UTC if any: `20260131101500[-5:EST]`. No day alone."""
    text = spelled(value).strip()
    if len(text) == 8 and text.isascii() and text.isdigit():
        return None
    found = _stamped(text)
    if found is None:
        raise TransformError("CCYYMMDDhhmmss")
    day, clock = _iso(int(text[:4]), int(text[4:6]), int(text[6:8])), found[2].ljust(6, "0")
    try:
        local = datetime.datetime.fromisoformat(f"{day}T{clock[:2]}:{clock[2:4]}:{clock[4:]}")
        return (local - _ahead(found[3], found[4])).isoformat() + "Z"
    except (ValueError, OverflowError) as error:
        raise TransformError("a moment of the calendar") from error


def _ahead(hours: str | None, hundredths: str | None) -> datetime.timedelta:
    """By how much a clock is ahead of UTC; hundredths of an hour follow a point."""
    minutes = int((hundredths or "0").ljust(2, "0")) * 60 // 100
    away = datetime.timedelta(hours=abs(int(hours or "0")), minutes=minutes)
    return -away if (hours or "").startswith("-") else away


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
def mail_moment(value: Any) -> str:
    """A moment as mail writes it, RFC 5322: Tue, 03 Feb 2026 14:16:46 +0000."""
    text = spelled(value).strip()
    try:
        moment = parsedate_to_datetime(text[:_LONGEST])
    except (ValueError, TypeError, IndexError, OverflowError) as error:
        raise TransformError("a moment as mail writes it") from error
    return moment.isoformat()


@transform()
def pattern(value: Any, *, format: str) -> str:
    """A spelling given as strptime knows it."""
    try:
        found = datetime.datetime.strptime(spelled(value).strip(), format)  # noqa: DTZ007
    except ValueError as error:
        raise TransformError(f"a day spelled as {format}") from error
    return found.date().isoformat()
