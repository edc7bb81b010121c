"""Reading an address strictly: what two parsers could read differently is refused."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address

from connectors._transport.addresses import Address
from connectors._transport.errors import TransportRefused

_URL = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<authority>[^/?#]*)(?P<rest>.*)")
_AUTHORITY = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(?P<port>[0-9]{1,5}))?")
_LABEL = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")
_NUMBER = re.compile(r"[0-9]+|0[xX][0-9A-Fa-f]*")
_FORBIDDEN = re.compile(r"[^\x21-\x7e]|\\")
_DOTS = re.compile(r"/(?:\.|%2[eE]){1,2}(?=[/?#]|$)")
_PORTS = {"https": 443, "http": 80}
_LONGEST_URL = 8000
_LONGEST_HOST = 253


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request goes. `address` is set where the host is written as an IP address."""

    scheme: str
    host: str
    port: int
    path: str
    address: Address | None

    @property
    def origin(self) -> str:
        """Scheme, host and port, for messages."""
        usual = _PORTS.get(self.scheme) == self.port
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + ("" if usual else f":{self.port}")


def read_target(url: str) -> Target:
    """The parts of an absolute address; the host in lower case without its last point."""
    if len(url) > _LONGEST_URL:
        raise _refused(f"an address of {len(url)} characters; at most {_LONGEST_URL} are sent")
    found = _FORBIDDEN.search(url)
    if found:
        raise _refused(f"{found[0]!r} in an address; percent-encode it, and write xn-- host names")
    whole = _URL.fullmatch(url)
    if whole is None:
        raise _refused(f"{url[:40]!r} is not an absolute address; write https://host/path")
    if "@" in whole["authority"]:
        raise TransportRefused(
            "userinfo_in_url", "a user name in the address; credentials go into the connection"
        )
    parts = _AUTHORITY.fullmatch(whole["authority"])
    if parts is None:
        raise _refused(f"{whole['authority'][:40]!r} is not a host; write host or host:port")
    if _DOTS.search(whole["rest"].partition("?")[0]):
        raise _refused("a path with . or .. as a step; write the path that is meant")
    scheme = whole["scheme"].lower()
    host, address = read_host(parts["host"])
    port = int(parts["port"] or _PORTS.get(scheme, 0))
    if not 0 < port < 65536:
        raise _refused(f"port {port}; use 1 to 65535")
    return Target(scheme, host, port, whole["rest"], address)


def read_host(text: str) -> tuple[str, Address | None]:
    """A host as it is compared, and its address where it is one.

    What ends in a number is an IPv4 address to browsers and to the C library, in any of five
    spellings; here it is one in the usual spelling or nothing (WHATWG URL, "ends in a number").
    """
    if text.startswith("["):
        return _read_v6(text[1:-1])
    host = text.lower().removesuffix(".")
    labels = host.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        return _read_v4(host)
    if len(host) > _LONGEST_HOST or not all(_LABEL.fullmatch(label) for label in labels):
        raise _refused(f"{text[:40]!r} is not a host name; check it for typing mistakes")
    return host, None


def _read_v6(text: str) -> tuple[str, Address]:
    try:
        address = IPv6Address(text)
    except AddressValueError as error:
        raise _refused(f"{text[:40]!r} is not an IPv6 address; check it") from error
    return str(address), address


def _read_v4(host: str) -> tuple[str, Address]:
    try:
        address = IPv4Address(host)
    except AddressValueError as error:
        raise _refused(f"{host[:40]!r} is no plain IPv4 address; write it as a.b.c.d") from error
    return str(address), address


def _refused(message: str) -> TransportRefused:
    return TransportRefused("bad_url", message)
