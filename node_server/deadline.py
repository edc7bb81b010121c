"""A time limit for work in a thread: past it, the thread is made to raise `TimeUp`."""

from __future__ import annotations

import ctypes
import heapq
import itertools
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


class TimeUp(BaseException):
    """The time limit has passed. Not an `Exception`: no handler on the way may swallow it."""


class _Watch:
    """One thread that watches over the deadlines of all others."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._due: list[tuple[float, int, int]] = []
        self._open: set[int] = set()
        self._number = itertools.count()
        self._thread: threading.Thread | None = None

    def begin(self, seconds: float) -> int:
        with self._changed:
            number = next(self._number)
            self._open.add(number)
            entry = (time.monotonic() + seconds, number, threading.get_ident())
            heapq.heappush(self._due, entry)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="deadlines", daemon=True)
                self._thread.start()
            elif self._due[0] is entry:
                self._changed.notify()
        return number

    def end(self, number: int) -> None:
        # Under the lock: after it, nothing can be raised in this thread any more.
        with self._changed:
            self._open.discard(number)

    def _run(self) -> None:
        with self._changed:
            while True:
                self._raise_due()
                wait = self._due[0][0] - time.monotonic() if self._due else None
                self._changed.wait(wait if wait is None else max(wait, 0.001))

    def _raise_due(self) -> None:
        now = time.monotonic()
        while self._due and (self._due[0][0] <= now or self._due[0][1] not in self._open):
            _, number, thread = heapq.heappop(self._due)
            if number in self._open:
                self._open.discard(number)
                ctypes.pythonapi.PyThreadState_SetAsyncExc(
                    ctypes.c_ulong(thread), ctypes.py_object(TimeUp)
                )


_watch = _Watch()


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raise `TimeUp` in this thread when the block takes longer.

    It comes between two steps of Python: a call into C that never returns is not ended by it.
    """
    number = _watch.begin(seconds)
    try:
        yield
    finally:
        _watch.end(number)
