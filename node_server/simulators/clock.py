"""The simulator's own time, which a test can move: windows and tokens run out at once."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from email.utils import format_datetime


class Clock:
    """The time of this machine and a shift in seconds."""

    def __init__(self, shift: float = 0.0) -> None:
        self.shift = shift

    def now(self) -> float:
        """Seconds since 1970."""
        return time.time() + self.shift

    def kept(self) -> int:
        """The same in whole milliseconds, for what is kept: a journal writes no fractions."""
        return int(self.now() * 1000)

    def http_date(self, seconds: float = 0) -> str:
        """The time in so many seconds, as RFC 9110 writes it."""
        return format_datetime(datetime.fromtimestamp(self.now() + seconds, UTC), usegmt=True)


def written(moment: float, form: str) -> str | int:
    """A time as rows of a target carry it: `epoch` is a number, the others are like ISO 8601."""
    if form == "epoch":
        return int(moment)
    if form == "sql":
        return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M:%S")
    text = datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds")
    text = text.removesuffix("+00:00")
    return text if form == "datetime" else f"{text}Z"


def moment_of(text: object) -> float | None:
    """Seconds since 1970 of any spelling of a time that lists are asked with."""
    words = str(text).strip()
    if words.isascii() and words.isdigit() and len(words) in (10, 13):
        return int(words) / (1000 if len(words) == 13 else 1)
    try:
        found = datetime.fromisoformat(words.replace(" ", "T", 1))
    except ValueError:
        return _http_moment(words)
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def _http_moment(words: str) -> float | None:
    try:
        found = datetime.strptime(words, "%a, %d %b %Y %H:%M:%S GMT")  # noqa: DTZ007 - is GMT
    except ValueError:
        return None
    return found.replace(tzinfo=UTC).timestamp()
