"""Working on what is due: threads of this process, each with one counterfoil at a time."""

from __future__ import annotations

import threading

from sqlalchemy.exc import SQLAlchemyError

from node_server.logs import log, tenant, trace_id
from node_server.operations.house import House
from node_server.operations.posting.leasing import Takers, hold_on, waiting
from node_server.operations.posting.nudging import Bell
from node_server.operations.posting.turns import turn
from node_server.store.counterfoils import Row

_IDLE_SECONDS = 0.25
_BEATS = 3
"""How often a lease is renewed before it would run out."""


class Poster:
    """Takes due counterfoils and works on them; leases are held while it lives."""

    def __init__(self, house: House, threads: int | None = None) -> None:
        self._house = house
        self._most = threads or house.settings.posting_threads
        self._bell = house.kept(Bell)
        self._held: dict[str, Row] = {}
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._calls = threading.Semaphore(0)
        self._called = 0
        self._threads: list[threading.Thread] = []

    def round(self) -> bool:
        """Call as many threads as there is work for, then wait a while, or for the bell."""
        if self._closed.is_set():
            return False
        for _ in range(self._wanted(waiting(self._house, self._most))):
            self._calls.release()
        self._bell.wait(_IDLE_SECONDS)
        return True

    def once(self) -> bool:
        """Work on one counterfoil in this thread; whether there was any."""
        row = self._house.kept(Takers).one()
        if row is None:
            return False
        self._hold(row)
        self._work(row)
        return True

    def beat(self) -> bool:
        """Renew the leases of what is under way; to be called again and again."""
        with self._lock:
            rows = list(self._held.values())
        hold_on(self._house, rows)
        self._closed.wait(self._house.settings.lease_seconds / _BEATS)
        return True

    def close(self) -> None:
        """Finish what is under way."""
        self._closed.set()
        self._calls.release(self._most)
        for thread in self._threads:
            thread.join()

    def _wanted(self, found: int) -> int:
        """How many of the idle threads are called; they are made when they are first needed."""
        with self._lock:
            wanted = min(found, self._most - self._called)
            self._called += wanted
            while len(self._threads) < self._called:
                name = f"post-{len(self._threads)}"
                self._threads.append(threading.Thread(target=self._serve, name=name, daemon=True))
                self._threads[-1].start()
        return wanted

    def _serve(self) -> None:
        """Work until nothing is left, whenever called."""
        while True:
            self._calls.acquire()
            try:
                while not self._closed.is_set() and self._try_once():
                    pass
            finally:
                with self._lock:
                    self._called -= 1
            if self._closed.is_set():
                return

    def _try_once(self) -> bool:
        try:
            return self.once()
        except Exception as error:  # noqa: BLE001  (a thread that dies helps nobody)
            log().error("worker_failed", why=f"{type(error).__name__}: {error}")
            return False

    def _work(self, row: Row) -> None:
        trace_id.set(row["trace_id"] or "")
        tenant.set(row["tenant"])
        try:
            turn(self._house, row)
        except SQLAlchemyError as error:
            # What cannot be written now is found again when the lease has run out.
            log().error("store_failed", counterfoil=row["key"], why=type(error).__name__)
        except Exception as error:  # noqa: BLE001  (a thread that dies helps nobody)
            log().error("posting_failed", counterfoil=row["key"], exc_info=error)
        finally:
            self._drop(row)

    def _hold(self, row: Row) -> None:
        with self._lock:
            self._held[row["lease"]] = row

    def _drop(self, row: Row) -> None:
        with self._lock:
            self._held.pop(row["lease"], None)
