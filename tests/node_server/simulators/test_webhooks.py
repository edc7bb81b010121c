"""What a simulator sends is signed as its manifest says, and forgeries of it are refused."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from connectors._transport import Delivery, Keys, SignatureRefused, verify
from connectors._transport.picking import pick
from node_server.simulators import Simulator, start
from tests.node_server.receiver import Receiver, receiving
from tests.node_server.simulators.walker import having, manifests, walking
from tests.transport.servers import Seen, http_server

SENDERS = [
    name
    for name in sorted({name for name, _ in having("list")})
    if manifests()[name].get("webhooks", {}).get("signature", {}).get("scheme", "none") != "none"
]


@pytest.fixture(scope="module")
def listening() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.fixture
def receiver(listening: Receiver) -> Receiver:
    listening.got.clear()
    listening.answers.clear()
    return listening


@pytest.fixture
def simulator(request: pytest.FixtureRequest) -> Iterator[Simulator]:
    with start(request.param, seed=9) as found:
        yield found


every_sender = pytest.mark.parametrize("simulator", SENDERS, indirect=True)
xero = pytest.mark.parametrize("simulator", ["erp/xero"], indirect=True)
stripe = pytest.mark.parametrize("simulator", ["bank/stripe"], indirect=True)


def listed(simulator: Simulator) -> str:
    shelves = simulator.system.target.shelves
    return next(shelf.resources[0] for shelf in shelves if shelf.of("list"))


def register(simulator: Simulator, receiver: Receiver) -> dict[str, Any]:
    """Registered, and what the handshake sent is put aside."""
    kind = simulator.system.target.manifest["webhooks"].get("handshake", {}).get("kind")
    if kind == "intent_to_receive":
        receiver.answers += [(200, {}), (401, {})]
    if kind == "echo_parameter":
        simulator.system.webhooks.url = receiver.url
        return {"accepted": True}
    told = simulator.system.webhooks.register(receiver.url)
    receiver.got.clear()
    return told


def delivery_of(receiver: Receiver, place: int = -1, url: str = "") -> Delivery:
    headers, body = receiver.got[place]
    return Delivery("POST", url or receiver.url, headers, body)


def keys_of(simulator: Simulator) -> Keys:
    keyring = simulator.system.keyring
    return Keys((keyring.webhook_secret,), (keyring.public_key(),))


def checked(simulator: Simulator, delivery: Delivery, shift: int = 0) -> None:
    signature = simulator.system.target.manifest["webhooks"]["signature"]
    verify(signature, delivery, keys_of(simulator), now=int(time.time()) + shift)


def test_there_are_senders_of_several_schemes() -> None:
    schemes = {manifests()[name]["webhooks"]["signature"]["scheme"] for name in SENDERS}
    assert {"hmac", "shared_secret", "basic"} <= schemes


@every_sender
def test_a_change_is_told_and_its_signature_holds(simulator: Simulator, receiver: Receiver) -> None:
    assert register(simulator, receiver)["accepted"]
    resource = listed(simulator)
    (row_id,) = simulator.put(resource, {"simulated": "1"})
    assert simulator.system.webhooks.flush()
    checked(simulator, delivery_of(receiver))
    spec = simulator.system.target.manifest["webhooks"]
    event = pick(json.loads(receiver.got[0][1]), spec.get("events", ""))
    event = event[0] if isinstance(event, list) else event
    assert "object_id" not in spec or str(pick(event, spec["object_id"])) == row_id
    assert "event_id" not in spec or pick(event, spec["event_id"])
    assert "event_id_header" not in spec or spec["event_id_header"] in receiver.got[0][0]


@every_sender
def test_forgeries_are_refused(simulator: Simulator, receiver: Receiver) -> None:
    register(simulator, receiver)
    simulator.put(listed(simulator), {"simulated": "10.50"})
    simulator.system.webhooks.flush()
    genuine = delivery_of(receiver)
    scheme = simulator.system.target.manifest["webhooks"]["signature"]["scheme"]
    other = Keys(("whsec_" + "A" * 43 + "=",), ())
    signature = simulator.system.target.manifest["webhooks"]["signature"]
    with pytest.raises(SignatureRefused):
        verify(signature, genuine, other, now=int(time.time()))
    bare = Delivery("POST", genuine.url, {}, genuine.body)
    if "path" not in signature:
        with pytest.raises(SignatureRefused):
            checked(simulator, bare)
    if scheme in ("shared_secret", "basic"):
        return
    altered = genuine.body.replace(b'":"', b'":"9', 1)
    for body in (altered, json.dumps(receiver.events[0]).encode(), b""):
        assert body != genuine.body
        with pytest.raises(SignatureRefused):
            checked(simulator, Delivery("POST", genuine.url, genuine.headers, body))
    if "timestamp" in signature.get("signed", ()) or signature.get("tolerance"):
        with pytest.raises(SignatureRefused):
            checked(simulator, genuine, shift=4000)


@xero
def test_an_intent_to_receive_wants_the_bad_signature_refused(
    simulator: Simulator, receiver: Receiver
) -> None:
    receiver.answers = [(200, {}), (200, {})]
    assert not simulator.system.webhooks.register(receiver.url)["accepted"]
    assert simulator.system.webhooks.url == ""
    receiver.answers = [(200, {}), (401, {})]
    assert simulator.system.webhooks.register(receiver.url)["accepted"]
    checked(simulator, delivery_of(receiver, -2))
    with pytest.raises(SignatureRefused):
        checked(simulator, delivery_of(receiver, -1))


def test_a_receiver_must_give_the_token_of_the_handshake_back() -> None:
    def echo(seen: Seen) -> tuple[int, dict[str, str], bytes]:
        token = parse_qs(urlsplit(seen.path).query).get("validationToken", [""])[0]
        return 200, {}, token.encode() if seen.path.startswith("/good") else b"hello"

    with start("erp/business_central") as simulator, http_server(echo) as server:
        register = simulator.system.webhooks.register
        assert not register(server.url("/bad", host="127.0.0.1"))["accepted"]
        assert register(server.url("/good", host="127.0.0.1"))["accepted"]
        assert len(server.seen) == 2


@xero
def test_a_webhook_can_come_twice_or_late(simulator: Simulator, receiver: Receiver) -> None:
    register(simulator, receiver)
    simulator.fail(next=["duplicate_webhook", "late_webhook"])
    with walking(simulator) as walker:
        ids = []
        for number in range(3):
            answer = walker.create("contact", f"C{number}", f"k{number}")
            ids.append(walker.id_of("contact", answer))
    simulator.system.webhooks.flush()
    told = [event["events"][0]["resourceId"] for event in receiver.events]
    assert told == [ids[0], ids[0], ids[2], ids[1]]


@stripe
def test_a_change_by_a_person_is_told_too(simulator: Simulator, receiver: Receiver) -> None:
    register(simulator, receiver)
    (row_id,) = simulator.put("invoice", {"status": "open"})
    simulator.change("invoice", row_id, status="paid")
    simulator.system.webhooks.flush()
    told = [(event["type"], event["data"]["object"]["status"]) for event in receiver.events]
    assert told == [("invoice.created", "open"), ("invoice.updated", "paid")]
    with pytest.raises(KeyError):
        simulator.change("invoice", "nobody", status="paid")


@stripe
def test_a_deaf_receiver_is_tried_again(simulator: Simulator, receiver: Receiver) -> None:
    register(simulator, receiver)
    receiver.answers = [(500, {}), (503, {})]
    simulator.put("invoice", {"status": "open"})
    assert simulator.system.webhooks.flush()
    assert len({body for _, body in receiver.got}) == 1
    assert len(receiver.got) == 3
    assert [sent.status for sent in simulator.system.webhooks.sent] == [204]
