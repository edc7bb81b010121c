"""Time as the store keeps it: RFC 3339 in UTC, as text that sorts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def now() -> datetime:
    """This instant."""
    return datetime.now(UTC)


def stamp(at: datetime | None = None, *, after: float = 0) -> str:
    """An instant as text, `after` seconds later."""
    moment = (at or now()) + timedelta(seconds=after)
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def read(text: str) -> datetime:
    """The instant that a text of ours states."""
    return datetime.fromisoformat(text)
