"""Doing in one go what several threads ask for at the same time: one transaction for many."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Generic, TypeVar

_Job = TypeVar("_Job")
_Done = TypeVar("_Done")

_MOST = 64
_PAUSE = 0.001


class Together(Generic[_Job, _Done]):
    """Whoever comes first works for all who have come when its `turn` is; others go with the next.

    `work` gives one result for each job, in order. Where it fails for several, it is done for each
    alone, so that nobody fails for another's sake.
    """

    def __init__(
        self,
        work: Callable[[list[_Job]], Sequence[_Done]],
        turn: AbstractContextManager[Any],
    ) -> None:
        self._work = work
        self._turn = turn
        self._lock = threading.Lock()
        self._waiting: list[_Seat[_Job, _Done]] = []
        self._led = False
        self._last = 1

    def __call__(self, job: _Job) -> _Done:
        """The result for a job, done alone or with others."""
        seat: _Seat[_Job, _Done] = _Seat(job)
        with self._lock:
            self._waiting.append(seat)
            leads = not self._led
            self._led = True
        if not leads:
            seat.called.wait()
        if not seat.served:
            self._lead()
        return seat.result()

    def _lead(self) -> None:
        if self._last > 1:
            time.sleep(_PAUSE)  # those who came back together come again together
        with self._turn:
            with self._lock:
                seats, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
            self._last = len(seats)
            try:
                self._serve(seats)
            finally:
                self._hand_over()
        for seat in seats:
            seat.called.set()

    def _hand_over(self) -> None:
        with self._lock:
            self._led = bool(self._waiting)
            if self._waiting:
                self._waiting[0].called.set()

    def _serve(self, seats: list[_Seat[_Job, _Done]]) -> None:
        try:
            done = self._work([seat.job for seat in seats])
            for seat, each in zip(seats, done, strict=True):
                seat.results = [each]
        except Exception as error:  # noqa: BLE001  (told to whoever asked)
            if len(seats) == 1:
                seats[0].error = error
                return
            for seat in seats:
                self._serve([seat])


class _Seat(Generic[_Job, _Done]):
    """One who waits for the result of a job."""

    def __init__(self, job: _Job) -> None:
        self.job = job
        self.called = threading.Event()
        self.results: list[_Done] | None = None
        self.error: Exception | None = None

    @property
    def served(self) -> bool:
        return self.results is not None or self.error is not None

    def result(self) -> _Done:
        if self.results is None:
            raise self.error or RuntimeError("nobody has done it")
        return self.results[0]
