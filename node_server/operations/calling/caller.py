"""The one way to another system: let in, within its limits, on record."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from connectors import Connector
from connectors._transport import Answer, Bookmark, Page, Request, matches, pages, throttled
from node_server.operations.calling.admission import Admission, Opened
from node_server.operations.calling.answers import Answered
from node_server.operations.calling.composing import Composer
from node_server.operations.calling.errors import NotReady
from node_server.operations.calling.sending import Road, Wish
from node_server.operations.calling.shared import one_of, shared
from node_server.operations.calling.standing import Standing
from node_server.operations.calling.target import Target
from node_server.operations.house import House
from node_server.store import clock
from node_server.store.connections import Connection

PATIENCE = 10.0
"""Seconds that a call waits for room before it says `Throttled`."""

_SLACK = 30.0
_NO_VALUES: Mapping[str, Any] = {}


class Caller:
    """One connection of a tenant in this process. Threads share it."""

    target_class: type[Target] = Target

    def __init__(self, house: House, connection: Connection, connector: Connector) -> None:
        self.connection = connection
        self.connector = connector
        self._house = house
        self._target = self.target_class(connection, connector, house.settings)
        self._standing = Standing(house, connection)
        self._admission = Admission(house, self._target, self._standing)
        self._composer = Composer(self._target, self._public)
        self._road = Road(house, self._target, self._admission, house.kept(shared))
        self._key = f"call:{connection.tenant}:{connection.id}"

    @property
    def base_url(self) -> str:
        """The address that paths are below."""
        return self._target.base_url

    def request(
        self,
        spec: Mapping[str, Any],
        values: Mapping[str, Any] = _NO_VALUES,
        *,
        body: bytes = b"",
        payload: Any = None,
    ) -> Request:
        """A call of the manifest, its places filled in, without what lets it in.

        Places are `values`, `{field:path}` of the payload, `{credential.part}` for public parts,
        and else variables of the connection. A `body` goes before the one that the manifest states.
        """
        return self._composer.request(spec, values, body=body, payload=payload)

    def send(
        self,
        request: Request,
        *,
        purpose: str,
        counterfoil: str | None = None,
        priority: int = 0,
        patience: float = PATIENCE,
        timeout: float | None = None,
        before: Callable[[], None] | None = None,
        keep: Callable[[dict[str, Any]], None] | None = None,
    ) -> Answer:
        """Send it; again only where the target refused it unread for want of a good token.

        Any status is an answer. What raises `CallRefused` or `TransportRefused` was not sent; a
        `TransportFailed` says so by its outcome. `before` is called when all is ready, right
        before the first byte leaves. A priority above 0 leaves room for what is more urgent.
        What was said is stored at once, unless `keep` takes it to be stored with what comes of it.
        """
        wish = Wish(purpose, counterfoil, priority, patience, timeout, before, keep)
        seconds = self._admission.session.policy.total_timeout + _SLACK
        places = self._target.concurrency
        with one_of(self._house, self._key, most=places, seconds=seconds, patience=patience):
            answer = self._let_in(request, wish)
        if answer.status not in (401, 403) and answer.status < 500:
            self._standing.works()
        return answer

    def _let_in(self, request: Request, wish: Wish) -> Answer:
        used, answer = self._road.once(request, wish)
        if self._wants_csrf(answer):
            self._road.forget_csrf()
            used, answer = self._road.once(request, wish)
        if self._is_denied(used, answer) and self._admission.renew(used):
            self._road.forget_csrf()
            used, answer = self._road.once(request, wish)
        return answer

    def pages(
        self,
        spec: Mapping[str, Any],
        values: Mapping[str, Any] = _NO_VALUES,
        *,
        purpose: str = "pull",
        priority: int = 1,
        start: Bookmark | None = None,
    ) -> Iterator[Page]:
        """The pages of a list; `Answered` is raised for what is no success. `start` goes on there.

        A page that was throttled is asked for once more when its turn comes.
        """
        first = start.request if start else self.request({"method": "GET", **spec}, values)
        usual: Mapping[str, Any] = self._target.api.get("paging", {"style": "none"})

        def fetch(request: Request) -> Answer:
            answer = self.send(request, purpose=purpose, priority=priority)
            if self.throttled(answer) is not None:
                answer = self.send(request, purpose=purpose, priority=priority)
            if not answer.ok:
                raise Answered(answer, self._target.api, spec, self.throttled(answer))
            return answer

        paging, items = spec.get("paging", usual), spec.get("items", "")
        return pages(fetch, first, paging, items=items, start=start)

    def rows(
        self, spec: Mapping[str, Any], values: Mapping[str, Any] = _NO_VALUES, **more: Any
    ) -> Iterator[Any]:
        """The rows of a list, each once."""
        for page in self.pages(spec, values, **more):
            yield from page.rows

    def throttled(self, answer: Answer) -> int | None:
        """Seconds to wait, where an answer says that it was too much."""
        return throttled(answer, self._target.api.get("throttled", ()), now=int(time.time()))

    def admit(self) -> str:
        """Get what lets us in, new if need be; in words, without sending anything else."""
        opened, _ = self._admission.ready()
        expires = opened.parts.get("expires_at")
        until = (
            f" until {clock.stamp(datetime.fromtimestamp(int(expires), UTC))}" if expires else ""
        )
        return f"let in by {opened.entry['kind']}{until}"

    def close(self) -> None:
        """Close what is open."""
        self._admission.close()

    def _public(self, part: str) -> str:
        credential = self._admission.opened().credential
        value = credential.public.get(part) if credential else None
        if value is None:
            raise NotReady(f"the credential has no public part {part[:40]!r}")
        return value

    def _is_denied(self, used: Opened, answer: Answer) -> bool:
        signals = used.entry.get("refresh_on", ())
        return answer.status == 401 or any(matches(each, answer) for each in signals)

    def _wants_csrf(self, answer: Answer) -> bool:
        stated = self._target.api.get("csrf")
        if stated is None or answer.status != 403:
            return False
        said = answer.headers.get(stated.get("header", "x-csrf-token"), "")
        return str(said).lower() == "required"
