"""Dates of six digits, whose century is not written, as ISO dates."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

_PIVOT = 80
"""Two-digit years from here on are of the twentieth century: no such file is older."""


def full_year(two_digits: str) -> int:
    """`99` as 1999, `26` as 2026."""
    year = int(two_digits)
    return year + (1900 if year >= _PIVOT else 2000)


@lru_cache(maxsize=1024)
def year_first(text: str) -> str | None:
    """YYMMDD as ISO, or None when it is no date."""
    return _iso(text, text[:2], text[2:4], text[4:6])


@lru_cache(maxsize=1024)
def day_first(text: str) -> str | None:
    """DDMMYY as ISO, or None when it is no date."""
    return _iso(text, text[4:6], text[2:4], text[:2])


def to_year_first(iso: str) -> str:
    """An ISO date as YYMMDD."""
    return iso.replace("-", "")[2:]


def to_day_first(iso: str) -> str:
    """An ISO date as DDMMYY."""
    return iso[8:10] + iso[5:7] + iso[2:4]


def _iso(text: str, year: str, month: str, day: str) -> str | None:
    if len(text) != 6 or not (text.isascii() and text.isdecimal()):
        return None
    try:
        return date(full_year(year), int(month), int(day)).isoformat()
    except ValueError:
        return None
