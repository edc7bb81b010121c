"""Files on the record in the target: what it was read from and who approved, each once."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import TestResponse

from node_server.store import erasing, traces
from tests.node_server.conftest import BILL
from tests.node_server.posting.conftest import Desk, Open
from tests.node_server.posting.test_posting_rules import PARTY

TARGETS = ["erp/xero", "erp/quickbooks", "erp/odoo", "erp/tryton", "erp/erpnext"]


def files(desk: Desk) -> list[dict[str, Any]]:
    """What hangs at the one record in the target."""
    found = []
    for shelf in desk.target.system.target.shelves:
        for row in desk.target.system.rows.all(shelf):
            found += row.files
    return found


def approved(desk: Desk) -> str:
    taken = desk.served.post(
        "/v1/documents", "mapper", data=BILL, headers={"Content-Type": "application/json"}
    ).get_json()
    return desk.moved(taken["documents"][0]["id"] if "documents" in taken else taken["id"],
                      "approved")  # fmt: skip


def posted(desk: Desk, record: str, **body: Any) -> TestResponse:
    answer = desk.post(record, **body)
    assert answer.status_code in (200, 202), answer.text
    return answer


def attached(desk: Desk) -> list[dict[str, Any]]:
    return [row for row in desk.rows() if row["action"] == "attach"]


@pytest.fixture(params=TARGETS)
def books(request: pytest.FixtureRequest, desk: Open) -> Desk:
    return desk(request.param)


def test_source_and_evidence_follow_the_record(books: Desk) -> None:
    record = approved(books)
    said = posted(books, record, attach="both").get_json()
    assert [each["action"] for each in said["files"]] == ["attach", "attach"]
    books.work()
    assert [(row["state"], row["why"]) for row in attached(books)] == [("confirmed", None)] * 2
    names = sorted(each["name"] for each in files(books))
    assert names[0].startswith("approval-")
    assert names[0].endswith(".txt")
    assert names[1].endswith(".json")
    sizes = {each["name"].rpartition(".")[2]: each["bytes"] for each in files(books)}
    assert sizes["json"] == len(BILL)
    assert books.document(record)["state"] == "posted"
    assert books.events().count("attachment_added") == 2


@pytest.mark.slow
def test_a_lost_answer_attaches_nothing_twice(books: Desk) -> None:
    once_after(books, "lost@attach")


@pytest.mark.slow
def test_what_was_not_taken_is_attached_again(desk: Open) -> None:
    once_after(desk("erp/quickbooks"), "reset@attach")


def once_after(books: Desk, fault: str) -> None:
    record = approved(books)
    books.target.fail(next=[fault])
    posted(books, record, attach="source")
    books.work(30)
    (row,) = attached(books)
    assert (row["state"], row["why"]) == ("confirmed", None)
    assert len(files(books)) == 1


def test_the_connection_says_what_is_attached(desk: Open) -> None:
    books = desk("erp/quickbooks", connect=False)
    books.connect(attach="evidence")
    record = approved(books)
    posted(books, record)
    books.work()
    (file,) = files(books)
    assert file["name"].startswith("approval-")


def test_what_is_there_already_gets_its_files_on_demand_and_once(desk: Open) -> None:
    books = desk("erp/quickbooks")
    record = approved(books)
    posted(books, record)
    books.work()
    assert files(books) == []
    for _ in range(2):
        said = posted(books, record, attach="source").get_json()
        assert said["replayed"] is True
        books.work()
    assert len(files(books)) == 1
    assert len(attached(books)) == 1


def test_evidence_names_who_approved_why_and_what(desk: Open) -> None:
    books = desk("erp/quickbooks")
    record = approved(books)
    posted(books, record, attach="evidence")
    books.work()
    text = attached(books)[0]["body"].decode()
    shown = books.document(record)
    assert record in text
    assert shown["content_hash"] in text
    assert ": fine" in text
    assert "approved by" in text


def test_without_an_approval_there_is_no_evidence(desk: Open) -> None:
    books = desk("erp/xero")
    party = books.taken(PARTY)
    said = posted(books, party, attach="evidence").get_json()
    assert "files" not in said


def test_what_came_from_the_target_itself_is_not_sent_back(desk: Open) -> None:
    books = desk("erp/quickbooks")
    record = books.invoice()
    posted(books, record, attach="source")
    books.work()
    assert attached(books) == [], "a canonical document has no source file"


def test_a_target_that_takes_no_files_says_so(desk: Open) -> None:
    books = desk("sim/none")
    record = books.invoice()
    answer = books.post(record, attach="source")
    assert answer.status_code == 422
    assert "cannot attach" in answer.get_json()["message"]
    assert books.rows() == []


def test_files_wait_for_a_record_that_was_refused_and_posted_again(desk: Open) -> None:
    books = desk("erp/quickbooks")
    record = approved(books)
    books.target.fail(next=["refuse@create"])
    posted(books, record, attach="source")
    books.work(3)
    (row,) = attached(books)
    assert row["state"] in ("held", "pending")
    assert files(books) == []


def test_a_file_that_is_still_to_be_attached_is_not_cleared_away(desk: Open) -> None:
    books = desk("erp/quickbooks")
    record = approved(books)
    posted(books, record, attach="evidence")
    (row,) = attached(books)
    with books.served.house.store.writing() as connection:
        erasing.payloads_of_nobody(connection)
        assert traces.raw(connection, "acme", row["step"]) is not None
    books.work()
    assert len(files(books)) == 1
    with books.served.house.store.writing() as connection:
        erasing.payloads_of_nobody(connection)
        assert traces.raw(connection, "acme", row["step"]) is None
