"""Delivering events: signed, at least once, in order for each document, for days if need be."""

from __future__ import annotations

import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final

from connectors._transport import Request, Session, TransportError, open_session, send
from connectors._transport.signing import sign
from node_server.logs import log
from node_server.metrics import delivered
from node_server.operations.house import House
from node_server.operations.subscribing import policy_of, secret_of
from node_server.store import clock, subscribers

# Waits between attempts, as Standard Webhooks proposes: over about three days in all.
WAITS: Final = (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
_LEASE_SECONDS = 60
_BATCH = 32
_LONGEST_WAIT = 86_400
_GONE = 410


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of one attempt."""

    status: int = 0
    error: str | None = None
    retry_after: int | None = None

    @property
    def done(self) -> bool:
        """Whether the target took it."""
        return 200 <= self.status < 300


class Deliverer:
    """Takes what is due and brings it to its target."""

    def __init__(self, house: House, parallel: int = 8) -> None:
        self._house = house
        self._session: Session = open_session(policy_of(house.settings))
        self._pool = ThreadPoolExecutor(parallel, thread_name_prefix="deliver")

    def round(self) -> int:
        """Deliver what is due now; how many were tried."""
        with self._house.store.writing() as connection:
            due = subscribers.lease_due(
                connection,
                now=clock.stamp(),
                until=clock.stamp(after=_LEASE_SECONDS),
                limit=_BATCH,
            )
        list(self._pool.map(self._deliver, due))
        return len(due)

    def close(self) -> None:
        """Finish what is under way."""
        self._pool.shutdown(wait=True)
        self._session.close()

    def _deliver(self, row: dict[str, Any]) -> None:
        tried = self._try(row)
        delivered.labels("delivered" if tried.done else "failed").inc()
        with self._house.store.writing() as connection:
            if tried.status == _GONE:
                why = "the target answered 410 Gone"
                subscribers.change(
                    connection, row["tenant"], row["subscription_id"], state="disabled", why=why
                )
            subscribers.finish(connection, row["position"], **_after(row, tried))
        if not tried.done:
            log().warning(
                "delivery_failed",
                tenant=row["tenant"],
                subscription=row["subscription_id"],
                event_id=row["event_id"],
                status=tried.status,
                attempts=row["attempts"],
                why=tried.error,
            )

    def _try(self, row: dict[str, Any]) -> Tried:
        try:
            secrets = [secret_of(self._house, row)]
            headers = sign(secrets, row["event_id"], int(time.time()), row["event"])
            request = Request(
                "POST",
                row["url"],
                {"Content-Type": "application/cloudevents+json", **headers},
                row["event"],
            )
            answer = send(self._session, request)
        except TransportError as error:
            return Tried(error=str(error)[:300])
        if 200 <= answer.status < 300:
            return Tried(answer.status)
        wait = _seconds(answer.headers.get("Retry-After", ""))
        return Tried(answer.status, f"the target answered {answer.status}", wait)


def _after(row: dict[str, Any], tried: Tried) -> dict[str, Any]:
    """What the delivery becomes after this attempt."""
    if tried.done:
        return {
            "state": "delivered", "status": tried.status, "error": None,
            "delivered_at": clock.stamp(),
        }  # fmt: skip
    attempts = row["attempts"]
    if attempts > len(WAITS) or tried.status == _GONE:
        return {"state": "dead", "status": tried.status, "error": tried.error}
    usual = WAITS[attempts - 1] * random.uniform(0.8, 1.2)  # noqa: S311  (jitter, not a secret)
    wait = max(usual, min(tried.retry_after or 0, _LONGEST_WAIT))
    return {"status": tried.status, "error": tried.error, "due_at": clock.stamp(after=wait)}


def _seconds(header: str) -> int | None:
    """Retry-After in seconds or as a date."""
    if header.strip().isdecimal():
        return int(header)
    try:
        return max(0, round((parsedate_to_datetime(header) - clock.now()) / timedelta(seconds=1)))
    except (ValueError, TypeError):
        return None
