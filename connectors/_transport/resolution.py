"""From a host name to the addresses that may be connected to, asked once and used as answered."""

from __future__ import annotations

import queue
import socket
import threading
from collections.abc import Callable
from ipaddress import ip_address
from typing import TypeAlias

from connectors._transport.addresses import why_not
from connectors._transport.policy import Policy, address_refused
from connectors._transport.target import read_host

Resolver: TypeAlias = Callable[[str, int], list[str]]
"""Host and port to IP addresses; raises `OSError` where there are none."""


def system_resolver(host: str, port: int) -> list[str]:
    """The machine's own resolver, each address once, in its order of preference."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def resolve(
    policy: Policy, resolver: Resolver, host: str, port: int, *, timeout: float
) -> list[str]:
    """Addresses of a host, all allowed: one forbidden among them refuses the host.

    A public and a private address under one name is how rebinding looks, not how servers are run.
    """
    address = read_host(f"[{host}]" if ":" in host else host)[1]
    found = [str(address)] if address else _within(timeout, resolver, host, port)
    if not found:
        raise OSError(f"no address is known for {host[:60]!r}")
    for each in found:
        reason = why_not(ip_address(each), policy.networks)
        if reason:
            raise address_refused(host, reason)
    return found


def _within(timeout: float, resolver: Resolver, host: str, port: int) -> list[str]:
    """The resolver's answer in time; the C library has no time-out of its own to set."""
    answers: queue.SimpleQueue[list[str] | Exception] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(resolver(host, port))
        except Exception as error:  # noqa: BLE001 - carried over to the thread that waits
            answers.put(error)

    threading.Thread(target=ask, name="resolver", daemon=True).start()
    try:
        answer = answers.get(timeout=timeout)
    except queue.Empty:
        raise TimeoutError(f"no answer of the resolver about {host[:60]!r}") from None
    if isinstance(answer, Exception):
        raise answer
    return answer
