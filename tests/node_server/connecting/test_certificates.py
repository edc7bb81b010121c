"""Ways in by keys: client certificates, tokens by certificate, and signed assertions."""

from __future__ import annotations

import base64
import json
import ssl
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from connectors._transport import TransportFailed
from node_server.operations.calling import open_caller
from node_server.operations.connecting import connections
from node_server.operations.house import House
from tests.node_server.connecting.conftest import NEXT_DOOR, Connect
from tests.transport.servers import Reply, Seen, http_server, identity

ME = identity("client")


@pytest.fixture
def strict_tls(tmp_path: Path) -> ssl.SSLContext:
    """A server of one's own authority that lets in whom that authority knows."""
    there = identity("127.0.0.1")
    context = there.server_context(tmp_path)
    context.load_verify_locations(cadata=there.authority)
    context.verify_mode = ssl.CERT_REQUIRED
    return context


def call(house: House) -> int:
    with open_caller(house, "acme", "there") as caller:
        return caller.send(caller.request({"path": "/x"}), purpose="test").status


def connect_tls(house: House, port: int, credential: dict[str, Any], connector: str) -> None:
    settings = {
        **NEXT_DOOR, "allow_http": False, "base_url": f"https://127.0.0.1:{port}",
        "authorities": identity("127.0.0.1").authority,
    }  # fmt: skip
    body = {"id": "there", "connector": connector, "settings": settings, "credential": credential}
    connections.connect(house, "acme", "test", body)


def test_a_client_certificate_lets_in_at_a_server_of_ones_own(
    house: House, strict_tls: ssl.SSLContext
) -> None:
    parts = {"certificate": ME.certificate, "private_key": ME.key}
    with http_server(tls=strict_tls) as server:
        credential = {"kind": "client_certificate", "parts": parts}
        connect_tls(house, server.port, credential, "erp/sap_s4")
        assert call(house) == 200


def test_without_the_certificate_nothing_is_sent(house: House, strict_tls: ssl.SSLContext) -> None:
    with http_server(tls=strict_tls) as server:
        parts = {"username": "me", "password": "CANARY-password"}
        connect_tls(house, server.port, {"kind": "basic", "parts": parts}, "erp/sap_s4")
        with pytest.raises(TransportFailed):
            call(house)
        assert server.seen == []


def test_an_assertion_is_signed_and_changed_into_a_token(house: House, connect: Connect) -> None:
    """NetSuite: a JWT signed with the key of a certificate that it knows by its id."""

    def reply(seen: Seen) -> Reply:
        if seen.path != "/token":
            return (200 if seen.headers["authorization"] == "Bearer made" else 401), {}, b"{}"
        return 200, {}, json.dumps({"access_token": "made", "expires_in": 3600}).encode()

    parts = {"client_id": "app", "private_key": ME.key, "key_id": "cert-1", "algorithm": "ES256"}
    with http_server(reply) as server:
        variables = {"account": "1234567"}
        connect(server, "erp/netsuite", "oauth2_jwt", parts, variables=variables, oauth=True)
        assert (call(house), call(house)) == (200, 200)
        asked = [seen for seen in server.seen if seen.path == "/token"]
    form = parse_qs(asked[0].body.decode())
    head, claims = (_part(form["client_assertion"][0], n) for n in (0, 1))
    assert (len(asked), form["grant_type"]) == (1, ["client_credentials"])
    assert (head["kid"], head["alg"], claims["iss"]) == ("cert-1", "ES256", "app")
    assert claims["aud"].endswith("/token")
    assert claims["scope"] == ["rest_webservices"]


def _part(token: str, number: int) -> dict[str, Any]:
    part = token.split(".")[number]
    read: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return read
