"""The trigger's whole life: subscribed, told, not fooled, and gone again."""

from __future__ import annotations

import time
from typing import Any

import pytest
import requests

from tests.n8n.n8n_host import N8n
from tests.n8n.samples import invoice
from tests.n8n.standing import Server
from tests.n8n.workflows import PACKAGE, chain, node

Json = dict[str, Any]


def trigger(credential: Json, kind: str = "counterfoilTrigger", **stated: Any) -> Json:
    whole = {"authentication": "apiKey", **stated}
    made = node("Trigger", f"{PACKAGE}.{kind}", parameters=whole, credentials=credential)
    return made | {"webhookId": made["id"]}


def subscriptions(server: Server) -> list[Json]:
    return list(server.asked("GET", "/v1/subscriptions")["data"])


def take_in(server: Server, number: str) -> str:
    path = "/v1/documents?connector=canonical"
    made = server.asked("POST", path, "n8n", json=invoice(number))
    return str(made["documents"][0]["id"])


def heard(n8n: N8n, workflow_id: str, number: int, seconds: float = 30) -> list[Json]:
    """The executions of a workflow, when there are so many."""
    end = time.monotonic() + seconds
    while len(found := n8n.executions(workflow_id)) < number and time.monotonic() < end:
        time.sleep(0.2)
    return found


@pytest.fixture
def listening(n8n: N8n, credential: Json, server: Server) -> Any:
    """A workflow that starts when an invoice is validated, with its document."""
    stated = {"events": ["validated"], "kinds": ["invoice"], "options": {"includeDocument": True}}
    after = node("After", "n8n-nodes-base.noOp")
    workflow_id = n8n.save(chain(trigger(credential, **stated), after))
    state = n8n.activate(workflow_id)
    assert state["status"] == "published", state
    yield workflow_id
    n8n.deactivate(workflow_id)


def test_activation_subscribes_and_deactivation_ends_it(
    n8n: N8n, credential: Json, server: Server
) -> None:
    before = len(subscriptions(server))
    workflow_id = n8n.save(chain(trigger(credential), node("After", "n8n-nodes-base.noOp")))
    n8n.activate(workflow_id)
    [made] = subscriptions(server)[before:]
    assert made["url"].startswith(n8n.url("/webhook/"))
    assert made["types"] == ["finance.*.*.v1"]
    n8n.deactivate(workflow_id)
    for _ in range(50):
        if len(subscriptions(server)) == before:
            return
        time.sleep(0.1)
    raise AssertionError("the subscription is still there")


def test_an_event_starts_the_workflow_with_its_document(
    n8n: N8n, server: Server, listening: str
) -> None:
    made = take_in(server, "T-1")
    [execution] = heard(n8n, listening, 1)
    [item] = n8n.ended(execution["id"]).items("After")
    assert item["type"] == "finance.invoice.validated.v1"
    assert item["subject"] == made
    assert item["record"]["document"]["number"] == "T-1"


def test_a_forged_event_is_refused_and_starts_nothing(
    n8n: N8n, server: Server, listening: str
) -> None:
    url = subscriptions(server)[-1]["url"]
    event = {"id": "evt_1", "type": "finance.invoice.validated.v1", "data": {"id": "inv_1"}}
    now = str(int(time.time()))
    for signature in ("", "v1,AAAA", "v1," + "A" * 44):
        headers = {"webhook-id": "evt_1", "webhook-timestamp": now, "webhook-signature": signature}
        answer = requests.post(url, json=event, headers=headers, timeout=30)
        assert answer.status_code == 401, answer.text
        assert "signature" in answer.json()["message"]
    assert n8n.executions(listening) == []


def test_an_event_that_is_not_wanted_starts_nothing(
    n8n: N8n, credential: Json, server: Server
) -> None:
    wanted = trigger(credential, events=["validated"], options={"onlyWithErrors": True})
    workflow_id = n8n.save(chain(wanted, node("After", "n8n-nodes-base.noOp")))
    n8n.activate(workflow_id)
    take_in(server, "T-2")
    subscription = subscriptions(server)[-1]["id"]
    for _ in range(100):
        path = f"/v1/subscriptions/{subscription}/deliveries?state=delivered"
        if server.asked("GET", path)["data"]:
            break
        time.sleep(0.1)
    n8n.deactivate(workflow_id)
    assert n8n.executions(workflow_id) == []


def test_the_polling_trigger_reads_what_is_there(
    n8n: N8n, credential: Json, server: Server
) -> None:
    take_in(server, "T-3")
    stated = {"events": ["received"], "options": {"includeDocument": True}}
    polled = trigger(credential, "counterfoilPollingTrigger", **stated)
    [item] = n8n.run(chain(polled, node("After", "n8n-nodes-base.noOp"))).items("After")
    assert item["type"].endswith(".received.v1")
    assert "document" in item["record"]
