"""How the server does: for probes and for Prometheus."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import redis
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from node_server.errors import Refusal
from node_server.metrics import whole_registry
from node_server.operations.describing import version
from node_server.operations.house import House
from node_server.store import clock, counterfoils, exceptions, jobs, records, subscribers


def alive() -> dict[str, str]:
    """That the process answers."""
    return {"status": "ok", "version": version}


def ready(house: House) -> dict[str, str]:
    """That what it needs answers too."""
    try:
        with house.store.reading() as connection:
            connection.execute(text("select 1"))
        if house.settings.redis_url:
            with redis.Redis.from_url(house.settings.redis_url, socket_timeout=2) as client:
                client.ping()
    except (SQLAlchemyError, redis.RedisError, OSError) as error:
        what = "Redis" if isinstance(error, redis.RedisError) else "the store"
        raise Refusal(
            503, "unavailable", f"{what} does not answer", retriable=True, retry_after=2
        ) from None
    return {"status": "ready"}


def figures(house: House) -> bytes:
    """What the processes counted, and what the store holds now."""
    kept = CollectorRegistry()
    kept.register(_Kept(house))
    return generate_latest(whole_registry()) + generate_latest(kept)


class _Kept:
    """Figures that are read from the store when they are asked for."""

    def __init__(self, house: House) -> None:
        self._house = house

    def collect(self) -> Iterator[GaugeMetricFamily]:
        with self._house.store.reading() as connection:
            counted = records.counts(connection)
            held = exceptions.counts(connection)
            late = exceptions.count_overdue(connection, clock.stamp())
            outcomes = subscribers.outcomes(connection)
            queues = {
                "deliveries": subscribers.backlog(connection),
                "jobs": jobs.backlog(connection),
                "counterfoils": counterfoils.backlog(connection),
            }
            effects = counterfoils.outcomes(connection)
        documents = _gauge("documents", "Documents by kind and state", "kind", "state")
        for kind, state, count in counted:
            documents.add_metric([kind, state], count)
        waiting = _gauge("exceptions", "Open exceptions by control and code", "control", "code")
        for control, code, count in held:
            waiting.add_metric([control, code], count)
        overdue = _gauge("exceptions_overdue", "Open exceptions past their time")
        overdue.add_metric([], late)
        webhooks = _gauge("webhook_deliveries", "Deliveries by state", "state")
        for state, count in outcomes:
            webhooks.add_metric([state], count)
        kept = _gauge("counterfoils", "Counterfoils by connector and state", "connector", "state")
        for connector, state, count in effects:
            kept.add_metric([connector, state], count)
        yield from (documents, waiting, overdue, webhooks, kept, *_queues(queues))


def _queues(queues: dict[str, tuple[int, str | None]]) -> Iterator[GaugeMetricFamily]:
    depth = _gauge("queue_depth", "What waits, by queue", "queue")
    age = _gauge("queue_age_seconds", "How long the oldest has waited, by queue", "queue")
    for name, (count, oldest) in queues.items():
        depth.add_metric([name], count)
        waited = (clock.now() - clock.read(oldest)) / timedelta(seconds=1) if oldest else 0
        age.add_metric([name], max(0.0, waited))
    yield from (depth, age)


def _gauge(name: str, says: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"counterfoil_{name}", says, labels=labels)
