"""A house without doors, and connections from it to servers on this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from node_server.config import Settings
from node_server.operations.connecting import connections
from node_server.operations.house import House, open_house
from tests.transport.servers import Server

NEXT_DOOR: dict[str, Any] = {"allow_http": True, "allow_private": ["127.0.0.0/8"]}
OAUTH = {"authorize": "/authorize", "token": "/token", "discover": "/connections"}
PARTS: dict[str, dict[str, str]] = {
    "bearer": {"token": "CANARY-bearer-token"},
    "basic": {"username": "me", "password": "CANARY-password"},
    "api_key": {"key": "CANARY-key", "secret": "CANARY-secret"},
}


@pytest.fixture
def house(settings: Settings) -> Iterator[House]:
    """Operations alone, on both stores."""
    opened = open_house(settings)
    yield opened
    opened.close()


Connect = Callable[..., dict[str, Any]]


@pytest.fixture
def connect(house: House) -> Connect:
    """Make a connection whose target is a server of the test."""

    def made(
        server: Server,
        connector: str = "bank/wise",
        kind: str = "bearer",
        parts: Mapping[str, str] | None = None,
        *,
        oauth: bool = False,
        **settings: Any,
    ) -> dict[str, Any]:
        stated = {"base_url": server.url("", host="127.0.0.1"), **NEXT_DOOR, **settings}
        auth = {f"{n}_url": server.url(path, host="127.0.0.1") for n, path in OAUTH.items()}
        body = {
            "id": "there", "connector": connector, "environment": "test",
            "settings": stated | ({"auth": auth} if oauth else {}),
            "credential": {"kind": kind, "parts": parts or PARTS[kind]},
        }  # fmt: skip
        return connections.connect(house, "acme", "test", body)

    return made
