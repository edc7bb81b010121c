"""`/healthz`, `/readyz`, `/metrics`: for those who run it."""

from __future__ import annotations

from node_server.operations import probing
from node_server.resources.call import Call, Reply, reply
from node_server.resources.endpoint import Answer, endpoint
from node_server.resources.shapes import shape, text


@endpoint(
    "GET",
    "/healthz",
    summary="Alive?",
    tag="Operation",
    permission=None,
    answers={200: Answer("It answers", shape(("status",), status=text(), version=text()))},
)
def health(_call: Call) -> Reply:
    """Whether the process answers at all."""
    return reply(probing.alive())


@endpoint(
    "GET",
    "/readyz",
    summary="Ready?",
    tag="Operation",
    permission=None,
    answers={200: Answer("It can work", shape(("status",), status=text()))},
    refusals=(503,),
)
def ready(call: Call) -> Reply:
    """Whether the store, and Redis where it is configured, can be reached."""
    return reply(probing.ready(call.house))


@endpoint(
    "GET",
    "/metrics",
    summary="Figures for Prometheus",
    tag="Operation",
    permission=None,
    answers={200: Answer("Figures", types=("text/plain",))},
)
def figures(call: Call) -> Reply:
    """Requests, latencies, documents by kind and state, queues with their age, deliveries. Counts
    only: no name, number or amount of anybody."""
    return Reply(probing.figures(call.house), 200, "text/plain; version=0.0.4; charset=utf-8")
