"""Days and moments in the spellings that systems use without saying so.

Only what can be read in one way is read: `01/02/2026` is not, a map has to say which comes first.
"""

from __future__ import annotations

import datetime
import re
from email.utils import parsedate_to_datetime
from functools import lru_cache

_UTC = datetime.UTC
_iso = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ]\d{2}:.*|Z|[+-]\d{2}:?\d{2})?", re.A).fullmatch
# With hour and minute, or the second too; ten or thirteen digits count time since 1970.
_compact = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\d{4}|\d{6})?", re.A).fullmatch
_dotted = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", re.A).fullmatch
_slashed = re.compile(r"(\d{4})/(\d{1,2})/(\d{1,2})", re.A).fullmatch
# Microsoft's JSON: milliseconds since 1970, with the offset of the server's clock.
_ticks = re.compile(r"\\?/Date\((-?\d{1,18})([+-]\d{4})?\)\\?/", re.A).fullmatch
_words = re.compile(r"[A-Za-z]{3}, .*|\d{1,2} [A-Za-z]{3} \d{4}.*", re.A).fullmatch


@lru_cache(maxsize=4096)
def day_of(text: str) -> datetime.date | None:
    """The day a text names, or None."""
    text = text.strip()
    for pattern in (_iso, _compact, _slashed):
        if found := pattern(text):
            return _day(found[1], found[2], found[3])
    if found := _dotted(text):
        return _day(found[3], found[2], found[1])
    if found := _ticks(text):
        moment = ticks(int(found[1]) + _offset(found[2]))
        return moment.date() if moment else None
    if _words(text):
        return _mail_day(text)
    return None


def _offset(clock: str | None) -> int:
    """Milliseconds by which a clock, `+1300`, is ahead of UTC: the day is the one it showed."""
    minutes = int(clock[1:3]) * 60 + int(clock[3:]) if clock else 0
    return minutes * 60_000 * (-1 if clock and clock[0] == "-" else 1)


def _day(year: str, month: str, day: str) -> datetime.date | None:
    try:
        return datetime.date(int(year), int(month), int(day))
    except ValueError:
        return None


def _mail_day(text: str) -> datetime.date | None:
    try:
        return parsedate_to_datetime(text if ":" in text else f"{text} 00:00:00").date()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def ticks(milliseconds: int) -> datetime.datetime | None:
    """The moment so many milliseconds after 1970, UTC."""
    try:
        return datetime.datetime(1970, 1, 1, tzinfo=_UTC) + datetime.timedelta(
            milliseconds=milliseconds
        )
    except OverflowError:
        return None


@lru_cache(maxsize=4096)
def moment_of(text: str) -> datetime.datetime | None:
    """The moment a text names; without an offset it is taken as UTC."""
    text = text.strip()
    if found := _ticks(text):
        return ticks(int(found[1]))
    try:
        moment = datetime.datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=_UTC)).astimezone(_UTC)
    except (ValueError, OverflowError):
        return None
