"""Figures for Prometheus: what this process has done."""

from __future__ import annotations

import os

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.multiprocess import MultiProcessCollector

_LATENCIES = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

registry = CollectorRegistry()

requests = Counter(
    "counterfoil_requests",
    "Requests by method, route and status",
    ("method", "route", "status"),
    registry=registry,
)
latency = Histogram(
    "counterfoil_request_seconds",
    "Time that requests took",
    ("method", "route"),
    buckets=_LATENCIES,
    registry=registry,
)
ingested = Counter(
    "counterfoil_documents_taken_in",
    "Documents taken in, by kind and what was done with them",
    ("kind", "action"),
    registry=registry,
)
delivered = Counter(
    "counterfoil_webhook_attempts",
    "Attempts to deliver an event, by outcome",
    ("outcome",),
    registry=registry,
)
posted = Counter(
    "counterfoil_postings",
    "Steps of counterfoils, by connector and what they became",
    ("connector", "state"),
    registry=registry,
)
called = Counter(
    "counterfoil_calls",
    "Calls of other systems, by connector, purpose and status (0: no answer)",
    ("connector", "purpose", "status"),
    registry=registry,
)
sync_latency = Histogram(
    "counterfoil_sync_seconds",
    "From the change at the source to its arrival here",
    buckets=(1, 5, 15, 60, 300, 900, 3600, 14_400, 86_400),
    registry=registry,
)


def whole_registry() -> CollectorRegistry:
    """The figures of this process, or of all of them where they share a folder."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return registry
    together = CollectorRegistry()
    MultiProcessCollector(together)  # type: ignore[no-untyped-call]
    return together
