"""Events on Redis Streams, spans at a collector, tokens of a provider: beside what is ours."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import redis
from joserfc import jwt
from joserfc.jwk import RSAKey

from node_server.app import create_app
from node_server.config import Settings
from node_server.operations.publishing import STREAM, Publisher

from .conftest import INVOICE, Served
from .receiver import receiving
from .test_documents_over_http import canonical, take


@pytest.fixture
def streamed(tmp_path: Path, redis_server: str) -> Iterator[tuple[Served, Any]]:
    client = redis.Redis.from_url(redis_server)
    client.flushall()
    app = create_app(Settings(data=str(tmp_path), redis_url=redis_server, log_level="error"))
    house = app.extensions["counterfoil"].house
    yield Served(house, app.test_client()), client
    client.close()
    house.close()


def entries(client: Any) -> list[dict[str, Any]]:
    return [
        json.loads(fields[b"event"]) for _, fields in client.xrange(STREAM.format(tenant="acme"))
    ]


def test_events_are_on_the_stream_of_their_tenant_once(streamed: tuple[Served, Any]) -> None:
    served, client = streamed
    take(served, canonical())
    publisher = Publisher(served.house)
    assert publisher.round()
    assert not publisher.round()
    take(served, canonical("INV-2", totals={"gross": "7.00"}))
    assert publisher.round()
    assert entries(client) == served.get("/v1/events").get_json()["data"]


def test_one_process_publishes_at_a_time(streamed: tuple[Served, Any]) -> None:
    served, client = streamed
    take(served, canonical())
    client.set("counterfoil:events-publishing", "somebody else", ex=30)
    assert not Publisher(served.house).round()
    assert entries(client) == []


def test_a_request_is_a_span_at_the_collector(tmp_path: Path) -> None:
    with receiving() as collector:
        endpoint = collector.url.removesuffix("/hook")
        app = create_app(Settings(data=str(tmp_path), otel_endpoint=endpoint, log_level="error"))
        mine = "4bf92f3577b34da6a3ce929d0e0e4736"
        headers = {"traceparent": f"00-{mine}-00f067aa0ba902b7-01"}
        answer = app.test_client().get("/healthz", headers=headers)
        assert mine in answer.headers["traceparent"]
        app.extensions["counterfoil"].spans._tracer.span_processor.force_flush()
        deadline = time.monotonic() + 10
        while not collector.got and time.monotonic() < deadline:
            time.sleep(0.05)
        assert bytes.fromhex(mine) in collector.got[0][1]
        assert b"GET health" in collector.got[0][1]


@contextmanager
def provider(key: RSAKey) -> Iterator[str]:
    """An OpenID Connect provider: what it publishes of itself and of its key."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            jwks = {"keys": [key.as_dict(private=False)]}
            told = {"issuer": issuer, "jwks_uri": f"{issuer}/jwks"}
            body = json.dumps(jwks if self.path == "/jwks" else told).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    issuer = f"http://127.0.0.1:{server.server_address[1]}"
    Thread(target=server.serve_forever, daemon=True).start()
    yield issuer
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, 200),
        ({"exp": 1}, 401),
        ({"aud": "another service"}, 401),
        ({"iss": "https://evil.example"}, 401),
        ({"roles": ["nobody"]}, 403),
        ({"tenant": ""}, 403),
        ({"sub": None}, 401),
    ],
)
def test_a_token_of_the_provider_lets_in_as_far_as_it_says(
    tmp_path: Path, changes: dict[str, Any], status: int
) -> None:
    key = RSAKey.generate_key(2048, {"kid": "1"})
    with provider(key) as issuer:
        settings = Settings(
            data=str(tmp_path), oidc_issuer=issuer, oidc_audience="counterfoil", log_level="error"
        )
        app = create_app(settings)
        claims = {
            "iss": issuer, "aud": "counterfoil", "sub": "ann", "tenant": "acme",
            "roles": ["mapper"], "exp": int(time.time()) + 60,
        } | changes  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        token = jwt.encode({"alg": "RS256", "kid": "1"}, claims, key)
        client = app.test_client()
        headers = {"Authorization": f"Bearer {token}"}
        assert client.post("/v1/map", data=INVOICE, headers=headers).status_code == status
        other = RSAKey.generate_key(2048, {"kid": "1"})
        forged = jwt.encode({"alg": "RS256", "kid": "1"}, claims, other)
        headers = {"Authorization": f"Bearer {forged}"}
        assert client.post("/v1/map", data=INVOICE, headers=headers).status_code == 401
