"""A document is dropped as one file, once, however often the answer is lost."""

from __future__ import annotations

import os
import time
from typing import Any

import pytest

from connectors._transport.places import Folder, Sftp, fault
from node_server.operations.posting import planning
from node_server.operations.posting.leasing import take
from node_server.operations.posting.planning import Wish
from node_server.operations.posting.turns import turn
from node_server.store import counterfoils
from tests.node_server.conftest import Served
from tests.node_server.files import sshd
from tests.node_server.files.conftest import WHO, Spot
from tests.node_server.posting.conftest import bill
from tests.node_server.test_documents_over_http import take as take_in

PUSH = {"folder": "out"}


class Desk:
    """Where somebody posts invoices as files."""

    def __init__(self, served: Served, spot: Spot) -> None:
        self.served, self.spot = served, spot
        (spot.folder / "out").mkdir(exist_ok=True)

    def connect(self, **push: Any) -> None:
        self.spot.connect("ap/ubl", push={**PUSH, **push})

    def planned(self, which: int = 1) -> str:
        record: str = take_in(self.served, bill(f"INV-{which}", which))["id"]
        path = f"/v1/documents/{record}/transitions"
        moved = self.served.post(path, "approver", json={"to": "approved", "reason": "fine"})
        assert moved.status_code == 200, moved.text
        planning.plan(self.served.house, WHO, "there", Wish(record))
        return record

    def work(self, *, until: float = 15.0) -> dict[str, Any]:
        end = time.monotonic() + until
        while time.monotonic() < end:
            for row in take(self.served.house, 1):
                turn(self.served.house, row)
            row = self.row
            if row["state"] not in counterfoils.WORKABLE or row["due_at"] == counterfoils.NEVER:
                return row
            time.sleep(0.02)
        return self.row

    def step(self) -> dict[str, Any]:
        for row in take(self.served.house, 1):
            turn(self.served.house, row)
        return self.row

    @property
    def row(self) -> dict[str, Any]:
        with self.served.house.store.reading() as connection:
            (row,) = counterfoils.page(connection, "acme", {}, after=0, limit=9)
        return row


@pytest.fixture
def desk(served: Served, spot: Spot) -> Desk:
    made = Desk(served, spot)
    made.connect()
    return made


def _place(desk: Desk) -> type[Folder] | type[Sftp]:
    return Folder if desk.spot.address.startswith("file:") else Sftp


def test_a_document_is_one_whole_file_under_a_name_with_its_key(desk: Desk) -> None:
    record = desk.planned()
    row = desk.work()
    assert row["state"] == "confirmed"
    (name,) = desk.spot.names("out")
    assert row["target_id"] == f"out/{name}"
    assert name.startswith("invoice-")
    assert name.endswith(".xml")
    assert (desk.spot.folder / "out" / name).read_bytes() == row["body"]
    assert row["url"].startswith(desk.spot.address)
    shown = desk.served.get(f"/v1/documents/{record}").get_json()
    assert shown["state"] == "posted"


@pytest.mark.parametrize("done", [True, False], ids=["renamed", "not renamed"])
def test_a_lost_answer_to_the_renaming_makes_no_second_file(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, done: bool
) -> None:
    place = _place(desk)
    move = place.move

    def lost(self: Any, path: str, to: str) -> None:
        monkeypatch.setattr(place, "move", move)
        if done:
            move(self, path, to)
        raise fault("closed", path)

    monkeypatch.setattr(place, "move", lost)
    desk.planned()
    assert desk.step()["state"] == "uncertain"
    row = desk.work()
    assert row["state"] == "confirmed"
    assert row["attempts"] == (1 if done else 2)
    assert len(desk.spot.names("out")) == 1


def test_what_was_taken_since_is_asked_about_and_not_dropped_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = _place(desk)
    move = place.move

    def taken(self: Any, path: str, to: str) -> None:
        move(self, path, to)
        (desk.spot.folder / to).unlink()
        raise fault("closed", path)

    monkeypatch.setattr(place, "move", taken)
    desk.planned()
    row = desk.work()
    assert (row["state"], row["due_at"]) == ("uncertain", counterfoils.NEVER)
    assert "whether the other side has taken it" in row["why"]
    assert row["attempts"] == 1
    assert desk.spot.names("out") == []


def test_what_the_other_side_has_archived_is_found_there(
    served: Served, spot: Spot, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(served, spot)
    desk.connect(taken=["out/done"])
    done = spot.folder / "out" / "done"
    done.mkdir()
    place = _place(desk)
    move = place.move

    def taken(self: Any, path: str, to: str) -> None:
        move(self, path, to)
        dropped = spot.folder / to
        dropped.rename(done / f"20260131-{dropped.name}.ok")
        raise fault("closed", path)

    monkeypatch.setattr(place, "move", taken)
    desk.planned()
    row = desk.work()
    assert row["state"] == "confirmed"
    assert row["target_id"].startswith("out/done/20260131-")


def test_half_a_file_is_no_file_and_the_next_attempt_is_whole(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = _place(desk)
    write = place.write

    def half(self: Any, path: str, data: bytes) -> None:
        monkeypatch.setattr(place, "write", write)
        write(self, path, data[: len(data) // 2])
        raise fault("closed", path)

    monkeypatch.setattr(place, "write", half)
    desk.planned()
    row = desk.step()
    assert (row["state"], row["first_sent_at"]) == ("pending", None), "it is certain"
    (left,) = desk.spot.names("out")
    assert left.startswith(".")
    assert desk.work()["state"] == "confirmed"
    (name,) = desk.spot.names("out")
    assert (desk.spot.folder / "out" / name).read_bytes() == desk.row["body"]


def test_another_file_of_that_name_is_not_written_over(desk: Desk) -> None:
    desk.planned()
    name = desk.row["url"].rpartition("/")[2]
    desk.spot.put(f"out/{name}", b"somebody else's")
    row = desk.work()
    assert row["state"] == "refused"
    assert "another file is there" in row["why"]
    assert (desk.spot.folder / "out" / name).read_bytes() == b"somebody else's"


def test_a_file_that_is_there_already_is_not_dropped_again(desk: Desk) -> None:
    desk.planned()
    name = desk.row["url"].rpartition("/")[2]
    there = desk.spot.put(f"out/{name}", desk.row["body"])
    os.utime(there, (1, 1))
    assert desk.work()["state"] == "confirmed"
    assert there.stat().st_mtime == 1


def test_a_missing_folder_is_told(desk: Desk) -> None:
    (desk.spot.folder / "out").rmdir()
    desk.planned()
    row = desk.work()
    assert row["state"] == "refused"
    assert "is not there" in row["why"]


def test_names_follow_the_partners_rules(served: Served, spot: Spot) -> None:
    desk = Desk(served, spot)
    folder = "out box 100%"
    (spot.folder / folder).mkdir()
    stated = {"name": "ACME {key}_50%25_{resource}.XML", "temporary": "{name}.writing"}
    desk.connect(folder=folder, **stated)
    desk.planned()
    row = desk.work()
    (name,) = spot.names(folder)
    assert (row["state"], row["target_id"]) == ("confirmed", f"{folder}/{name}")
    assert name.startswith("ACME ")
    assert name.endswith("_50%25_invoice.XML")


def test_a_wire_that_is_cut_in_the_middle_of_a_file_leaves_none(
    served: Served, sftp: Spot, server: sshd.Server
) -> None:
    desk = Desk(served, sftp)
    with sshd.wire(server.port, most=9000) as port:
        sftp.address = sftp.address.replace(str(server.port), str(port))
        desk.connect()
        record = desk.planned()
        with served.house.store.writing() as connection:
            (row,) = counterfoils.page(connection, "acme", {}, after=0, limit=9)
            counterfoils.step(connection, row, body=row["body"] + b" " * 100_000)
        row = desk.step()
    assert record
    assert (row["state"], row["first_sent_at"]) == ("pending", None)
    assert "lost" in row["why"]
    assert all(name.startswith(".") for name in sftp.names("out"))


def test_who_may_only_read_there_is_told_so(
    served: Served, sftp: Spot, server: sshd.Server
) -> None:
    assert sftp.credential is not None
    sftp.credential["parts"]["private_key"] = server.reader_key
    desk = Desk(served, sftp)
    desk.connect()
    desk.planned()
    row = desk.work()
    assert row["state"] == "refused"
    assert "permission denied" in row["why"]
    assert sftp.names("out") == []
