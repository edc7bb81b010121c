"""The way to another system: let in, within its limits, on record."""

from __future__ import annotations

import msgspec

from node_server.operations.calling import open_caller
from node_server.operations.house import House
from node_server.store import access, connections, exchanges
from tests.node_server.connecting.conftest import Connect
from tests.transport.servers import http_server


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
    assert now is not None and now.state == "active"
