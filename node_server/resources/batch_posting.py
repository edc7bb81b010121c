"""Many postings waited for together: the workers do them side by side."""

from __future__ import annotations

import time
from typing import Any

import msgspec

from node_server.errors import refusal_of
from node_server.n8n.items import done, failed
from node_server.operations.posting import waiting
from node_server.operations.posting.planning import Planned
from node_server.resources import problems
from node_server.resources.call import Call


def settled(call: Call, results: list[dict[str, Any]], end: float) -> list[dict[str, Any]]:
    """The results as they are when nothing more is under way, or when the time is up."""
    return [_settled(call, each, end) if each["ok"] else each for each in results]


def _settled(call: Call, result: dict[str, Any], end: float) -> dict[str, Any]:
    said = msgspec.json.decode(result["outputs"][0]["json"])
    if said.get("dry_run") or said["state"] not in ("pending", "sent"):
        return result
    left = max(0.0, end - time.monotonic())
    row = waiting.awaited(call.house, call.tenant, said["key"], left)
    try:
        planned = Planned(row, replayed=said.get("replayed", False))
        return done(result["item"], [{"json": waiting.answer_of(planned)[0]}])
    except Exception as error:
        refusal = refusal_of(error)
        if refusal is None:
            raise
        problem = problems.problem(refusal, call.trace.trace_id)
        assert isinstance(problem.body, bytes)  # noqa: S101  (a problem is never streamed)
        return failed(result["item"], msgspec.json.decode(problem.body))
