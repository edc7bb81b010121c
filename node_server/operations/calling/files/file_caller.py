"""The way to a place of files: let in by the vault, one thing at a time, on record."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, unquote

from connectors import Connector
from connectors._transport import (
    Answer,
    Exchange,
    Page,
    Request,
    Sender,
    TransportFailed,
    recorded,
)
from connectors._transport.places import Place, answer_of
from node_server.operations.calling.caller import Caller
from node_server.operations.calling.errors import NotReady
from node_server.operations.calling.files.described import FileTarget, described
from node_server.operations.calling.files.dropping import Wanted, drop, look
from node_server.operations.calling.files.exchange import FILES
from node_server.operations.calling.files.exchange import Exchange as FileExchange
from node_server.operations.calling.files.opening import open_place
from node_server.operations.calling.recording import record, row_of
from node_server.operations.calling.sending import Wish
from node_server.operations.house import House
from node_server.store.connections import Connection

_IDLE = 20.0
_STATUS = {"denied": 403, "gone": 404, "too_large": 413}
"""Faults that are answers: the other side was asked, and said no."""


class FileCaller(Caller):
    """One connection whose calls are files."""

    target_class = FileTarget
    _target: FileTarget

    def __init__(self, house: House, connection: Connection, connector: Connector) -> None:
        super().__init__(house, connection, described(connector, connection.settings[FILES]))
        self._lock = threading.Lock()
        self._place: Place | None = None
        self._used = 0.0

    @property
    def exchange(self) -> FileExchange:
        """Where files are exchanged, and how."""
        return self._target.exchange

    @contextmanager
    def place(self) -> Iterator[Place]:
        """The place of its own for longer work; closed after it."""
        opened = open_place(self._house, self._target, self._admission.opened())
        try:
            self._standing.works()
            yield opened
        finally:
            opened.close()

    def admit(self) -> str:
        """What lets us in, tried."""
        with self.place() as place:
            host_key = getattr(place, "host_key", "")
        kind = self._admission.opened().entry["kind"]
        return f"let in by {kind} at {host_key}" if host_key else "the folder is there"

    def try_out(self) -> str:
        """Look into the folders of the exchange; nothing is changed there."""
        with self.place() as place:
            found = place.entries(self.exchange.inbox)
            wanted = sum(self.exchange.wants(each.name) for each in found)
            if self.exchange.outbox:
                place.entries(self.exchange.outbox)
        return f"{wanted} files to be pulled in {self.exchange.inbox or 'the folder'}"

    def pages(
        self, spec: Mapping[str, Any], values: Mapping[str, Any] | None = None, **more: Any
    ) -> Iterator[Page]:
        """A place of files has no lists."""
        raise NotReady(f"{self.connection.id} exchanges files; it has no lists to ask for")

    def close(self) -> None:
        """Close what is open."""
        with self._lock:
            self._drop_place()
        super().close()

    def _let_in(self, request: Request, wish: Wish) -> Answer:
        with self._lock:
            place = self._ready()
            if wish.before is not None:
                wish.before()
            return self._recorded(place, wish)(request)

    def _recorded(self, place: Place, wish: Wish) -> Sender:
        def keep(seen: Exchange) -> None:
            row = row_of(self.connection, seen, wish.purpose, wish.counterfoil)
            if wish.keep is not None:
                wish.keep(row)
            else:
                record(self._house, [row])

        redactor = self._admission.opened().redactor
        return recorded(lambda request: self._answered(place, request), keep, redactor)

    def _answered(self, place: Place, request: Request) -> Answer:
        began = time.monotonic()
        try:
            status, said = self._done(place, request)
        except TransportFailed as error:
            if error.code not in _STATUS:
                self._drop_place()
                raise
            status, said = _STATUS[error.code], {"message": error.message}
        return answer_of(status, said, request.url, time.monotonic() - began)

    def _done(self, place: Place, request: Request) -> tuple[int, dict[str, Any]]:
        address, _, query = request.url.partition("?")
        path = unquote(address.removeprefix(self._target.base_url)).strip("/")
        if request.method == "PUT":
            return drop(place, self.exchange, path, request.body)
        asked = {name: values[0] for name, values in parse_qs(query).items()}
        return look(place, self.exchange, Wanted(path, int(asked["size"]), asked["sha256"]))

    def _ready(self) -> Place:
        """The open place, if it can be used still; else a new one."""
        stale = time.monotonic() > self._used + _IDLE
        if self._place is None or stale or not self._place.alive:
            self._drop_place()
            self._place = open_place(self._house, self._target, self._admission.opened())
        self._used = time.monotonic()
        return self._place

    def _drop_place(self) -> None:
        if self._place is not None:
            self._place.close()
            self._place = None
