"""What a connection to a simulator needs: its settings and a credential that it takes."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

from node_server.simulators.described import Spec
from node_server.simulators.keyring import NOT_SIMULATED
from node_server.simulators.system import System

_LOOPBACK = "127.0.0.0/8"
_PRIVATE = (_LOOPBACK, "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")


def settings_of(system: System, origin: str) -> dict[str, Any]:
    """The `settings` of a connection to a simulator at this address."""
    host = urlsplit(origin).hostname or "127.0.0.1"
    addresses = system.oauth.urls(origin)
    return {
        "base_url": f"{origin}{system.target.base_path}",
        **({"auth": addresses} if addresses else {}),
        "variables": dict(system.target.variables),
        "hosts": [host],
        "allow_http": True,
        "allow_private": _networks(host),
    }


def _networks(host: str) -> list[str]:
    """Where a simulator may stand: its own address, or behind a name any private network."""
    try:
        address = ip_address(host)
    except ValueError:
        return list(_PRIVATE)
    return [_LOOPBACK] if address.is_loopback else [str(ip_network(address))]


def way_of(system: System, kind: str = "") -> Spec:
    """The way to be let in that a kind names, or the first that is simulated."""
    ways = [spec for spec in system.target.auth if spec["kind"] not in NOT_SIMULATED]
    found = next((spec for spec in ways if not kind or spec["kind"] == kind), None)
    if found is None:
        known = ", ".join(spec["kind"] for spec in ways) or "none"
        raise ValueError(f"no way {kind!r} into {system.target.name}; there are: {known}")
    return found


def credential_of(system: System, kind: str = "") -> dict[str, Any]:
    """A credential as the vault takes it: its kind and its parts.

    For a consent its tokens are there as if a person had given it.
    """
    spec = way_of(system, kind)
    parts = dict(system.keyring.parts(spec))
    if spec["kind"] == "oauth2_code":
        parts |= system.oauth.credential()
    if system.target.manifest.get("webhooks"):
        parts["webhook_secret"] = system.keyring.webhook_secret
    return {"kind": spec["kind"], "parts": parts}
