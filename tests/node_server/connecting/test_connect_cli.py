"""A person at the command line is walked through connecting a system."""

from __future__ import annotations

import json
import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import click
import pytest
import requests
from click.testing import Result

from node_server.operations.connecting import connections
from tests.node_server.connecting.vendor import Vendor, vendor
from tests.transport.servers import http_server

Cli = Callable[..., Result]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """A folder of its own, and an operator who allows this machine."""
    for name in list(os.environ):
        if name.startswith("COUNTERFOIL_"):
            monkeypatch.delenv(name)
    with socket.create_server(("127.0.0.1", 0)) as free:
        monkeypatch.setenv("COUNTERFOIL_PORT", str(free.getsockname()[1]))
    monkeypatch.setenv("COUNTERFOIL_ALLOW_PRIVATE_TARGETS", "127.0.0.0/8")
    monkeypatch.setenv("COUNTERFOIL_ALLOW_HTTP_TARGETS", "true")
    monkeypatch.setenv("COUNTERFOIL_LOG_LEVEL", "error")
    return "--data", str(tmp_path / "data")


def next_door(url: str) -> tuple[str, ...]:
    return "--base-url", url, "--allow-http", "--allow-private", "127.0.0.0/8"


def test_a_system_with_a_token_is_connected_and_tried(cli: Cli, data: tuple[str, str]) -> None:
    with http_server() as server:
        there = next_door(server.url("", host="127.0.0.1"))
        made = cli("connect", *data, "wise", *there, input="101\nCANARY-token\n")
        assert made.exit_code == 0, made.stdout + made.stderr
        assert "Profile id" in made.stdout
        assert server.seen[-1].headers["authorization"] == "Bearer CANARY-token"
    listed = cli("connections", "list", *data)
    assert "wise" in listed.stdout
    assert "active" in listed.stdout
    shown = cli("connections", "show", *data, "wise")
    assert json.loads(shown.stdout)["settings"]["variables"] == {"profile": "101"}
    for each in (made, listed, shown):
        assert "CANARY" not in each.stdout + each.stderr


def test_what_does_not_fit_is_asked_for_again(cli: Cli, data: tuple[str, str]) -> None:
    said = cli("connect", *data, "wise", "--no-test", input="a-b\n101\nCANARY-token\n")
    assert said.exit_code == 0
    assert "does not fit" in said.stdout


def test_what_fails_is_said_with_what_would_help(cli: Cli, data: tuple[str, str]) -> None:
    with http_server(lambda seen: (403, {}, b"{}")) as server:
        there = next_door(server.url("", host="127.0.0.1"))
        made = cli("connect", *data, "wise", *there, input="101\nCANARY-token\n")
        assert made.exit_code == 1
        assert "FAILED call" in made.stdout
        again = cli("connections", "test", *data, "wise")
        assert (again.exit_code, "403" in again.stdout) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("xeroo",), "erp/xero"),
        (("ap/ubl",), "is a format, not a system"),
        (("xero", "--auth", "basic"), "oauth2_code or oauth2_client"),
        (("wise", "--set", "profile=x", "--set", "no=1"), "profile"),
    ],
)
def test_a_wrong_call_is_told_in_one_sentence(
    cli: Cli, data: tuple[str, str], arguments: tuple[str, ...], words: str
) -> None:
    said = cli("connect", *data, *arguments, input="CANARY-token\n\n\n")
    assert said.exit_code in (1, 2)
    assert words in said.stderr
    assert "Traceback" not in said.stderr


def test_a_connection_is_deleted_with_its_credential(cli: Cli, data: tuple[str, str]) -> None:
    cli("connect", *data, "wise", "--no-test", input="101\nCANARY-token\n")
    assert cli("connections", "delete", *data, "wise", input="n\n").exit_code == 1
    assert cli("connections", "delete", *data, "wise", "--yes").exit_code == 0
    assert cli("credentials", "list", *data).stdout == ""
    gone = cli("connections", "show", *data, "wise")
    assert (gone.exit_code, "no connection" in gone.stderr) == (1, True)


def test_a_consent_is_asked_for_in_the_browser_and_waited_for(
    cli: Cli, data: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With nobody serving, the command answers the callback itself."""
    with vendor() as there:
        there.accounts = [{"tenantId": TENANT, "tenantName": "Werkhof"},
                          {"tenantId": TENANT[:-1] + "7", "tenantName": "Other"}]  # fmt: skip
        lead_to(there, monkeypatch)
        monkeypatch.setattr(click, "launch", lambda url: browse(there, url))
        assert there.server is not None
        where = next_door(there.server.url("", host="127.0.0.1"))
        said = cli("connect", *data, "xero", "--auth", "oauth2_code", *where,
                   input="app\nCANARY-secret\n2\n")  # fmt: skip
        assert said.exit_code == 0, said.stdout + said.stderr
        assert "2 Other" in said.stdout
    shown = json.loads(cli("connections", "show", *data, "xero").stdout)
    assert shown["settings"]["variables"]["tenant"] == TENANT[:-1] + "7"
    assert shown["state"] == "active"
    assert "CANARY" not in said.stdout + said.stderr


TENANT = "70784a63-d24b-46a9-a4db-0e70a274b056"


def lead_to(there: Vendor, monkeypatch: pytest.MonkeyPatch) -> None:
    """The vendor's own addresses are elsewhere: those of the test take their place."""
    plain = connections.connect
    assert there.server is not None
    names = {"authorize": "/authorize", "token": "/token", "discover": "/connections"}
    auth = {f"{n}_url": there.server.url(p, host="127.0.0.1") for n, p in names.items()}

    def led(house: object, tenant: str, actor: str, body: dict[str, object]) -> object:
        settings = {**body["settings"], "auth": auth}  # type: ignore[dict-item]
        return plain(house, tenant, actor, {**body, "settings": settings})  # type: ignore[arg-type]

    monkeypatch.setattr(connections, "connect", led)


def browse(there: Vendor, url: str) -> None:
    """A browser that agrees to everything."""

    def run() -> None:
        with requests.Session() as browser:
            sent = browser.get(url, allow_redirects=False, timeout=10)
            given = there.agree(sent.headers["Location"])
            base = url.partition("/oauth/")[0]
            browser.get(f"{base}/oauth/callback?{urlencode(given)}", timeout=10)

    threading.Thread(target=run, daemon=True).start()
