"""The wire: HTTP/1.1 with connections kept open, which can also be cut, reset and kept waiting.

Not a WSGI server: those hold the connection themselves, close it after each answer or buffer what
is to be cut in the middle.
"""

from __future__ import annotations

import os
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeAlias

from node_server.simulators.call import Reply

_LARGEST = 256 * 1024 * 1024


@dataclass(frozen=True)
class Fate:
    """What happens to one answer on the wire, and after how many seconds."""

    name: str = ""
    seconds: float = 0.0


@dataclass(frozen=True)
class Received:
    """A request as it came."""

    method: str
    target: str
    """Path and query, as written."""
    headers: dict[str, str]
    """Names in small letters."""
    body: bytes


Serve: TypeAlias = Callable[[Received], tuple[Reply, Fate]]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: LineServer

    def handle_any(self) -> None:
        """One request and its answer."""
        headers = {name.lower(): value for name, value in self.headers.items()}
        length = headers.get("content-length", "0")
        if "transfer-encoding" in headers or not length.isdigit() or int(length) > _LARGEST:
            self.close_connection = True
            self._write(Reply(411, {"message": "no usable Content-Length; send one"}))
            return
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            self.close_connection = True
            return
        reply, fate = self.server.serve(Received(self.command, self.path, headers, body))
        if fate.seconds:
            self.server.stopping.wait(fate.seconds)
        self._meet(reply, fate.name)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = handle_any

    def _meet(self, reply: Reply, fate: str) -> None:
        if not fate:
            self._write(reply)
            return
        self.close_connection = True
        if fate == "cut":
            whole = self._bytes(reply)
            self.wfile.write(whole[: -(len(reply.body) // 2 + 1)])
        _end(self.connection, by_reset=fate.startswith("reset"))

    def _write(self, reply: Reply) -> None:
        self.wfile.write(self._bytes(reply))

    def _bytes(self, reply: Reply) -> bytes:
        body = reply.body
        usual = "text/plain; charset=utf-8" if reply.text else Reply.JSON
        headers = {"Content-Type": usual, "Content-Length": str(len(body)), **reply.headers}
        if self.close_connection:
            headers["Connection"] = "close"
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        status = f"HTTP/1.1 {reply.status} {_phrase(reply.status)}\r\n"
        head = f"{status}Date: {self.date_time_string()}\r\n{lines}\r\n".encode(
            "latin-1", "replace"
        )
        return head if self.command == "HEAD" else head + body

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


class LineServer(ThreadingHTTPServer):
    """A thread for each connection. `stopping` ends what waits."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, host: str, port: int, serve: Serve) -> None:
        super().__init__((host, port), _Handler)
        self.serve = serve
        self.stopping = threading.Event()
        self._open: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A line that broke is what is meant to happen here."""

    def stop(self) -> None:
        """Take no more, and close what is open."""
        self.stopping.set()
        self.shutdown()
        self.server_close()
        for line in list(self._open):
            _end(line, by_reset=False)


def _end(line: socket.socket, *, by_reset: bool) -> None:
    """A closed line, or one that is reset: with nothing to linger the system sends RST."""
    try:
        if by_reset:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            os.close(line.detach())
        else:
            line.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # the other side was quicker


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unnamed"
