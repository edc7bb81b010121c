"""The way to another system: let in, within its limits, on record."""

from __future__ import annotations

import json
import socket
import threading
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest

from connectors._transport import TransportFailed
from node_server.operations.calling import Answered, Open, Throttled, open_caller
from node_server.operations.connecting import connections as changing
from node_server.operations.house import House
from node_server.store import access, connections, exchanges
from tests.node_server.connecting.conftest import NEXT_DOOR, PARTS, Connect
from tests.transport.servers import Reply, Seen, http_server, raw_server

TOKEN = {"client_id": "app", "access_token": "CANARY-access", "expires_at": "99999999999"}


def test_a_call_is_let_in_and_recorded_without_what_let_it_in(
    house: House, connect: Connect
) -> None:
    with http_server(lambda seen: (200, {}, b'{"id": 7}')) as server:
        connect(server)
        with open_caller(house, "acme", "there") as caller:
            request = caller.request({"path": "/v2/things/{id}"}, {"id": "a/b"}, body=b'{"x":1}')
            answer = caller.send(request, purpose="post", counterfoil="c1")
    assert answer.json() == {"id": 7}
    [seen] = server.seen
    assert (seen.method, seen.path) == ("POST", "/v2/things/a%2Fb")
    assert seen.headers["authorization"] == "Bearer CANARY-bearer-token"
    assert seen.headers["content-type"] == "application/json"
    with house.store.reading() as transaction:
        [row] = exchanges.page(transaction, "acme", after=0, limit=9, counterfoil="c1")
        trail = access.notes(transaction, "acme", after=0, limit=99)
        now = connections.get(transaction, "acme", "there")
    kept = msgspec.json.decode(row["exchange"])
    assert (row["status"], kept["request_body"]) == (200, '{"x":1}')
    assert "CANARY" not in str(row)
    assert ("connection:there", "secret_read", "there") in [
        (each["actor"], each["action"], each["object"]) for each in trail
    ]
    assert "CANARY" not in str(trail)
    assert now is not None
    assert now.state == "active"


def put(house: House, body: bytes = b'{"x": 1}', **more: Any) -> Any:
    with open_caller(house, "acme", "there") as caller:
        request = caller.request({"method": "POST", "path": "/things"}, body=body)
        return caller.send(request, purpose="post", **more)


def test_a_write_fetches_the_token_that_must_come_before_it(house: House, connect: Connect) -> None:
    """SAP: x-csrf-token with the cookies of the same session; fetched again when it has ended."""
    good = ["first"]

    def reply(seen: Seen) -> Reply:
        if seen.headers.get("x-csrf-token") == "Fetch":
            return 200, {"x-csrf-token": good[0], "Set-Cookie": f"sid={good[0]}; Path=/"}, b"{}"
        held = seen.headers.get("x-csrf-token"), seen.headers.get("cookie")
        if held == (good[0], f"sid={good[0]}"):
            return 201, {}, b"{}"
        return 403, {"x-csrf-token": "Required"}, b"CSRF token validation failed"

    with http_server(reply) as server:
        connect(server, "erp/sap_s4", "basic")
        assert [put(house).status, put(house).status] == [201, 201]
        assert [seen.method for seen in server.seen] == ["GET", "POST", "POST"]
        good[0] = "second"
        assert put(house).status == 201
        assert [seen.method for seen in server.seen[3:]] == ["POST", "GET", "POST"]


def test_a_session_is_opened_kept_and_opened_again(house: House, connect: Connect) -> None:
    alive = ["s1"]

    def reply(seen: Seen) -> Reply:
        if seen.path == "/login":
            said = json.loads(seen.body)
            assert said["devKey"] == "CANARY-dev-key"
            return 200, {}, json.dumps({"sessionId": alive[0]}).encode()
        good = seen.headers.get("sessionid") == alive[0]
        return (200 if good else 401), {}, b"{}"

    parts = {"username": "me", "password": "CANARY-password", "organization_id": "7"}
    with http_server(reply) as server:
        connect(server, "ap/billcom", "session", {**parts, "dev_key": "CANARY-dev-key"})
        assert [put(house).status, put(house).status] == [200, 200]
        alive[0] = "s2"
        assert put(house).status == 200
        paths = [seen.path for seen in server.seen]
    assert paths == ["/login", "/things", "/things", "/things", "/login", "/things"]


@pytest.mark.parametrize(
    ("connector", "kind", "parts", "header"),
    [
        ("erp/erpnext", "api_key", PARTS["api_key"], "token CANARY-key:CANARY-secret"),
        ("commerce/bigcommerce", "api_key", {"key": "CANARY-key"}, "CANARY-key"),
        ("erp/pennylane", "bearer", PARTS["bearer"], "Bearer CANARY-bearer-token"),
        ("tax/avalara", "basic", PARTS["basic"], "Basic bWU6Q0FOQVJZLXBhc3N3b3Jk"),
        (
            "erp/netsuite", "oauth1",
            {"consumer_key": "k", "consumer_secret": "CANARY-1", "token": "CANARY-2",
             "token_secret": "CANARY-3"},
            "OAuth ",
        ),
    ],
)  # fmt: skip
def test_each_kind_lets_in_as_the_manifest_says(
    house: House, connect: Connect, connector: str, kind: str, parts: dict[str, str], header: str
) -> None:
    with http_server() as server:
        connect(server, connector, kind, parts)
        assert put(house).status == 200
        sent = server.seen[0].headers
    assert header in (sent.get("authorization", "") + sent.get("x-auth-token", ""))[: len(header)]


def test_what_would_be_too_much_waits_or_says_how_long(house: House, connect: Connect) -> None:
    """QuickBooks: ten calls in a second."""
    with http_server() as server:
        connect(
            server, "erp/quickbooks", "oauth2_code", TOKEN, variables={"realm": "1"}, oauth=True
        )
        for _ in range(10):
            put(house, patience=0.05)
        with pytest.raises(Throttled) as refused:
            put(house, patience=0.05)
        assert len(server.seen) == 10
    assert refused.value.wait is not None
    assert 0 < refused.value.wait <= 1.1
    assert (refused.value.outcome, refused.value.retriable) == ("not_applied", True)


def test_what_is_less_urgent_leaves_room(house: House, connect: Connect) -> None:
    with http_server() as server:
        connect(
            server, "erp/quickbooks", "oauth2_code", TOKEN, variables={"realm": "1"}, oauth=True
        )
        for _ in range(8):
            put(house, patience=0.01, priority=1)
        with pytest.raises(Throttled):
            put(house, patience=0.01, priority=1)
        assert put(house, patience=0.01, priority=0).status == 200


def test_a_target_that_says_too_much_is_left_alone_as_long_as_it_says(
    house: House, connect: Connect
) -> None:
    with http_server(lambda seen: (429, {"Retry-After": "120"}, b"{}")) as server:
        connect(server)
        assert put(house).status == 429
        with pytest.raises(Throttled) as refused:
            put(house, patience=0.1)
        assert len(server.seen) == 1
    assert refused.value.wait is not None
    assert 110 < refused.value.wait <= 120


def test_a_target_in_trouble_is_left_alone(house: House, connect: Connect) -> None:
    with http_server(lambda seen: (500, {}, b"{}")) as server:
        connect(server)
        assert [put(house).status for _ in range(5)] == [500] * 5
        with pytest.raises(Open):
            put(house)
        assert len(server.seen) == 5


def test_a_lost_answer_is_uncertain_and_never_sent_again(house: House, connect: Connect) -> None:
    def hang_up(line: socket.socket) -> None:
        line.recv(65536)

    with raw_server(hang_up) as server:
        connect(server)
        with pytest.raises(TransportFailed) as failed:
            put(house, counterfoil="c9")
        assert len(server.seen) == 1
    assert failed.value.outcome == "uncertain"
    with house.store.reading() as transaction:
        [row] = exchanges.page(transaction, "acme", after=0, limit=9, counterfoil="c9")
    assert msgspec.json.decode(row["exchange"])["outcome"] == "uncertain"


def test_a_call_is_announced_only_when_nothing_stands_in_its_way(
    house: House, connect: Connect
) -> None:
    announced: list[int] = []
    with http_server(lambda seen: (429, {"Retry-After": "60"}, b"{}")) as server:
        connect(server)
        put(house, before=lambda: announced.append(len(server.seen)))
        with pytest.raises(Throttled):
            put(house, patience=0.1, before=lambda: announced.append(-1))
    assert announced == [0]


def test_no_more_calls_at_once_than_allowed(house: House, connect: Connect) -> None:
    under_way, most, lock = [0], [0], threading.Lock()

    def reply(seen: Seen) -> Reply:
        with lock:
            under_way[0] += 1
            most[0] = max(most[0], under_way[0])
        time.sleep(0.03)
        with lock:
            under_way[0] -= 1
        return 200, {}, b"{}"

    with http_server(reply) as server:
        connect(server, concurrency=2)
        threads = [threading.Thread(target=put, args=(house,)) for _ in range(8)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        assert (len(server.seen), most[0]) == (8, 2)


def test_rows_come_over_pages_and_a_refusal_tells_the_vendors_words(
    house: House, connect: Connect
) -> None:
    def reply(seen: Seen) -> Reply:
        if "start=3" in seen.path:
            return 400, {}, b'{"Fault": {"Error": [{"Detail": "No such realm", "code": "610"}]}}'
        start = int(parse_qs(urlsplit(seen.path).query)["start"][0])
        return 200, {}, json.dumps({"rows": [start, start + 1][: 2 if start < 3 else 1]}).encode()

    spec = {
        "path": "/list", "items": "rows", "params": {"of": "{realm}"},
        "paging": {"style": "offset", "parameter": "start", "size_parameter": "max", "size": 1,
                   "start": 0},
    }  # fmt: skip
    with http_server(reply) as server:
        connect(
            server, "erp/quickbooks", "oauth2_code", TOKEN, variables={"realm": "1"}, oauth=True
        )
        rows: list[int] = []
        with open_caller(house, "acme", "there") as caller, pytest.raises(Answered) as refused:
            rows.extend(caller.rows(spec))
        assert "of=1" in server.seen[0].path
    assert "No such realm" in refused.value.message
    assert refused.value.extra["vendor"] == {"status": 400, "code": "610"}


def test_a_changed_connection_is_called_as_it_is_now(house: House, connect: Connect) -> None:
    with http_server() as server, http_server() as other:
        connect(server)
        put(house)
        settings = {"base_url": other.url("/v9", host="127.0.0.1"), **NEXT_DOOR}
        body = {"settings": settings, "credential": {"kind": "bearer", "parts": {"token": "new-1"}}}
        changing.change(house, "acme", "test", "there", body)
        put(house)
        assert (len(server.seen), other.seen[0].path) == (1, "/v9/things")
        assert other.seen[0].headers["authorization"] == "Bearer new-1"
