"""Events onto Redis Streams, where Redis is configured: one stream a tenant, each event once."""

from __future__ import annotations

from typing import Any

import redis

from node_server.operations.house import House
from node_server.store import events

STREAM = "counterfoil:events:{tenant}"
_DONE = "counterfoil:events-published"
_LOCK = "counterfoil:events-publishing"
_LOCK_SECONDS = 30
_BATCH = 200
_KEPT = 100_000


class Publisher:
    """Passes on what the store has and the streams have not; one process at a time does."""

    def __init__(self, house: House) -> None:
        self._house = house
        url = house.settings.redis_url
        self._redis: Any = redis.Redis.from_url(url) if url else None

    @property
    def wanted(self) -> bool:
        """Whether there is a Redis to publish to."""
        return self._redis is not None

    def round(self) -> bool:
        """Publish what is new; whether there was anything."""
        lock = self._redis.lock(_LOCK, timeout=_LOCK_SECONDS, blocking=False)
        if not lock.acquire():
            return False
        try:
            return self._publish()
        finally:
            if lock.owned():
                lock.release()

    def _publish(self) -> bool:
        done = {name.decode(): int(at) for name, at in self._redis.hgetall(_DONE).items()}
        with self._house.store.reading() as connection:
            newest = events.newest(connection)
            behind = [tenant for tenant, at in newest.items() if at > done.get(tenant, 0)]
            found = {
                tenant: events.page(connection, tenant, after=done.get(tenant, 0), limit=_BATCH)
                for tenant in behind
            }
        for tenant, rows in found.items():
            self._append(tenant, rows)
        return bool(found)

    def _append(self, tenant: str, rows: list[tuple[int, bytes, str]]) -> None:
        """Events and how far we are in one step, so that a crash neither loses nor doubles."""
        with self._redis.pipeline(transaction=True) as together:
            for _, data, kind in rows:
                entry = {"type": kind, "event": data}
                together.xadd(STREAM.format(tenant=tenant), entry, maxlen=_KEPT, approximate=True)
            together.hset(_DONE, tenant, rows[-1][0])
            together.execute()
