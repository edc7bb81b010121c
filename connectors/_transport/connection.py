"""Connections that check for themselves: every check is made where the socket is opened.

However a request was put together, its bytes leave through here, to an address that was resolved
once and found allowed, while TLS and the Host header keep the name.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from typing import Any, ClassVar

import urllib3.util
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection

from connectors._transport.attempt import TimedSocket, current, peer_of
from connectors._transport.errors import TransportRefused
from connectors._transport.policy import Policy
from connectors._transport.resolution import Resolver, resolve


class Gate:
    """The one way out of a session."""

    def __init__(self, policy: Policy, resolver: Resolver) -> None:
        self.policy = policy
        self._resolver = resolver

    def open(self, host: str, port: int) -> socket.socket:
        """A connected socket; refuses what the policy forbids."""
        if not self.policy.allows_host(host):
            raise TransportRefused("host", f"host {host[:60]!r} is not allowed")
        timeout = self._time_left()
        addresses = resolve(self.policy, self._resolver, host, port, timeout=timeout)
        failure: OSError = OSError("no address")
        for tried, address in enumerate(addresses):
            share = self._time_left() / (len(addresses) - tried)
            try:
                return self._connect(address, port, share)
            except OSError as error:
                failure = error
        raise failure

    def _connect(self, address: str, port: int, timeout: float) -> socket.socket:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        line = TimedSocket(family, socket.SOCK_STREAM)
        try:
            line.settimeout(timeout)
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            line.connect((address, port))
            line.settimeout(self._time_left())  # for TLS, which comes next
        except OSError:
            line.close()
            raise
        attempt = current()
        if attempt is not None:
            attempt.peer = peer_of(line)
        return line

    def _time_left(self) -> float:
        attempt = current()
        return self.policy.connect_timeout if attempt is None else attempt.to_connect()


class _HeadLines:
    """The lines of an answer's head; one that breaks off is none.

    The standard library takes the end of the stream for the end of the head, and so a lost answer
    for an empty one: `HTTP/1.1 200 O` would be a success.
    """

    def __init__(self, stream: Any) -> None:
        self.stream = stream

    def readline(self, limit: int) -> bytes:
        line: bytes = self.stream.readline(limit)
        if not line.endswith(b"\n") and len(line) < limit:
            raise http.client.IncompleteRead(line)
        return line

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


class _Answer(http.client.HTTPResponse):
    def begin(self) -> None:
        stream = self.fp
        lines: Any = _HeadLines(stream)
        self.fp = lines
        super().begin()
        if self.fp is lines:
            self.fp = stream


class _Plain(HTTPConnection):
    gate: ClassVar[Gate]
    response_class = _Answer
    last_used: float = 0.0

    def _new_conn(self) -> socket.socket:
        return self.gate.open(self.host, self.port or 80)

    def putrequest(self, *arguments: Any, **options: Any) -> None:
        super().putrequest(*arguments, **options)
        self.last_used = time.monotonic()

    @property
    def is_connected(self) -> bool:
        idle = time.monotonic() - self.last_used
        return super().is_connected and idle < self.gate.policy.keep_alive


class _Tls(HTTPSConnection):
    gate: ClassVar[Gate]
    response_class = _Answer
    last_used: float = 0.0

    def _new_conn(self) -> socket.socket:
        return self.gate.open(self.host, self.port or 443)

    def putrequest(self, *arguments: Any, **options: Any) -> None:
        super().putrequest(*arguments, **options)
        self.last_used = time.monotonic()

    @property
    def is_connected(self) -> bool:
        idle = time.monotonic() - self.last_used
        return super().is_connected and idle < self.gate.policy.keep_alive


class GuardedAdapter(HTTPAdapter):
    """An adapter of requests whose pools know only guarded connections."""

    def __init__(self, gate: Gate, context: ssl.SSLContext) -> None:
        self._gate = gate
        self._context = context
        super().__init__(pool_connections=8, pool_maxsize=16, max_retries=0)

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        """One pool manager, with connection classes of its own gate."""
        self.poolmanager = PoolManager(
            num_pools=8, maxsize=16, ssl_context=self._context, retries=False
        )
        self.poolmanager.pool_classes_by_scheme = {
            "http": _plain_pool(self._gate),
            "https": _tls_pool(self._gate),
        }

    def cert_verify(self, conn: Any, *arguments: Any) -> None:
        """Certificates are always required; the context holds whom to believe, loaded once."""
        conn.cert_reqs = "CERT_REQUIRED"
        conn.ca_certs = conn.ca_cert_dir = None

    def proxy_manager_for(self, *arguments: Any, **options: Any) -> Any:
        """A proxy would connect in our place, past the gate."""
        raise TransportRefused("proxy", "a proxy is set; connections are made directly")


def _plain_pool(gate: Gate) -> type[HTTPConnectionPool]:
    if not gate.policy.allow_http:
        return _NoPlainPool
    line = type("GuardedConnection", (_Plain,), {"gate": gate})
    return type("GuardedPool", (HTTPConnectionPool,), {"ConnectionCls": line})


def _tls_pool(gate: Gate) -> type[HTTPConnectionPool]:
    line = type("GuardedTlsConnection", (_Tls,), {"gate": gate})
    return type("GuardedTlsPool", (HTTPSConnectionPool,), {"ConnectionCls": line})


class _NoPlainPool(HTTPConnectionPool):
    def urlopen(self, *arguments: Any, **options: Any) -> Any:
        raise TransportRefused("scheme", "http is not allowed; use https")


def timeouts(policy: Policy, total: float) -> urllib3.util.Timeout:
    """The time-outs as urllib3 takes them; the sockets keep the total."""
    return urllib3.util.Timeout(
        connect=min(policy.connect_timeout, total), read=min(policy.read_timeout, total)
    )
