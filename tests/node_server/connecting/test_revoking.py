"""A consent is taken back when its connection goes; that it could not be stops nothing."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

import pytest

from node_server.errors import Refusal
from node_server.operations.connecting import connections
from node_server.operations.house import House
from node_server.operations.vault import vault_of
from tests.node_server.connecting.conftest import Connect
from tests.transport.servers import Reply, Seen, Server, http_server

PARTS = {
    "client_id": "app", "client_secret": "CANARY-client-secret",
    "refresh_token": "CANARY-refresh", "access_token": "CANARY-access", "expires_at": "9999999999",
}  # fmt: skip


class Vendor:
    """Where consents are taken back."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.status = 200

    def reply(self, seen: Seen) -> Reply:
        self.seen.append(seen)
        return self.status, {}, b"{}"


@pytest.fixture
def vendor() -> Vendor:
    return Vendor()


@pytest.fixture
def there(vendor: Vendor) -> Iterator[Server]:
    with http_server(vendor.reply) as server:
        yield server


def made(connect: Connect, there: Server, connector: str = "erp/xero", **more: Any) -> None:
    auth = {"revoke_url": there.url("/revoke", host="127.0.0.1")}
    kind = more.pop("kind", "oauth2_code")
    connect(there, connector, kind, more.pop("parts", PARTS), auth=auth, **more)


def gone(house: House) -> bool:
    return connections.find(house, "acme", "there") is None


def test_the_refresh_token_is_taken_back_by_the_client(
    house: House, connect: Connect, there: Server, vendor: Vendor
) -> None:
    made(connect, there)
    told = connections.disconnect(house, "acme", "me", "there")
    assert told is not None
    assert told.shown() == {"revoked": True}
    (seen,) = vendor.seen
    form = parse_qs(seen.body.decode())
    assert form["token"] == ["CANARY-refresh"]
    assert form["token_type_hint"] == ["refresh_token"]
    basic = base64.b64encode(b"app:CANARY-client-secret").decode()
    assert seen.headers["authorization"] == f"Basic {basic}"
    assert gone(house)
    assert vault_of(house, "acme", "me").names() == []


def test_some_take_it_as_json(
    house: House, connect: Connect, there: Server, vendor: Vendor
) -> None:
    made(connect, there, "erp/quickbooks", variables={"realm": "1"})
    assert connections.disconnect(house, "acme", "me", "there")
    assert json.loads(vendor.seen[0].body) == {"token": "CANARY-refresh"}


@pytest.mark.parametrize("status", [400, 500])
def test_a_refusal_is_told_and_the_connection_goes(
    house: House, connect: Connect, there: Server, vendor: Vendor, status: int
) -> None:
    vendor.status = status
    made(connect, there)
    told = connections.disconnect(house, "acme", "me", "there")
    assert told is not None
    assert told.shown() == {"revoked": False, "why": f"it answered {status}"}
    assert "CANARY" not in str(told)
    assert gone(house)


def test_what_nobody_agreed_to_is_not_taken_back(
    house: House, connect: Connect, there: Server, vendor: Vendor
) -> None:
    made(connect, there, parts={"client_id": "app", "client_secret": "CANARY-client-secret"})
    assert connections.disconnect(house, "acme", "me", "there") is None
    assert vendor.seen == []


def test_a_consent_that_another_connection_uses_stays(
    house: House, connect: Connect, there: Server, vendor: Vendor
) -> None:
    made(connect, there)
    first = connections.get(house, "acme", "there")
    body = {
        "id": "second", "connector": "erp/xero", "environment": "test",
        "settings": first["settings"], "credential": "there",
    }  # fmt: skip
    connections.connect(house, "acme", "me", body)
    assert connections.disconnect(house, "acme", "me", "there") is None
    assert vendor.seen == []
    with pytest.raises(Refusal):
        connections.get(house, "acme", "there")
