"""Rate limits: never more in any window than the target allows, whoever is asking.

What was taken is counted in slots, sixty to a window. A request has room when the slots that any
window up to now can touch hold fewer than the limit. A plain token bucket of the limit's size would
let through nearly twice of it (the bucket, and what flows in beside it); one small enough not to
would leave most of a daily limit unused on a busy morning.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

SPAN = 60
"""Slots to a window; a window that starts inside of one touches one more."""

_MICRO = 1_000_000


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many requests in so many seconds, counted under a key."""

    key: str
    requests: int
    seconds: int

    @property
    def width(self) -> int:
        """Microseconds of a slot."""
        return -(-self.seconds * _MICRO // SPAN)


class Limiter(Protocol):
    """Room for requests, shared by all who use the same keys."""

    def take(self, key: str, limits: Sequence[Limit]) -> int:
        """0 when there was room in all limits, and it is taken; else microseconds to wait.

        `key` is the connection; while it is held, there is no room for it at all.
        """

    def hold(self, key: str, seconds: float) -> None:
        """Give a connection no room for a while: its target has said that it is too much."""


def limits_of(entries: Iterable[Mapping[str, Any]], keys: Mapping[str, str]) -> list[Limit]:
    """The manifest's `limits`, each under the key of its scope (connection, app, user, account)."""
    found = []
    for entry in entries:
        scope = entry.get("scope", "connection")
        name = f"{scope}:{keys.get(scope, keys['connection'])}"
        size = f"{entry['requests']}/{entry['seconds']}"
        found.append(Limit(f"{name}:{size}", entry["requests"], entry["seconds"]))
    return found


class MemoryLimiter:
    """For one process."""

    def __init__(self, clock: Callable[[], int] | None = None) -> None:
        self._clock = clock or _microseconds
        self._taken: dict[str, dict[int, int]] = {}
        self._held_until: dict[str, int] = {}
        self._lock = threading.Lock()

    def take(self, key: str, limits: Sequence[Limit]) -> int:
        """Room in all limits, or the longest wait of them."""
        with self._lock:
            now = self._clock()
            held = self._held_until.get(key, 0) - now
            wait = max((held, *(self._wait(limit, now) for limit in limits)))
            if wait > 0:
                return wait
            for limit in limits:
                slots, slot = self._taken[limit.key], now // limit.width
                slots[slot] = slots.get(slot, 0) + 1
            return 0

    def hold(self, key: str, seconds: float) -> None:
        """No room for a connection until then."""
        with self._lock:
            until = self._clock() + int(seconds * _MICRO)
            self._held_until[key] = max(self._held_until.get(key, 0), until)

    def _wait(self, limit: Limit, now: int) -> int:
        oldest = now // limit.width - SPAN
        taken = self._taken.get(limit.key, {})
        counted = {slot: count for slot, count in taken.items() if slot >= oldest}
        self._taken[limit.key] = counted
        if sum(counted.values()) < limit.requests:
            return 0
        return (min(counted) + SPAN + 1) * limit.width - now


def _microseconds() -> int:
    return time.monotonic_ns() // 1000
