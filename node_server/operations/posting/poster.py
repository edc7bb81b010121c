"""Working on what is due: threads of this process, each with one counterfoil at a time."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy.exc import SQLAlchemyError

from node_server.logs import log, tenant, trace_id
from node_server.operations.house import House
from node_server.operations.posting.leasing import hold_on, take
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
        self._pool = ThreadPoolExecutor(self._most, thread_name_prefix="post")
        self._free = threading.Semaphore(self._most)
        self._bell = house.kept(Bell)
        self._leases: set[str] = set()
        self._lock = threading.Lock()
        self._closed = threading.Event()

    def round(self) -> bool:
        """Begin to work on what is due; it waits for a free thread, or for the bell."""
        room = self._room()
        if not room:
            return True
        rows = take(self._house, room)
        for _ in range(room - len(rows)):
            self._free.release()
        for row in rows:
            self._begin(row)
        if not rows:
            self._bell.wait(_IDLE_SECONDS)
        return True

    def once(self) -> bool:
        """Work on one counterfoil in this thread; whether there was any."""
        rows = take(self._house, 1)
        for row in rows:
            self._hold(row)
            self._work(row)
        return bool(rows)

    def beat(self) -> bool:
        """Renew the leases of what is under way; to be called again and again."""
        with self._lock:
            tokens = list(self._leases)
        hold_on(self._house, tokens)
        self._closed.wait(self._house.settings.lease_seconds / _BEATS)
        return True

    def close(self) -> None:
        """Finish what is under way."""
        self._closed.set()
        self._pool.shutdown(wait=True)

    def _room(self) -> int:
        """How many threads are free, each taken."""
        if not self._free.acquire(timeout=_IDLE_SECONDS):
            return 0
        room = 1
        while room < self._most and self._free.acquire(blocking=False):
            room += 1
        return room

    def _begin(self, row: Row) -> None:
        self._hold(row)
        try:
            self._pool.submit(self._in_thread, row)
        except RuntimeError:  # closed meanwhile: the lease runs out, and another takes it
            self._drop(row)
            self._free.release()

    def _in_thread(self, row: Row) -> None:
        try:
            self._work(row)
        finally:
            self._free.release()
            self._bell.ring_here()

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
            self._leases.add(row["lease"])

    def _drop(self, row: Row) -> None:
        with self._lock:
            self._leases.discard(row["lease"])
