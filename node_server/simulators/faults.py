"""What goes wrong, by rate with a seed or once on demand.

lost=0.1,reset=0.05,429=0.1@create        a rate each; behind @ the calls that it is meant for
"""

from __future__ import annotations

import random
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeAlias

BEFORE = {
    "reset": "The connection is reset and nothing was done.",
    "timeout": "No answer comes, and nothing was done.",
    "429": "Too many requests, with the seconds to wait.",
    "429_date": "Too many requests, with the time until which to wait.",
    "500": "An error of the server, and nothing was done.",
    "502": "A gateway's error, and nothing was done.",
    "503": "Unavailable, and nothing was done.",
    "504": "A gateway that did not wait, and nothing was done.",
    "refuse": "The payload is refused, as if a rule of the target forbade it.",
    "expire": "All access tokens and sessions are over from now on.",
    "slow": "The answer takes its time, and is right.",
    "stuck": "A page that was given is given again, or its cursor.",
}
AFTER = {
    "lost": "It was done; the connection is closed without an answer.",
    "cut": "It was done; the connection is closed in the middle of the answer.",
    "reset_after": "It was done; the connection is reset without an answer.",
    "timeout_after": "It was done; no answer comes.",
    "500_after": "It was done; the answer is an error of the server.",
    "502_after": "It was done; the answer is a gateway's error.",
    "503_after": "It was done; the answer says unavailable.",
    "504_after": "It was done; the answer is of a gateway that did not wait.",
    "duplicate_webhook": "The webhook of this change is sent twice.",
    "late_webhook": "The webhook of this change comes after that of the next one.",
}
NAMES = {**BEFORE, **AFTER}

WRITES = ("create", "update", "void", "action", "attach")
READS = ("list", "lookup", "get", "test")

_ONLY = {"stuck": ("list", "lookup"), "refuse": ("create",)}

Wish: TypeAlias = "str | Mapping[str, Any] | Fault"


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong."""

    name: str
    on: str = ""
    """Calls it is meant for: a purpose, `write`, `read`, `token` or nothing for any but tokens."""
    resource: str = ""
    seconds: float = 0.0
    """How long a slow answer or a time-out takes, or how long to wait after a 429."""
    message: str = ""
    code: str = ""

    def __post_init__(self) -> None:
        if self.name not in NAMES:
            raise ValueError(f"fault {self.name!r}; there are {', '.join(NAMES)}")

    def suits(self, purpose: str, resource: str) -> bool:
        """Whether it is meant for such a call."""
        if self.resource and self.resource != resource:
            return False
        if self.name in _ONLY and purpose not in _ONLY[self.name]:
            return False
        if self.on in ("write", "read"):
            return purpose in (WRITES if self.on == "write" else READS)
        return purpose == self.on if self.on else purpose != "token"


def fault_of(wish: Wish) -> Fault:
    """A fault from its name, `name@calls`, or an object with its fields."""
    if isinstance(wish, Fault):
        return wish
    if isinstance(wish, str):
        name, _, on = wish.partition("@")
        return Fault(name, on)
    known = {each.name for each in fields(Fault)}
    if odd := wish.keys() - known:
        raise ValueError(f"{sorted(odd)[0]!r} is nothing of a fault; it has {sorted(known)}")
    return Fault(**{str(name): value for name, value in wish.items()})


def rates_of(text: str) -> dict[str, float]:
    """The rates of a command line."""
    pairs = [pair.partition("=") for pair in text.replace(" ", "").split(",") if pair]
    try:
        rates = {name: float(rate) for name, _, rate in pairs}
    except ValueError as error:
        raise ValueError(f"{text[:40]!r}; write name=rate, as in lost=0.1,429=0.05") from error
    return rates


class Faults:
    """Decides for each call. Those on demand come first; rates are drawn with the seed."""

    def __init__(self, seed: int, rates: Mapping[str, float] | None = None) -> None:
        self._lock = threading.Lock()
        self._next: list[Fault] = []
        self.set_rates(rates or {}, seed)

    def set_rates(self, rates: Mapping[str, float], seed: int | None = None) -> None:
        """Other rates from now on; a seed begins the row of chances anew."""
        drawn = [(fault_of(name), rate) for name, rate in rates.items()]
        if any(not 0 <= rate <= 1 for _, rate in drawn) or sum(rates.values()) > 1:
            raise ValueError("rates are between 0 and 1, and so is their sum")
        with self._lock:
            self.rates = dict(rates)
            self._drawn = drawn
            if seed is not None:
                self._chance = random.Random(seed)  # noqa: S311 - repeatable on purpose

    def fail(self, wishes: Iterable[Wish]) -> None:
        """Let each of these happen once, in this order."""
        faults = [fault_of(wish) for wish in wishes]
        with self._lock:
            self._next += faults

    def clear(self) -> None:
        """Nothing more goes wrong."""
        self.set_rates({})
        with self._lock:
            self._next = []

    @property
    def waiting(self) -> list[str]:
        """Those on demand that have not happened yet."""
        return [fault.name for fault in self._next]

    def draw(self, purpose: str, resource: str) -> Fault | None:
        """What happens to this call."""
        with self._lock:
            for place, fault in enumerate(self._next):
                if fault.suits(purpose, resource):
                    return self._next.pop(place)
            if not self._drawn:
                return None
            chance = self._chance.random()
        return self._by_rate(chance, purpose, resource)

    def _by_rate(self, chance: float, purpose: str, resource: str) -> Fault | None:
        for fault, rate in self._drawn:
            if chance < rate:
                return fault if fault.suits(purpose, resource) else None
            chance -= rate
        return None
