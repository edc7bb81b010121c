"""Slots: at most so many at once, shared by all workers; with one slot, a lock.

A ticket runs out by itself, so that a worker that dies keeps nothing for long. Concurrency limits
of targets are slots of a connection; a single refresh of a token is the one slot of its credential.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from typing import Protocol

_SECOND = 1_000_000


class Slots(Protocol):
    """Slots by key."""

    def enter(self, key: str, *, most: int, seconds: float) -> str | None:
        """A ticket, good for so many seconds; nothing while all slots are taken."""

    def leave(self, key: str, ticket: str) -> bool:
        """Give a ticket back; False where it had run out, and another may be in by now."""


class MemorySlots:
    """For one process."""

    def __init__(self, clock: Callable[[], int] | None = None) -> None:
        self._clock = clock or _microseconds
        self._taken: dict[str, dict[str, int]] = {}
        self._lock = threading.Lock()

    def enter(self, key: str, *, most: int, seconds: float) -> str | None:
        """A ticket, or nothing."""
        with self._lock:
            taken = self._still_taken(key)
            if len(taken) >= most:
                return None
            ticket = secrets.token_hex(8)
            taken[ticket] = self._clock() + int(seconds * _SECOND)
            self._taken[key] = taken
            return ticket

    def leave(self, key: str, ticket: str) -> bool:
        """Give a ticket back."""
        with self._lock:
            taken = self._still_taken(key)
            was_in = taken.pop(ticket, None) is not None
            self._taken[key] = taken
            if not taken:
                del self._taken[key]
            return was_in

    def _still_taken(self, key: str) -> dict[str, int]:
        now = self._clock()
        return {t: until for t, until in self._taken.get(key, {}).items() if until > now}


def _microseconds() -> int:
    return time.monotonic_ns() // 1000
