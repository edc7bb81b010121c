"""Tokens, codes and sessions that were given out, and until when they are good."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Mapping
from typing import Any

from node_server.simulators.clock import Clock
from node_server.simulators.journal import Journal


class Tokens:
    """All of one system. A token is good until it runs out, is used up, or is taken back."""

    def __init__(self, name: str, clock: Clock, journal: Journal) -> None:
        self._name, self._clock, self._journal = name, clock, journal
        self._lock = threading.Lock()
        self._known: dict[str, dict[str, Any]] = {}

    def load(self, token: str, value: dict[str, Any]) -> None:
        """A token as the journal kept it."""
        self._known[token] = value

    def clear(self) -> None:
        """Forget all."""
        self._known = {}

    def give(
        self, kind: str, life: float, facts: Mapping[str, Any] | None = None, *, token: str = ""
    ) -> str:
        """A new token of a kind."""
        made = token or f"{kind[:2]}_{secrets.token_urlsafe(24)}"
        self._write(made, {"kind": kind, "until": self._until(life), **(facts or {})})
        return made

    def good(self, kind: str, token: str) -> dict[str, Any] | None:
        """What is known of a token, where it is good."""
        with self._lock:
            found = self._known.get(token)
        right = found is not None and found["kind"] == kind
        return found if right and found and found["until"] > self._clock.kept() else None

    def known(self, kind: str, token: str) -> bool:
        """Whether such a token was given out at any time."""
        return self._known.get(token, {}).get("kind") == kind

    def use_up(self, kind: str, token: str) -> dict[str, Any] | None:
        """The same as `good`, for the last time: of several who come at once, one gets it."""
        with self._lock:
            found = self._known.get(token)
            if not found or found["kind"] != kind or found["until"] <= self._clock.kept():
                return None
            self._known[token] = {**found, "until": 0}
        self._journal.put(self._name, [("token", token, {**found, "until": 0})])
        return found

    def end(self, *kinds: str) -> None:
        """All tokens of these kinds are over."""
        for token, value in list(self._known.items()):
            if value["kind"] in kinds:
                self._write(token, {**value, "until": 0})

    def renew(self, token: str, life: float) -> None:
        """A session that was used lives on."""
        with self._lock:
            if token in self._known:
                self._known[token] = {**self._known[token], "until": self._until(life)}

    def _until(self, life: float) -> int:
        return self._clock.kept() + int(life * 1000)

    def _write(self, token: str, value: dict[str, Any]) -> None:
        with self._lock:
            self._known[token] = value
        self._journal.put(self._name, [("token", token, value)])
