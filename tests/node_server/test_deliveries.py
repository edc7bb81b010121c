"""Subscribers are told: signed, at least once, in order for each document, and not for ever."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import update
from standardwebhooks import Webhook

from node_server.operations.delivering import WAITS, Deliverer
from node_server.store import clock
from node_server.store.tables import deliveries

from .conftest import Served
from .receiver import Receiver, receiving
from .test_documents_over_http import canonical, take


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


def subscribe(served: Served, receiver: Receiver, *types: str) -> dict[str, Any]:
    wish: dict[str, Any] = {"url": receiver.url} | ({"types": list(types)} if types else {})
    answer = served.post("/v1/subscriptions", json=wish)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.get_json()
    return made


def deliver(served: Served, rounds: int = 6) -> None:
    deliverer = Deliverer(served.house)
    for _ in range(rounds):
        deliverer.round()
    deliverer.close()


def make_due(served: Served) -> None:
    """Let the wait before the next attempt be over."""
    with served.house.store.writing() as connection:
        connection.execute(update(deliveries).values(due_at=clock.stamp(after=-1)))


def test_an_event_is_signed_so_that_the_reference_package_believes_it(
    served: Served, receiver: Receiver
) -> None:
    secret = subscribe(served, receiver)["secret"]
    take(served, canonical())
    deliver(served)
    assert len(receiver.got) == 2
    for headers, body in receiver.got:
        lower = {name.lower(): value for name, value in headers.items()}
        event = Webhook(secret).verify(body.decode(), lower)
        assert event["id"] == lower["webhook-id"]
        assert event["specversion"] == "1.0"


def test_events_of_a_document_come_in_order(served: Served, receiver: Receiver) -> None:
    subscribe(served, receiver)
    found = take(served, canonical())
    path = f"/v1/documents/{found['id']}/transitions"
    served.post(path, "approver", json={"to": "approved"})
    served.post(path, "poster", json={"to": "posted"})
    deliver(served)
    told = [event["type"].split(".")[2] for event in receiver.events]
    assert told == ["received", "validated", "approved", "posted"]


def test_a_later_event_waits_until_the_earlier_one_was_taken(
    served: Served, receiver: Receiver
) -> None:
    subscribe(served, receiver)
    receiver.answers = [(500, {})]
    take(served, canonical())
    deliver(served)
    assert [event["sequence"] for event in receiver.events] == ["1"]
    make_due(served)
    deliver(served)
    assert [event["sequence"] for event in receiver.events] == ["1", "1", "2"]


def test_only_the_types_that_were_asked_for_are_told(served: Served, receiver: Receiver) -> None:
    subscribe(served, receiver, "finance.*.validated.v1")
    take(served, canonical())
    deliver(served)
    assert [event["type"] for event in receiver.events] == ["finance.invoice.validated.v1"]


def test_the_same_events_are_in_the_stream(served: Served, receiver: Receiver) -> None:
    subscribe(served, receiver)
    take(served, canonical())
    deliver(served)
    stream = served.get("/v1/events").get_json()
    assert stream["data"] == receiver.events
    again = served.get(f"/v1/events?after={stream['next_cursor']}").get_json()
    assert again["data"] == []
    assert served.get("/v1/events?types=finance.*.validated.v1").get_json()["data"] == [
        event for event in receiver.events if ".validated." in event["type"]
    ]


def test_what_cannot_be_delivered_is_dead_in_the_end_and_can_be_sent_again(
    served: Served, receiver: Receiver
) -> None:
    made = subscribe(served, receiver, "finance.*.received.v1")
    receiver.answers = [(503, {})] * (len(WAITS) + 1)
    take(served, canonical())
    for _ in range(len(WAITS) + 3):
        make_due(served)
        deliver(served, 1)
    path = f"/v1/subscriptions/{made['id']}"
    dead = served.get(f"{path}/deliveries?state=dead").get_json()["data"]
    assert len(dead) == 1
    assert dead[0]["attempts"] == len(WAITS) + 1
    assert "503" in dead[0]["error"]
    assert served.post(f"{path}/replay").get_json() == {"replayed": 1}
    deliver(served, 1)
    assert [each["state"] for each in served.get(f"{path}/deliveries").get_json()["data"]] == [
        "delivered"
    ]


def test_a_target_that_is_gone_is_told_nothing_more(served: Served, receiver: Receiver) -> None:
    made = subscribe(served, receiver)
    receiver.answers = [(410, {})]
    take(served, canonical())
    deliver(served)
    assert len(receiver.got) == 1
    shown = served.get(f"/v1/subscriptions/{made['id']}").get_json()
    assert (shown["state"], "410" in shown["why"]) == ("disabled", True)
    served.post(f"/v1/subscriptions/{made['id']}/enable")
    deliver(served)
    assert [event["sequence"] for event in receiver.events] == ["1", "2"]


def test_a_target_says_how_long_to_wait(served: Served, receiver: Receiver) -> None:
    made = subscribe(served, receiver, "finance.*.received.v1")
    receiver.answers = [(429, {"Retry-After": "7200"})]
    take(served, canonical())
    deliver(served)
    rows = served.get(f"/v1/subscriptions/{made['id']}/deliveries").get_json()["data"]
    assert rows[0]["due_at"] > clock.stamp(after=7000)


def test_a_redirect_is_not_followed(served: Served, receiver: Receiver) -> None:
    made = subscribe(served, receiver, "finance.*.received.v1")
    receiver.answers = [(302, {"Location": receiver.url})]
    take(served, canonical())
    deliver(served, 1)
    rows = served.get(f"/v1/subscriptions/{made['id']}/deliveries").get_json()["data"]
    assert (len(receiver.got), rows[0]["state"], rows[0]["status"]) == (1, "pending", 302)


@pytest.mark.parametrize(
    "url",
    [
        "http://10.0.0.1/x",
        "https://169.254.169.254/latest/meta-data",
        "https://user:pass@example.com/",
        "ftp://example.com/",
        "https://[fd00::1]/",
        "not a url",
    ],
)
def test_a_target_that_may_not_be_called_is_refused_at_once(served: Served, url: str) -> None:
    answer = served.post("/v1/subscriptions", json={"url": url})
    assert (answer.status_code, answer.get_json()["code"]) == (422, "target_refused")


def test_a_type_that_matches_no_event_is_refused(served: Served) -> None:
    wish = {"url": "https://example.com/", "types": ["finance.invoice.posted.v2"]}
    assert served.post("/v1/subscriptions", json=wish).status_code == 422


def test_an_ended_subscription_gets_nothing(served: Served, receiver: Receiver) -> None:
    made = subscribe(served, receiver)
    take(served, canonical())
    assert served.call("DELETE", f"/v1/subscriptions/{made['id']}").status_code == 204
    deliver(served)
    assert receiver.got == []
