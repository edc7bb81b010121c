"""Collects notices while a codec reads, and stops listing when a file is wrong all over."""

from __future__ import annotations

from typing import Literal

from connectors._codecs.limits import Notice
from connectors.errors import CodecError

MOST = 1000
"""So many notices are listed one by one; more would say nothing new."""

MOST_BREAKS = 100
"""So many breaks of the file's structure are read past; then it is not such a file."""


class NoticeLog:
    """Notices since the last `take`."""

    def __init__(self) -> None:
        self._fresh: list[Notice] = []
        self._listed = 0
        self._breaks = 0

    def error(self, code: str, message: str, where: str = "") -> None:
        """Data may be missing or altered."""
        self._add(code, message, "error", where)

    def warning(self, code: str, message: str, where: str = "") -> None:
        """Untidy, but everything was read."""
        self._add(code, message, "warning", where)

    def break_(self, code: str, message: str, record: int | None = None) -> None:
        """Something where the grammar has no place for it: an error, and too many are fatal."""
        self._breaks += 1
        if self._breaks > MOST_BREAKS:
            raise CodecError(
                "bad_structure",
                f"over {MOST_BREAKS} pieces out of place; check that the file is whole",
                record=record,
            )
        self.error(code, message, "" if record is None else f"record {record}")

    def take(self) -> tuple[Notice, ...]:
        """The notices since last time, which are then forgotten."""
        if not self._fresh:
            return ()
        taken, self._fresh = tuple(self._fresh), []
        return taken

    def _add(
        self, code: str, message: str, severity: Literal["error", "warning"], where: str
    ) -> None:
        self._listed += 1
        if self._listed <= MOST:
            self._fresh.append(Notice(code, message, severity, where))
        elif self._listed == MOST + 1:
            text = f"over {MOST} faults; the rest is not listed, mend these first"
            self._fresh.append(Notice("more_faults", text, "error", where))
