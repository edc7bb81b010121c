"""One try of one request: its deadline, and whether any byte of it has left.

The sockets read it from a context variable, because the layers between a session and its sockets
hand no such thing through.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class Attempt:
    """What is known of a request under way."""

    deadline: float
    """When all must be over, on the monotonic clock."""
    connected_by: float
    """When the connection must stand, on the same clock."""
    read_timeout: float
    """Seconds of silence allowed."""
    sent: bool = False
    """Whether a byte of the request may have left: from then on a failure is uncertain."""
    peer: str = ""
    """Address and port connected to."""

    def to_exchange(self) -> float:
        """Seconds that the next sending or receiving may take."""
        return min(self.read_timeout, _left_until(self.deadline))

    def to_connect(self) -> float:
        """Seconds left for name, connection and TLS."""
        return _left_until(min(self.deadline, self.connected_by))


def _left_until(moment: float) -> float:
    left = moment - time.monotonic()
    if left <= 0:
        raise TimeoutError("the time is used up")
    return left


_CURRENT: ContextVar[Attempt | None] = ContextVar("attempt", default=None)


@contextmanager
def under_way(attempt: Attempt) -> Iterator[Attempt]:
    """The attempt that this thread's sockets belong to."""
    token = _CURRENT.set(attempt)
    try:
        yield attempt
    finally:
        _CURRENT.reset(token)


def current() -> Attempt | None:
    """The attempt under way; none while idle connections are closed."""
    return _CURRENT.get()


def _before_send(line: socket.socket) -> None:
    attempt = current()
    if attempt is not None:
        line.settimeout(attempt.to_exchange())
        attempt.sent = True
        attempt.peer = attempt.peer or peer_of(line)


def _before_receive(line: socket.socket) -> None:
    attempt = current()
    if attempt is not None:
        line.settimeout(attempt.to_exchange())


def peer_of(line: socket.socket) -> str:
    """`address:port` at the other end; nothing where it has gone."""
    try:
        host, port = line.getpeername()[:2]
    except OSError:
        return ""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


class TimedSocket(socket.socket):
    """A socket whose every step ends before its attempt's deadline."""

    def sendall(self, *arguments: Any) -> None:
        """Marks the attempt as sent, then sends."""
        _before_send(self)
        super().sendall(*arguments)

    def recv_into(self, *arguments: Any, **options: Any) -> int:
        """Waits no longer than the attempt may last."""
        _before_receive(self)
        return super().recv_into(*arguments, **options)


class TimedTlsSocket(ssl.SSLSocket):
    """The same, under TLS; the handshake is no part of the request."""

    def send(self, *arguments: Any) -> int:
        """Marks the attempt as sent, then sends a piece; `sendall` comes through here."""
        _before_send(self)
        return super().send(*arguments)

    def recv_into(self, *arguments: Any, **options: Any) -> int:
        """Waits no longer than the attempt may last."""
        _before_receive(self)
        return super().recv_into(*arguments, **options)
