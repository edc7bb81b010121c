"""One document, one effect, on both stores, against a target that fails at will."""

from __future__ import annotations

from typing import get_args

import pytest

from node_server.operations.posting.judging import Class

from .conftest import Open

CLASSES = get_args(Class)
# Five failures in a row would open the breaker, and all would wait for half a minute.
DONE_UNHEARD = ("lost", "cut", "500_after", "timeout_after")
NOT_DONE = ("reset", "500", "429", "503", "timeout")


@pytest.mark.parametrize("kind", CLASSES)
def test_a_document_is_posted_and_the_target_gives_its_id(desk: Open, kind: str) -> None:
    there = desk(f"sim/{kind}")
    record = there.invoice()
    planned = there.post(record)
    assert planned.status_code == 202, planned.text
    assert planned.headers["Location"] == f"/v1/counterfoils/{there.key(planned)}"
    there.work(60)
    (bill,) = there.target.objects("bill")
    said = there.served.get(planned.headers["Location"]).get_json()
    assert (said["state"], said["outcome"], said["attempts"]) == ("confirmed", "applied", 1)
    assert said["target"]["id"] == bill["id"]
    assert there.document(record)["state"] == "posted"
    assert there.events()[-1] == "posted"


@pytest.mark.parametrize("kind", CLASSES)
def test_a_lost_answer_makes_no_second_one(desk: Open, kind: str) -> None:
    there = desk(f"sim/{kind}")
    names = [{"name": name, "on": "create", "seconds": 2} for name in DONE_UNHEARD]
    there.target.fail(next=names)
    records = [there.invoice() for _ in names]
    for each in records:
        there.post(each)
    there.work(steps=len(names))
    assert {row["state"] for row in there.rows()} == {"uncertain"}
    assert there.events().count("post_uncertain") == len(names)
    there.work(60)
    made = {bill["number"]: bill["id"] for bill in there.target.objects("bill")}
    assert len(there.target.objects("bill")) == len(made) == len(names)
    assert {row["target_id"] for row in there.rows()} == set(made.values())
    assert {there.document(each)["state"] for each in records} == {"posted"}


@pytest.mark.parametrize("kind", CLASSES)
def test_what_did_not_arrive_is_sent_again(desk: Open, kind: str) -> None:
    there = desk(f"sim/{kind}")
    names = [{"name": name, "on": "create", "seconds": 1} for name in NOT_DONE]
    there.target.fail(next=names)
    for _ in names:
        there.post(there.invoice())
    there.work(60)
    assert len(there.target.objects("bill")) == len(names)
    assert {(row["state"], row["attempts"]) for row in there.rows()} == {("confirmed", 2)}
