"""What a session may reach. Nothing, unless it is said here."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import ip_network

from connectors._transport.addresses import Network, why_not
from connectors._transport.errors import TransportRefused
from connectors._transport.target import Target, read_target

ANY_HOST = ("*",)
"""Every host with a public address: for addresses that users give, such as webhook targets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Hosts, networks, times and sizes; the defaults are the strict ones."""

    hosts: tuple[str, ...]
    """Names that may be spoken to; `*.x` is one label or more below x, `*-x` ends one label."""
    allow_http: bool = False
    """Whether http without TLS is allowed: an operator's choice for a machine next door."""
    allow_private: tuple[str, ...] = ()
    """Networks besides the public ones, `10.2.0.0/16`. Metadata services stay closed."""
    connect_timeout: float = 10.0
    """Seconds for name, connection and TLS together."""
    read_timeout: float = 60.0
    """Seconds of silence after which an answer is given up."""
    total_timeout: float = 120.0
    """Seconds for everything, however slowly bytes trickle in."""
    max_bytes: int = 32 * 1024 * 1024
    """Largest body taken, before and after decompression."""
    keep_alive: float = 15.0
    """Idle seconds after which a connection is not used again: a stale one costs certainty."""
    cookies: bool = False
    """Whether cookies of answers are sent back, for targets whose log-in lives in one."""
    authorities: str = ""
    """PEM of further certificate authorities, for a server with a certificate of its own house."""
    networks: tuple[Network, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        for pattern in self.hosts:
            _read_pattern(pattern)
        object.__setattr__(self, "networks", tuple(ip_network(n) for n in self.allow_private))

    def allows_host(self, host: str) -> bool:
        """Whether a pattern covers the host. An IP address is covered by itself or by `*` alone."""
        host = host.lower().removesuffix(".")
        if host in self.hosts or "*" in self.hosts:
            return True
        return not _is_address(host) and any(_read_pattern(p).fullmatch(host) for p in self.hosts)


def check_url(policy: Policy, url: str) -> Target:
    """Refuse an address that can be seen to be forbidden without asking the network.

    A session checks again, with the addresses that the name resolves to, when it connects.
    """
    target = read_target(url)
    if target.scheme != "https" and not (target.scheme == "http" and policy.allow_http):
        raise TransportRefused("scheme", f"{target.scheme[:10]} is not allowed; use https")
    if not policy.allows_host(target.host):
        known = ", ".join(policy.hosts[:5]) or "none"
        raise TransportRefused(
            "host", f"host {target.host[:60]!r} is not allowed; allowed: {known}"
        )
    reason = target.address and why_not(target.address, policy.networks)
    if reason:
        raise address_refused(target.host, reason)
    return target


def address_refused(host: str, reason: str) -> TransportRefused:
    """One wording for literal and resolved addresses; the address itself stays unsaid."""
    found = f"{host[:60]!r} is at an address that is {reason}"
    return TransportRefused("address", f"{found}; the operator can allow networks by name")


def _is_address(host: str) -> bool:
    return ":" in host or host.rpartition(".")[2].isdigit()


@lru_cache(maxsize=1024)
def _read_pattern(pattern: str) -> re.Pattern[str]:
    """`*` at the left: alone, as whole labels before a point, or as the start of one label."""
    star, rest = pattern[:1] == "*", pattern.removeprefix("*").lower()
    if "*" in rest or not pattern:
        raise ValueError(f"host pattern {pattern[:60]!r}; a * stands only at the left")
    before = (
        (r"[a-z0-9_.-]+" if rest.startswith(".") or not rest else r"[a-z0-9_-]+") if star else ""
    )
    return re.compile(before + re.escape(rest))
