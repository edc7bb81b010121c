"""Which hosts a connection may speak to: the manifest's, and those that the operator opens."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from ipaddress import ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

from connectors._transport import Policy
from node_server.config import Settings
from node_server.operations.calling.errors import NotReady
from node_server.operations.calling.filling import names_in

# One label, or several, before a domain that the manifest states.
_LEFT = re.compile(r"\{[a-z_]+\}(-[a-z]+)?(\.[a-z0-9-]+){2,}")
_CLOSED = re.compile(r"[A-Za-z0-9|-]+")


def host_of(url: str) -> str:
    """The host of an address, in lower case."""
    return (urlsplit(url).hostname or "").removesuffix(".")


def check_host(host: str, known: Iterable[str], settings: Settings) -> None:
    """Refuse a host that neither the manifest nor the operator names."""
    if _covers((*known, *settings.allow_hosts), host) or _is_next_door(host, settings):
        return
    hint = "the operator can open it with the setting allow_hosts"
    raise NotReady(f"host {host[:60]!r} is not one of this connector's", hint)


def is_stated(template: str, variables: Mapping[str, Any]) -> bool:
    """Whether the manifest itself says the host of an address: no variable can lead elsewhere."""
    authority = template.partition("://")[2].partition("/")[0]
    if _LEFT.fullmatch(authority):
        return True
    patterns = [variables.get(name, {}).get("pattern", "") for name in names_in(authority)]
    return all(_CLOSED.fullmatch(pattern.replace("\\.", "")) for pattern in patterns)


def networks(wanted: Iterable[str], allowed: Iterable[str]) -> tuple[str, ...]:
    """Those of the wanted private networks that lie within allowed ones."""
    return tuple(each for each in wanted if any(_within(each, other) for other in allowed))


def _within(one: str, other: str) -> bool:
    inner, outer = ip_network(one), ip_network(other)
    return inner.version == outer.version and inner.subnet_of(outer)  # type: ignore[arg-type]


def _covers(patterns: Iterable[str], host: str) -> bool:
    return Policy(hosts=tuple(each for each in patterns if each)).allows_host(host)


def _is_next_door(host: str, settings: Settings) -> bool:
    """This machine, or a private address that the operator lets be called anyway."""
    text = {"localhost": "127.0.0.1"}.get(host, host)
    try:
        address = ip_address(text)
    except ValueError:
        return False
    nets = [ip_network(each) for each in settings.allow_private_targets]
    return any(address in net for net in nets if net.version == address.version)
