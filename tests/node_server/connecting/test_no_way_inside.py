"""No connection is a way into the operator's own network, nor a way out for its secrets."""

from __future__ import annotations

import socket
from dataclasses import replace
from typing import Any

import pytest

from connectors._transport import TransportRefused
from node_server.config import Settings
from node_server.errors import Refusal
from node_server.operations.calling import NotReady, open_caller
from node_server.operations.connecting import connections, testing
from node_server.operations.house import House, open_house
from node_server.store import connections as rows
from tests.node_server.conftest import Served
from tests.node_server.connecting.conftest import Connect
from tests.transport.servers import http_server

TOKEN = {"kind": "bearer", "parts": {"token": "CANARY-token"}}


@pytest.fixture
def strict(tmp_path: Any) -> Any:
    """A house whose operator allows nothing besides the public network."""
    opened = open_house(Settings(data=str(tmp_path / "strict")))
    yield opened
    opened.close()


def wish(connector: str = "erp/odoo", **settings: Any) -> dict[str, Any]:
    variables = {"database": "d"} if connector == "erp/odoo" else {}
    stated = {"variables": variables, **settings}
    return {"id": "c", "connector": connector, "settings": stated, "credential": TOKEN}


@pytest.mark.parametrize(
    "settings",
    [
        {"allow_http": True},
        {"allow_private": ["127.0.0.0/8"]},
        {"allow_private": ["10.0.0.0/8"]},
        {"allow_private": ["0.0.0.0/0"]},
        {"allow_private": ["::/0"]},
        {"allow_private": ["here"]},
    ],
)
def test_a_tenant_cannot_allow_what_the_operator_does_not(
    strict: House, settings: dict[str, Any]
) -> None:
    with pytest.raises(Refusal, match=r"operator|no network") as refused:
        connections.connect(strict, "acme", "test", wish(**settings))
    assert refused.value.status == 422


@pytest.mark.parametrize(
    "url",
    [
        *("http://127.0.0.1:80", "https://127.0.0.1", "https://10.1.2.3", "https://[::1]"),
        *("https://169.254.169.254/latest", "https://2130706433", "https://0x7f.1"),
        *("https://[::ffff:127.0.0.1]", "https://[fd00:ec2::254]", "https://me@erp.example"),
        *("https://127.1", "https://0", "https://erp.example/../x"),
    ],
)
def test_an_inner_address_is_not_connected(strict: House, url: str) -> None:
    """A self-hosted system may have any public address, and no other."""
    with pytest.raises(Refusal) as refused:
        connections.connect(strict, "acme", "test", wish(base_url=url))
    assert refused.value.status == 422


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:10.0.0.1", "fe80::1"]
)
def test_a_name_that_leads_inside_is_not_called(
    strict: House, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve_to(monkeypatch, [address])
    connections.connect(strict, "acme", "test", wish(base_url="https://erp.example"))
    with open_caller(strict, "acme", "c") as caller, pytest.raises(TransportRefused) as refused:
        caller.send(caller.request({"path": "/x"}), purpose="test")
    assert refused.value.code == "address"


def test_a_name_that_changes_its_address_is_judged_each_time(
    house: House, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the operator allows is one network; the name then leads to another, and to metadata."""
    addresses = ["127.0.0.1"]
    resolve_to(monkeypatch, addresses)
    with http_server(lambda seen: (200, {"Connection": "close"}, b"{}")) as server:
        connect(server, "erp/pennylane", base_url=f"http://localhost:{server.port}")
        with open_caller(house, "acme", "there") as caller:
            request = caller.request({"path": "/x"})
            assert caller.send(request, purpose="test").ok
            for other in ("169.254.169.254", "10.0.0.1"):
                addresses[0] = other
                with pytest.raises(TransportRefused):
                    caller.send(request, purpose="test")
        assert len(server.seen) == 1


def resolve_to(monkeypatch: pytest.MonkeyPatch, addresses: list[str]) -> None:
    """The names of the targets have these addresses, as they are when they are asked for."""
    plain = socket.getaddrinfo

    def resolved(host: str, port: int, *more: Any, **named: Any) -> list[Any]:
        if host not in ("localhost", "erp.example"):
            return plain(host, port, *more, **named)
        return [(0, 0, 0, "", (each, port)) for each in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", resolved)


@pytest.mark.parametrize(
    ("connector", "settings"),
    [
        ("erp/xero", {"base_url": "https://evil.example"}),
        ("bank/wise", {"hosts": ["evil.example"]}),
        ("bank/wise", {"hosts": ["*.evil.example"]}),
        ("erp/dynamics_fo", {"variables": {"host": "evil.example", "tenant": "t"}}),
        ("erp/quickbooks", {"auth": {"token_url": "https://evil.example/token"}}),
        ("erp/xero", {"auth": {"discover_url": "https://evil.example/x"}}),
        ("procurement/coupa", {"variables": {"instance": "evil.example/"}}),
    ],
)
def test_a_vendors_secrets_go_to_the_vendor(
    strict: House, connector: str, settings: dict[str, Any]
) -> None:
    body = {"id": "c", "connector": connector, "settings": settings}
    with pytest.raises(Refusal, match=r"host|fit") as refused:
        connections.connect(strict, "acme", "test", body)
    assert refused.value.status == 422


def test_the_operator_opens_further_hosts(tmp_path: Any) -> None:
    settings = Settings(data=str(tmp_path / "d"), allow_hosts=("*.proxy.example",))
    house = open_house(settings)
    body = {
        "id": "c", "connector": "bank/wise", "settings": {"base_url": "https://wise.proxy.example"}
    }  # fmt: skip
    assert connections.connect(house, "acme", "test", body)["id"] == "c"
    house.close()


def test_what_the_operator_takes_back_is_not_called_any_more(
    house: House, connect: Connect
) -> None:
    with http_server() as server:
        connect(server)
        closed = Settings(data=house.settings.data, database_url=house.settings.database_url)
        other = open_house(closed)
        found = testing.test(other, "acme", "test", "there")
        other.close()
        assert not found["ok"]
        assert server.seen == []


def test_a_redirect_is_not_followed(house: House, connect: Connect) -> None:
    with http_server() as inside:
        moved = 302, {"Location": inside.url("/secret", host="127.0.0.1")}, b""
        with http_server(lambda seen: moved) as server:
            connect(server)
            with open_caller(house, "acme", "there") as caller:
                answer = caller.send(caller.request({"path": "/x"}), purpose="test")
        assert (answer.status, inside.seen) == (302, [])


def test_secrets_do_not_follow_a_connection_to_another_host(served: Served) -> None:
    made = served.post("/v1/connections", json=wish(base_url="https://erp.example"))
    assert made.status_code == 201, made.text
    elsewhere = {"base_url": "https://evil.example", "variables": {"database": "d"}}
    changed = served.call("PATCH", "/v1/connections/c", json={"settings": elsewhere})
    assert (changed.status_code, changed.get_json()["code"]) == (409, "credential_bound")
    body = {"id": "d", "connector": "erp/odoo", "settings": elsewhere, "credential": "c"}
    second = served.post("/v1/connections", json=body)
    assert (second.status_code, second.get_json()["code"]) == (409, "credential_bound")
    same = {**elsewhere, "base_url": "https://erp.example"}
    assert served.post("/v1/connections", json=body | {"settings": same}).status_code == 201
    anew = {"settings": elsewhere, "credential": TOKEN}
    assert served.call("PATCH", "/v1/connections/c", json=anew).status_code == 409
    assert served.call("DELETE", "/v1/connections/d").status_code == 204
    assert served.call("PATCH", "/v1/connections/c", json=anew).status_code == 200


def test_a_row_that_was_tampered_with_is_judged_again(house: House, connect: Connect) -> None:
    """The rules hold at each call, not only when a connection is made."""
    with http_server() as server:
        connect(server)
        with house.store.writing() as transaction:
            row = rows.get(transaction, "acme", "there")
            assert row is not None
            settings = {**row.settings, "base_url": "http://192.168.7.7"}
            rows.replace(transaction, replace(row, settings=settings, updated_at="later"))
        with open_caller(house, "acme", "there") as caller, pytest.raises(NotReady):
            caller.send(caller.request({"path": "/x"}), purpose="test")
