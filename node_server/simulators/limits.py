"""The limits of the manifest, kept as the target keeps them: by counting in a sliding window."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from node_server.simulators.clock import Clock
from node_server.simulators.described import Target


class RequestLimits:
    """Requests a window, and calls at once."""

    def __init__(self, target: Target, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._limits = [
            (int(each["requests"]), int(each["seconds"])) for each in target.api.get("limits", [])
        ]
        self._most = int(target.api.get("concurrency", 0))
        self._seen: list[deque[float]] = [deque() for _ in self._limits]
        self._inside = 0

    def wait(self) -> int | None:
        """Seconds to wait; nothing where there is room, which is then taken."""
        now = self._clock.now()
        with self._lock:
            if self._most and self._inside > self._most:
                return 1
            waits = [self._full(place, now) for place in range(len(self._limits))]
            longest = max((wait for wait in waits if wait is not None), default=None)
            if longest is None:
                for seen in self._seen:
                    seen.append(now)
            return longest

    @contextmanager
    def inside(self) -> Iterator[None]:
        """While a call is worked on."""
        with self._lock:
            self._inside += 1
        try:
            yield
        finally:
            with self._lock:
                self._inside -= 1

    def _full(self, place: int, now: float) -> int | None:
        (most, seconds), seen = self._limits[place], self._seen[place]
        while seen and seen[0] <= now - seconds:
            seen.popleft()
        return None if len(seen) < most else max(1, int(seen[0] + seconds - now + 0.999))
