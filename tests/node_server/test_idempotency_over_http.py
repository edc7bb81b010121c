"""The same call twice is one call."""

from __future__ import annotations

import threading

import pytest

from node_server.errors import Refusal
from node_server.operations import answering
from node_server.operations.answering import Kept, once

from .conftest import INVOICE, Served
from .test_documents_over_http import canonical

KEY = {"Idempotency-Key": "run-1-node-2"}


def post(served: Served, data: bytes, tenant: str = "acme", **headers: str):  # type: ignore[no-untyped-def]
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    path = "/v1/documents?connector=canonical"
    return served.call("POST", path, "mapper", tenant, headers=named, data=data)


def test_the_stored_answer_is_replayed(served: Served) -> None:
    first = post(served, canonical(), Idempotency_Key="k1")
    again = post(served, canonical(), Idempotency_Key="k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.data == first.data
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers


def test_a_quoted_key_is_the_same_as_a_bare_one(served: Served) -> None:
    post(served, canonical(), Idempotency_Key='"k1"')
    assert "Idempotent-Replayed" in post(served, canonical(), Idempotency_Key="k1").headers


def test_the_same_key_with_another_body_is_refused(served: Served) -> None:
    post(served, canonical(), Idempotency_Key="k1")
    refused = post(served, canonical("INV-2"), Idempotency_Key="k1")
    assert (refused.status_code, refused.get_json()["code"]) == (422, "idempotency_key_reused")
    assert refused.get_json()["outcome"] == "not_applied"


def test_a_key_belongs_to_its_tenant(served: Served) -> None:
    post(served, canonical(), Idempotency_Key="k1")
    other = post(served, canonical("INV-2"), tenant="other", Idempotency_Key="k1")
    assert other.status_code == 201


def test_a_key_belongs_to_its_operation(served: Served) -> None:
    found = post(served, canonical(), Idempotency_Key="k1").get_json()["documents"][0]
    path = f"/v1/documents/{found['id']}/transitions"
    moved = served.call("POST", path, "approver", headers={"Idempotency-Key": "k1"},
                        json={"to": "approved"})  # fmt: skip
    assert moved.status_code == 200


def test_a_refusal_for_good_is_replayed_too(served: Served) -> None:
    first = post(served, b"{}", Idempotency_Key="k1")
    again = post(served, b"{}", Idempotency_Key="k1")
    assert (first.status_code, again.status_code) == (422, 422)
    assert "Idempotent-Replayed" in again.headers


@pytest.mark.parametrize("key", ["", " ", "\x7f", "x" * 256])
def test_an_odd_key_is_refused(served: Served, key: str) -> None:
    refused = post(served, canonical(), Idempotency_Key=key)
    assert (refused.status_code, refused.get_json()["code"]) == (400, "idempotency_key_invalid")


def test_while_the_first_call_is_under_way_the_second_is_told_to_wait(served: Served) -> None:
    began, go_on = threading.Event(), threading.Event()

    def slow() -> Kept:
        began.set()
        go_on.wait(10)
        return Kept(200, "application/json", None, b"{}")

    first = threading.Thread(target=once, args=(served.house, "acme", "op", "k", "h", slow))
    first.start()
    began.wait(10)
    with pytest.raises(Refusal) as caught:
        once(served.house, "acme", "op", "k", "h", slow)
    go_on.set()
    first.join()
    assert (caught.value.status, caught.value.retry_after) == (409, 1)
    assert once(served.house, "acme", "op", "k", "h", slow).replayed


def test_a_call_that_failed_for_a_passing_reason_may_be_made_again(served: Served) -> None:
    def fails() -> Kept:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        once(served.house, "acme", "op", "k", "h", fails)
    done = once(served.house, "acme", "op", "k", "h", lambda: Kept(200, None, None, b""))
    assert not done.replayed


def test_a_claim_of_a_process_that_died_is_taken_over(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "_IN_FLIGHT_MARGIN", -1000)
    died: list[BaseException] = []

    def dies() -> Kept:
        raise KeyboardInterrupt

    monkeypatch.setattr(answering.answers, "release", lambda *_: None)
    try:
        once(served.house, "acme", "op", "k", "h", dies)
    except KeyboardInterrupt as error:
        died.append(error)
    assert died
    assert not once(
        served.house, "acme", "op", "k", "h", lambda: Kept(200, None, None, b"")
    ).replayed


def test_without_a_key_the_documents_own_key_serves(served: Served) -> None:
    for _ in range(3):
        served.take_in(INVOICE)
    assert len(served.get("/v1/documents").get_json()["data"]) == 1
