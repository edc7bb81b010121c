"""How far a pull has come: what it asks for, and what it must remember to go on after a crash."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any, Final

import msgspec

from connectors._transport import Bookmark, Request

_FIRST_OVERLAP: Final = 120
"""Seconds that a window reaches back where the manifest states none: clocks differ."""


@dataclass(frozen=True, slots=True)
class Progress:
    """What is remembered between two pages, and between two pulls."""

    since: str | None = None
    """From when on it is asked for; None for everything."""
    begun: str | None = None
    """When the pull under way began, by our clock."""
    newest: str | None = None
    """The newest time of change that a row of the pull under way stated."""
    following: dict[str, Any] | None = None
    """Where the list goes on; None between pulls."""
    seen: dict[str, list[int]] = field(default_factory=dict)
    """Of files: size and time of each as it was seen last, to know those that are done."""

    def started(self, now: str, *, full: bool) -> Progress:
        """A new pull: from where the last one ended, or from the beginning."""
        return Progress(since=None if full else self.since, begun=now)

    def after(self, newest: str | None, following: Bookmark | None) -> Progress:
        """A page further."""
        latest = max(filter(None, (self.newest, newest)), default=None)
        return replace(
            self, newest=latest, following=None if following is None else _kept(following)
        )

    def ended(self) -> Progress:
        """Done: the next pull begins at the newest change seen, or when this one began.

        The rows' own times are the other system's clock, which is the one that it compares with.
        """
        return Progress(since=self.newest or self.since or self.begun)

    @property
    def under_way(self) -> bool:
        """Whether a pull was broken off in between."""
        return self.following is not None

    def bookmark(self) -> Bookmark | None:
        """The next page to ask for, where a pull goes on."""
        return None if self.following is None else _bookmark(self.following)


def read(text: str | None) -> Progress:
    """As it was kept."""
    return Progress(**msgspec.json.decode(text)) if text else Progress()


def write(progress: Progress) -> str:
    """As it is kept."""
    return msgspec.json.encode(asdict(progress)).decode()


def _kept(mark: Bookmark) -> dict[str, Any]:
    """What lets us in is not in it: that is added when it is sent, and may have changed by then."""
    request = mark.request
    return {
        "method": request.method,
        "url": request.url,
        "headers": dict(request.headers),
        "body": request.body.decode("latin-1"),
        "pages": mark.pages,
        "rows": mark.rows,
    }


def _bookmark(kept: Mapping[str, Any]) -> Bookmark:
    body = kept["body"].encode("latin-1")
    request = Request(kept["method"], kept["url"], dict(kept["headers"]), body)
    return Bookmark(request, kept["pages"], kept["rows"])


def listing(spec: Mapping[str, Any], since: str | None) -> tuple[dict[str, Any], dict[str, str]]:
    """The manifest's list as it is asked for, and the values of its places."""
    asked = dict(spec)
    changes = asked.get("incremental")
    if changes is None or since is None:
        return asked, {}
    for part in ("params", "headers", "body"):
        if part in changes:
            asked[part] = {**asked.get(part, {}), **changes[part]}
    moment = datetime.fromisoformat(since).astimezone(UTC)
    back = moment - timedelta(seconds=changes.get("overlap", _FIRST_OVERLAP))
    return asked, {"since": _WRITTEN[changes.get("format", "rfc3339")](back)}


_WRITTEN: dict[str, Callable[[datetime], str]] = {
    "rfc3339": lambda at: at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    "datetime": lambda at: at.strftime("%Y-%m-%dT%H:%M:%S"),
    "sql": lambda at: at.strftime("%Y-%m-%d %H:%M:%S"),
    "date": lambda at: at.strftime("%Y-%m-%d"),
    "epoch": lambda at: str(int(at.timestamp())),
    "http_date": lambda at: format_datetime(at, usegmt=True),
}
