"""How much one key may ask: counted in this process, or in Redis for all of them."""

from __future__ import annotations

from limits import RateLimitItem, parse
from limits.storage import storage_from_string
from limits.strategies import SlidingWindowCounterRateLimiter

from node_server.auth import Principal
from node_server.config import Settings
from node_server.errors import Refusal


class Limiter:
    """Counts the requests of each key over a sliding window."""

    def __init__(self, settings: Settings) -> None:
        self._item: RateLimitItem | None = None
        if settings.rate_limit:
            self._item = parse(settings.rate_limit)
            storage = storage_from_string(settings.redis_url or "memory://")
            self._strategy = SlidingWindowCounterRateLimiter(storage)

    def count(self, who: Principal) -> None:
        """Count one request; a refusal that says when to come back where it is one too many."""
        if self._item is None or self._strategy.hit(self._item, who.tenant, who.id):
            return
        item = self._item
        wait = max(1, item.get_expiry() // max(1, item.amount))
        message = f"more than {item.amount} requests in {item.get_expiry()} seconds"
        raise Refusal(
            429, "rate_limited", message, retriable=True, retry_after=wait,
            hint="wait as long as Retry-After says, or send more in one request",
        )  # fmt: skip
