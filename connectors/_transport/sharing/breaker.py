"""A circuit breaker: leave a target alone that does not answer, and try it with one request.

closed --failures in a row--> open --cooldown--> half-open: one probe --success--> closed
                               ^-------------------- failure, twice the cooldown ---/
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from connectors._transport.errors import TransportFailed
from connectors._transport.message import Answer

State: TypeAlias = Literal["closed", "open", "half_open"]

_SECOND = 1_000_000
_NO_OUTAGE = frozenset(("answer_too_large", "not_json", "shared_state"))


@dataclass(frozen=True, slots=True)
class BreakerRule:
    """When a breaker opens, and for how long."""

    failures: int = 5
    """Failures in a row after which it opens."""
    cooldown: float = 30
    """Seconds for which it stays open; each failed probe doubles them."""
    longest: float = 600
    """Most seconds of a cooldown."""
    probe: float = 150
    """Seconds after which a probe whose outcome nobody reported is given up."""


class Breaker(Protocol):
    """The state of targets, shared by all who use the same keys."""

    def enter(self, key: str) -> int:
        """0 when a request may go, else microseconds to wait. Report the outcome afterwards."""

    def report(self, key: str, *, good: bool) -> None:
        """The outcome of a request that was let through."""

    def state(self, key: str) -> State:
        """For people and for metrics."""


def is_failure(outcome: Answer | Exception) -> bool:
    """Whether an outcome says that the target is in trouble; a refusal of a request does not."""
    if isinstance(outcome, Answer):
        return outcome.status >= 500
    return isinstance(outcome, TransportFailed) and outcome.code not in _NO_OUTAGE


@dataclass(slots=True)
class _Circuit:
    failures: int = 0
    opened: int = 0
    """Times it has opened without closing again."""
    until: int = 0
    """Until when nobody is let through: the cooldown's end, or that of the probe under way."""
    probing: bool = False


class MemoryBreaker:
    """For one process."""

    def __init__(
        self, rule: BreakerRule | None = None, clock: Callable[[], int] | None = None
    ) -> None:
        self._rule = rule or BreakerRule()
        self._clock = clock or _microseconds
        self._circuits: dict[str, _Circuit] = {}
        self._lock = threading.Lock()

    def enter(self, key: str) -> int:
        """0 when a request may go."""
        with self._lock:
            circuit, now = self._circuits.get(key), self._clock()
            if circuit is None or not circuit.opened:
                return 0
            if now < circuit.until:
                return circuit.until - now
            circuit.until, circuit.probing = now + int(self._rule.probe * _SECOND), True
            return 0

    def report(self, key: str, *, good: bool) -> None:
        """The outcome of a request that was let through."""
        with self._lock:
            if good:
                self._circuits.pop(key, None)
                return
            circuit = self._circuits.setdefault(key, _Circuit())
            circuit.failures += 1
            # what was under way when it opened fails late, and says nothing new
            if circuit.probing if circuit.opened else circuit.failures >= self._rule.failures:
                self._open(circuit)

    def state(self, key: str) -> State:
        """For people and for metrics."""
        circuit = self._circuits.get(key)
        if circuit is None or not circuit.opened:
            return "closed"
        waiting = self._clock() < circuit.until and not circuit.probing
        return "open" if waiting else "half_open"

    def _open(self, circuit: _Circuit) -> None:
        seconds = min(self._rule.cooldown * 2**circuit.opened, self._rule.longest)
        circuit.opened, circuit.probing = circuit.opened + 1, False
        circuit.until = self._clock() + int(seconds * _SECOND)


def _microseconds() -> int:
    return time.monotonic_ns() // 1000
