"""Sending once: room within the limits, a closed breaker, what lets us in, and the record of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from connectors._transport import (
    Answer,
    Exchange,
    Request,
    TransportFailed,
    fetch_csrf,
    is_failure,
    recorded,
    send,
    throttled,
)
from node_server.operations.calling.admission import Admission, Opened
from node_server.operations.calling.errors import Open, Throttled, Unavailable
from node_server.operations.calling.recording import keep, row_of
from node_server.operations.calling.shared import Shared
from node_server.operations.calling.target import Target
from node_server.operations.house import House

_MICRO = 1_000_000
_SAFE = frozenset(("GET", "HEAD", "OPTIONS"))


@dataclass(frozen=True, slots=True)
class Wish:
    """What a call is for, and how long it may wait and take."""

    purpose: str
    counterfoil: str | None
    priority: int
    patience: float
    timeout: float | None
    before: Callable[[], None] | None
    keep: Callable[[dict[str, Any]], None] | None


class Road:
    """The way from here to one target."""

    def __init__(self, house: House, target: Target, admission: Admission, common: Shared) -> None:
        self._house = house
        self._target = target
        self._admission = admission
        self._shared = common
        self._key = f"{target.connection.tenant}:{target.connection.id}"
        self._csrf: dict[str, str] = {}

    def once(self, request: Request, wish: Wish) -> tuple[Opened, Answer]:
        """Send it once; with what it was let in, and what came of it."""
        used, let_in = self._admission.ready()
        self._take_room(wish)
        if request.method not in _SAFE and "csrf" in self._target.api:
            request = request.with_headers(self._csrf_headers())
        self._enter()
        if wish.before is not None:
            wish.before()
        session = self._admission.session
        sender = recorded(
            lambda wanted: send(session, let_in(wanted), timeout=wish.timeout),
            lambda seen: self._keep(seen, wish),
            used.redactor,
        )
        try:
            answer = sender(request)
        except TransportFailed as error:
            self._shared.breaker.report(self._key, good=not is_failure(error))
            raise
        self._heard(answer)
        return used, answer

    def _keep(self, seen: Exchange, wish: Wish) -> None:
        said = self._target.connection, seen, wish.purpose, wish.counterfoil
        if wish.keep is None:
            keep(self._house, *said)
        else:
            wish.keep(row_of(*said))

    def forget_csrf(self) -> None:
        """Fetch it again before the next write."""
        self._csrf = {}

    def _take_room(self, wish: Wish) -> None:
        limits = self._target.limits(spare=wish.priority > 0)
        end = time.monotonic() + wish.patience
        while wait := self._shared.limiter.take(self._key, limits):
            seconds = wait / _MICRO
            if time.monotonic() + seconds > end:
                raise Throttled(seconds)
            time.sleep(seconds)

    def _enter(self) -> None:
        if wait := self._shared.breaker.enter(self._key):
            raise Open(wait / _MICRO)

    def _heard(self, answer: Answer) -> None:
        self._shared.breaker.report(self._key, good=not is_failure(answer))
        wait = throttled(answer, self._target.api.get("throttled", ()), now=int(time.time()))
        if wait is not None:
            self._shared.limiter.hold(self._key, wait)

    def _csrf_headers(self) -> dict[str, str]:
        """Fetched once for a session; what is refused for want of it was not carried out."""
        if not self._csrf:
            stated = self._target.api["csrf"]
            _, let_in = self._admission.ready()
            request = let_in(Request("GET", self._target.base_url + stated.get("path", "/")))
            try:
                self._csrf = fetch_csrf(self._admission.session, request, stated)
            except TransportFailed as error:
                raise Unavailable(f"no {stated.get('header', 'token')}: {error.message}") from error
        return self._csrf
