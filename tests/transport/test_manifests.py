"""What the manifests ask of the transport, it can do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

import connectors
from connectors._transport import (
    Delivery,
    Keys,
    Policy,
    Request,
    SignatureRefused,
    limits_of,
    make_auth,
    verify,
)
from connectors._transport.paging.styles import style_of
from connectors._transport.picking import pick

FOLDER = Path(connectors.__file__).parent
MANIFESTS = {
    path.parent.relative_to(FOLDER).as_posix(): yaml.safe_load(path.read_text(encoding="utf-8"))
    for path in sorted(FOLDER.glob("[a-z]*/*/manifest.yaml"))
}
with_api = pytest.mark.parametrize("name", [n for n, m in MANIFESTS.items() if "api" in m])


def every(tree: Any, key: str) -> list[Any]:
    """All values under a key, at any depth."""
    if isinstance(tree, list):
        return [found for each in tree for found in every(each, key)]
    if not isinstance(tree, dict):
        return []
    return [v for k, v in tree.items() if k == key] + [
        f for v in tree.values() for f in every(v, key)
    ]


def test_there_are_manifests_to_look_at() -> None:
    assert MANIFESTS


@with_api
def test_its_hosts_are_patterns_that_a_policy_takes(name: str) -> None:
    hosts = MANIFESTS[name]["api"].get("hosts", [])
    Policy(hosts=tuple(host for host in hosts if "{" not in host))


@with_api
def test_its_paths_are_ones_that_can_be_picked(name: str) -> None:
    api = MANIFESTS[name]["api"]
    for key in ("error", "error_code"):
        pick({}, api.get(key, ""))
    for signal in (*api.get("throttled", ()), *every(MANIFESTS[name], "refresh_on")):
        pick({}, signal.get("path", "") if isinstance(signal, dict) else "")


@with_api
def test_its_paging_begins(name: str) -> None:
    request = Request("POST", "https://x.example/?query=select", {}, b"{}")
    for paging in every(MANIFESTS[name], "paging"):
        style_of(paging).begin(paging, request)


@with_api
def test_its_limits_are_kept(name: str) -> None:
    limits = limits_of(MANIFESTS[name]["api"].get("limits", []), {"connection": "c"})
    assert all(limit.requests > 0 and limit.width > 0 for limit in limits)


@with_api
def test_its_ways_to_be_let_in_are_known(name: str) -> None:
    for spec in MANIFESTS[name].get("auth", []):
        if spec["kind"] != "sftp_key":
            make_auth(spec, {})


@pytest.mark.parametrize("name", [n for n, m in MANIFESTS.items() if "webhooks" in m])
def test_an_unsigned_webhook_is_refused_by_its_scheme(name: str) -> None:
    signature = MANIFESTS[name]["webhooks"]["signature"]
    delivery = Delivery("POST", "https://x.example/hooks/1", {"X": "y"}, b"{}")
    with pytest.raises(SignatureRefused) as raised:
        verify(signature, delivery, Keys(("secret",), ("key",)), now=1)
    assert "manifest's signature" not in str(raised.value)
