"""Refusals in the vendor's own shape: its sentence and its code where the manifest says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from node_server.simulators.call import Reply
from node_server.simulators.clock import Clock
from node_server.simulators.described import Spec, Target
from node_server.simulators.places import put

_WAIT = 5


class Refusals:
    """How one system says no."""

    def __init__(self, target: Target, clock: Clock) -> None:
        self._target, self._clock = target, clock

    def refusal(
        self,
        status: int,
        message: str,
        code: str = "",
        *,
        spec: Spec | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """A refusal; an operation's own `error` and `error_code` win over the system's."""
        told = {**self._target.api, **(spec or {})}
        tree: Any = {}
        if path := told.get("error"):
            tree = put(tree, path, message)
        if path := told.get("error_code"):
            tree = put(tree, path, code or _code(status))
        return Reply(status, tree or {"message": message}, dict(headers or {}))

    def signalled(
        self, signal: Spec, message: str, *, wait: int | None = None, as_date: bool = False
    ) -> Reply:
        """An answer that a signal of the manifest matches (too much, or a token gone stale)."""
        path, contains = str(signal.get("path", "")), str(signal.get("contains", ""))
        status = int(signal.get("status", 400))
        text = f"{message} ({contains})" if contains and not path else message
        reply = self.refusal(status, text, contains)
        if path:
            reply.tree = put(reply.tree, path, contains or message)
        header = signal.get("retry_after") or ("Retry-After" if status == 429 else "")
        if "header" in signal:
            reply.headers[signal["header"]] = "1"
        if header and wait is not None:
            reply.headers[header] = self._clock.http_date(wait) if as_date else str(wait)
        return reply

    def too_much(self, wait: int = _WAIT, *, as_date: bool = False) -> Reply:
        """Throttled as the manifest says it; 429 where it says nothing."""
        signals = self._target.api.get("throttled") or [{"status": 429}]
        return self.signalled(signals[0], "Too many requests", wait=wait, as_date=as_date)

    def missing(self, what: str) -> Reply:
        """Nothing there."""
        return self.refusal(404, f"{what} was not found", "not_found")

    def conflict(self, spec: Spec, first_id: str, message: str, code: str = "duplicate") -> Reply:
        """A second one refused, with a pointer to the first where the manifest names a place."""
        told = spec.get("idempotency", {}).get("conflict", {})
        reply = self.refusal(int(told.get("status", 409)), message, code, spec=spec)
        contains = str(told.get("contains", ""))
        if path := told.get("path"):
            reply.tree = put(reply.tree, path, contains or message)
        elif contains and contains not in json.dumps(reply.tree, default=str):
            reply.tree = self.refusal(reply.status, f"{message}: {contains}", code, spec=spec).tree
        if path := told.get("id"):
            reply.tree = put(reply.tree, path, first_id)
        if header := told.get("header"):
            reply.headers[header] = first_id
        return reply


def _code(status: int) -> str:
    return {401: "unauthorized", 403: "forbidden", 404: "not_found"}.get(status, str(status))
