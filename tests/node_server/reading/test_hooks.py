"""Webhooks of other systems: proven, kept once, answered, and followed afterwards."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from connectors._transport import Delivery, Signer, sign_delivery
from node_server.operations.receiving.following import Follower
from tests.node_server.conftest import Served
from tests.node_server.reading.conftest import bill, listening

HERE = "/v1/hooks/acme:there"


def signed(simulator: Any, body: bytes, address: str = "http://127.0.0.1:8400") -> dict[str, str]:
    spec = simulator.system.target.manifest["webhooks"]["signature"]
    secret = simulator.credential["parts"]["webhook_secret"]
    delivery = Delivery("POST", address + HERE, {}, body)
    return dict(
        sign_delivery(
            spec, delivery, Signer(secret, None, "k"), message_id="m1", now=int(time.time())
        )
    )


def event(resource_id: str, number: int = 1) -> bytes:
    """What Xero says when an invoice has changed."""
    return json.dumps(
        {"events": [{"resourceId": resource_id, "eventCategory": "INVOICE",
                     "eventType": "UPDATE", "eventDateUtc": f"2026-11-21T10:00:0{number}.000"}],
         "firstEventSequence": number, "lastEventSequence": number}
    ).encode()  # fmt: skip


def sent(served: Served, body: bytes, headers: dict[str, str]) -> Any:
    return served.client.post(
        HERE, data=body, headers={"Content-Type": "application/json", **headers}
    )


def states(served: Served) -> list[tuple[str, str | None]]:
    rows = served.get("/v1/connections/there/events").get_json()["data"]
    return [(row["state"], row.get("why")) for row in rows]


def test_what_an_event_names_is_fetched_and_taken_in(joined: Any) -> None:
    served, simulator = joined()
    (made,) = simulator.put("invoice", bill(1))
    body = event(made)
    answer = sent(served, body, signed(simulator, body))
    assert (answer.status_code, answer.get_json()) == (200, {"received": 1, "duplicates": 0})
    assert Follower(served.house).round()
    assert states(served) == [("done", None)]
    rows = served.get("/v1/documents").get_json()["data"]
    assert [row["number"] for row in rows] == ["B-1"]
    source = served.get(f"/v1/documents/{rows[0]['id']}").get_json()["source"]
    assert (source["connection"], source["channel"]) == ("there", "webhook")


def test_an_event_that_comes_again_changes_nothing(joined: Any) -> None:
    served, simulator = joined()
    body = event(simulator.put("invoice", bill(1))[0])
    sent(served, body, signed(simulator, body))
    again = sent(served, body, signed(simulator, body))
    assert again.get_json() == {"received": 0, "duplicates": 1}


FORGERIES = {
    "altered": lambda body, headers: (body.replace(b"UPDATE", b"CREATE"), headers),
    "written again": lambda body, headers: (
        json.dumps(json.loads(body), indent=1).encode(),
        headers,
    ),
    "unsigned": lambda body, headers: (body, {}),
    "signed by another": lambda body, headers: (
        body,
        {k: "AAAA" + v[4:] for k, v in headers.items()},
    ),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_what_is_not_proven_is_refused_and_not_kept(joined: Any, forgery: str) -> None:
    served, simulator = joined()
    body = event("any")
    body, headers = FORGERIES[forgery](body, signed(simulator, body))
    answer = sent(served, body, headers)
    assert answer.status_code == 401
    assert answer.get_json()["code"] == "signature_refused"
    assert served.get("/v1/connections/there/events").get_json()["data"] == []


def test_a_connection_without_a_secret_takes_nothing(joined: Any) -> None:
    served, simulator = joined()
    body = event("any")
    headers = signed(simulator, body)
    assert (
        served.call("PATCH", "/v1/connections/there", json={"credential": None}).status_code < 300
    )
    assert sent(served, body, headers).status_code == 401


@pytest.mark.parametrize(
    "path", ["/v1/hooks/there", "/v1/hooks/other:there", "/v1/hooks/acme:gone"]
)
def test_an_address_at_which_nothing_is_expected_says_no_more(joined: Any, path: str) -> None:
    served, _ = joined()
    assert served.client.post(path, data=b"{}").status_code == 404


def test_an_event_of_what_is_not_read_is_ignored(joined: Any) -> None:
    served, simulator = joined()
    body = event("x").replace(b"INVOICE", b"SUBSCRIPTION")
    assert sent(served, body, signed(simulator, body)).status_code == 200
    Follower(served.house).round()
    (row,) = served.get("/v1/connections/there/events").get_json()["data"]
    assert row["state"] == "ignored"


def test_a_system_that_is_down_is_asked_again_later(joined: Any) -> None:
    served, simulator = joined()
    body = event(simulator.put("invoice", bill(1))[0])
    sent(served, body, signed(simulator, body))
    simulator.fail(next=["500"])
    Follower(served.house).round()
    (row,) = served.get("/v1/connections/there/events").get_json()["data"]
    assert (row["state"], row["attempts"]) == ("pending", 1)


def test_it_answers_before_the_work_is_done(joined: Any) -> None:
    served, simulator = joined()
    body = event("x")
    sent(served, body, signed(simulator, body))  # the keys are read once
    times = []
    for number in range(20):
        body = event(f"x{number}")
        headers = signed(simulator, body)
        began = time.perf_counter()
        assert sent(served, body, headers).status_code == 200
        times.append(time.perf_counter() - began)
    assert sorted(times)[len(times) // 2] < 0.05


def test_the_handshake_of_the_system_succeeds(joined: Any) -> None:
    served, simulator = joined()
    with listening(served) as address:
        told = simulator.system.webhooks.register(address + HERE)
    assert told["accepted"], told
