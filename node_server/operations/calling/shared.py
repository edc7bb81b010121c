"""What all who call a target share: limits, breakers and turns; in Redis where there is one."""

from __future__ import annotations

import fcntl
import hashlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from sqlalchemy import text

from connectors._transport import (
    Breaker,
    Limiter,
    MemoryBreaker,
    MemoryLimiter,
    MemorySlots,
    RedisBreaker,
    RedisLimiter,
    RedisSlots,
    Slots,
)
from node_server.operations.calling.errors import Throttled, Unavailable
from node_server.operations.house import House

_T = TypeVar("_T")

_PAUSE = 0.005
_LONGEST_PAUSE = 0.05
_TURN_SECONDS = 90  # longer than any token call may take


@dataclass(frozen=True)
class Shared:
    """Limits, breakers and slots of this process, or of all processes on one Redis."""

    limiter: Limiter
    breaker: Breaker
    slots: Slots
    client: redis.Redis | None = None

    def close(self) -> None:
        """Give the connection to Redis back."""
        if self.client is not None:
            self.client.close()


def shared(house: House) -> Shared:
    """Those of this house; get them by `house.kept(shared)`."""
    url = house.settings.redis_url
    if not url:
        return Shared(MemoryLimiter(), MemoryBreaker(), MemorySlots())
    client = redis.Redis.from_url(url, socket_timeout=2, retry=Retry(NoBackoff(), 1))
    return Shared(RedisLimiter(client), RedisBreaker(client), RedisSlots(client), client)


@contextmanager
def one_of(house: House, key: str, *, most: int, seconds: float, patience: float) -> Iterator[None]:
    """One of so many at once; `Throttled` where no place came free in time."""
    slots = house.kept(shared).slots
    ticket = _patiently(lambda: slots.enter(key, most=most, seconds=seconds), patience)
    if ticket is None:
        raise Throttled(1, f"{most} calls to the other system are under way, the most at once")
    try:
        yield
    finally:
        slots.leave(key, ticket)


@contextmanager
def alone(house: House, key: str, *, patience: float) -> Iterator[None]:
    """Nobody else under this key, in any process on the same store.

    By Redis where there is one; by a file beside the embedded store; by a lock of PostgreSQL.
    """
    if house.settings.redis_url:
        way = _by_slot(house, key, patience)
    elif house.store.embedded:
        way = _by_file(house, key, patience)
    else:
        way = _by_database(house, key, patience)
    with way:
        yield


@contextmanager
def _by_slot(house: House, key: str, patience: float) -> Iterator[None]:
    try:
        with one_of(house, key, most=1, seconds=_TURN_SECONDS, patience=patience):
            yield
    except Throttled as error:
        raise _taken() from error


@contextmanager
def _by_file(house: House, key: str, patience: float) -> Iterator[None]:
    folder = Path(house.settings.data) / "locks"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / hashlib.sha256(key.encode()).hexdigest()[:32]
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not _patiently(lambda: _locked(handle), patience):
            raise _taken()
        yield
    finally:
        os.close(handle)  # gives the lock back, also when the process dies


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _by_database(house: House, key: str, patience: float) -> Iterator[None]:
    number = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big", signed=True)
    query = text("select pg_try_advisory_lock(:n)")
    free = text("select pg_advisory_unlock(:n)")
    with house.store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not _patiently(lambda: connection.scalar(query, {"n": number}), patience):
            raise _taken()
        try:
            yield
        finally:
            connection.execute(free, {"n": number})


def _patiently(attempt: Callable[[], _T], patience: float) -> _T | None:
    """What an attempt gives, tried until then."""
    end, pause = time.monotonic() + patience, _PAUSE
    while not (found := attempt()):
        if time.monotonic() + pause > end:
            return None
        time.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)
    return found


def _taken() -> Unavailable:
    return Unavailable("another process is renewing the token, and is not done", wait=5)
