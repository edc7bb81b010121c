"""One document, one effect: over HTTP, on both stores, against a target that fails at will."""

from __future__ import annotations

from typing import get_args

import pytest

from node_server.operations.posting.judging import Class

from .conftest import Open

CLASSES = get_args(Class)


@pytest.mark.parametrize("kind", CLASSES)
def test_a_document_is_posted_and_the_target_gives_its_id(desk: Open, kind: str) -> None:
    there = desk(f"sim/{kind}")
    record = there.invoice()
    planned = there.post(record)
    assert planned.status_code == 202, planned.text
    assert planned.headers["Location"] == f"/v1/counterfoils/{there.key(planned)}"
    there.work()
    (bill,) = there.target.objects("bill")
    said = there.served.get(planned.headers["Location"]).get_json()
    assert (said["state"], said["outcome"], said["attempts"]) == ("confirmed", "applied", 1)
    assert said["target"]["id"] == bill["id"]
    assert there.document(record)["state"] == "posted"
    assert there.events()[-1] == "posted"


@pytest.mark.parametrize("kind", CLASSES)
@pytest.mark.parametrize("fault", ["lost", "cut", "reset_after", "500_after", "timeout_after"])
def test_a_lost_answer_makes_no_second_one(desk: Open, kind: str, fault: str) -> None:
    there = desk(f"sim/{kind}")
    there.target.fail(next=[{"name": fault, "on": "create", "seconds": 5}])
    record = there.invoice()
    there.post(record)
    there.work(steps=1)
    assert there.row["state"] == "uncertain"
    assert there.events()[-1] == "post_uncertain"
    there.work()
    assert len(there.target.objects("bill")) == 1
    assert there.row["state"] == "confirmed"
    assert there.row["target_id"] == there.target.objects("bill")[0]["id"]
    assert there.document(record)["state"] == "posted"


@pytest.mark.parametrize("kind", CLASSES)
@pytest.mark.parametrize("fault", ["reset", "500", "503", "429", "timeout"])
def test_what_did_not_arrive_is_sent_again(desk: Open, kind: str, fault: str) -> None:
    there = desk(f"sim/{kind}")
    there.target.fail(next=[{"name": fault, "on": "create", "seconds": 1}])
    there.post(there.invoice())
    there.work()
    assert len(there.target.objects("bill")) == 1
    assert (there.row["state"], there.row["attempts"]) == ("confirmed", 2)
