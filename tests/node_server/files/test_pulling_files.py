"""Files are taken in whole, once, and put away; what is wrong with one does not stop the others."""

from __future__ import annotations

import os
import time
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from connectors._transport.places import Folder, fault
from node_server.operations.exchanging_files import ripening
from tests.node_server.files.conftest import Spot, Statement

AWAY = {"stable_seconds": 0, "folder": "in", "archive": "in/done", "errors": "in/bad"}


def test_a_file_is_recognised_taken_in_and_archived(spot: Spot, statement: Statement) -> None:
    spot.connect("bank/pain", pull=AWAY)
    spot.put("in/one.xml", statement())
    told = spot.pull()
    assert told["actions"] == {"create": 1}
    assert told["documents"][0]["kind"] == "bank_statement"
    assert told["documents"][0]["file"] == "one.xml"
    assert spot.names("in") == []
    assert spot.names("in/done") == ["one.xml"]


def test_the_same_bytes_are_not_taken_in_twice(spot: Spot, statement: Statement) -> None:
    spot.connect(pull=AWAY)
    spot.put("in/one.xml", statement())
    spot.pull()
    spot.put("in/again.xml", statement())
    told = spot.pull()
    assert told["actions"] == {"known": 1}
    assert told["documents"] == []
    assert spot.names("in/done") == ["again.xml", "one.xml"]


def test_another_file_of_the_same_name_does_not_replace_the_archived_one(
    spot: Spot, statement: Statement
) -> None:
    spot.connect(pull=AWAY)
    for number in (1, 2, 2):
        spot.put("in/one.xml", statement(number))
        spot.pull()
    first, second = spot.names("in/done")
    assert first.startswith("one-")
    assert second == "one.xml"
    assert (spot.folder / "in/done/one.xml").read_bytes() == statement(1)
    assert spot.names("in") == []


def test_files_that_stay_are_read_once(spot: Spot, statement: Statement) -> None:
    spot.connect()
    spot.put("one.xml", statement())
    assert spot.pull()["rows"] == 1
    assert spot.pull()["rows"] == 0
    assert spot.pull(full=True)["actions"] == {"known": 1}


def test_what_cannot_be_read_goes_among_the_errors_and_the_others_go_on(
    spot: Spot, statement: Statement
) -> None:
    spot.connect(pull=AWAY)
    spot.put("in/a-bad.xml", b"<nobody knows this/>")
    spot.put("in/b-good.xml", statement())
    told = spot.pull()
    assert told["actions"] == {"create": 1}
    assert [each["file"] for each in told["refused"]] == ["a-bad.xml"]
    assert spot.names("in/bad") == ["a-bad.xml"]


def test_a_refused_file_is_read_again_when_somebody_puts_it_back(spot: Spot) -> None:
    spot.connect(pull=AWAY)
    bad = spot.put("in/a-bad.xml", b"<nobody knows this/>")
    spot.pull()
    (spot.folder / "in/bad/a-bad.xml").rename(bad)
    assert len(spot.pull()["refused"]) == 1


def test_only_names_that_match_and_are_finished_are_read(spot: Spot, statement: Statement) -> None:
    spot.connect(pull={"stable_seconds": 0, "patterns": ["*.xml", "*.camt"]})
    for name in ("x.csv", ".hidden.xml", "y.xml.part", "y.xml.filepart"):
        spot.put(name, statement(2))
    spot.put("good.camt", statement())
    told = spot.pull()
    assert [each["file"] for each in told["documents"]] == ["good.camt"]


def test_an_empty_file_is_left_alone(spot: Spot) -> None:
    spot.connect(pull=AWAY)
    spot.put("in/empty.xml", b"")
    told = spot.pull()
    assert told["left"] == [{"file": "empty.xml", "why": "it is empty"}]
    assert spot.names("in") == ["empty.xml"]


def test_a_file_over_the_cap_is_refused_unread(spot: Spot) -> None:
    spot.connect(pull={**AWAY, "max_bytes": 1000})
    spot.put("in/huge.xml", b"x" * 1001)
    told = spot.pull()
    assert told["refused"][0]["issues"][0]["code"] == "body_too_large"
    assert spot.names("in/bad") == ["huge.xml"]


def test_members_of_an_archive_are_taken_in_each(spot: Spot, statement: Statement) -> None:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("a.xml", statement(1))
        file.writestr("b.xml", statement(2))
    spot.connect()
    spot.put("both.zip", packed.getvalue())
    assert spot.pull()["actions"] == {"create": 2}


def test_a_file_that_grows_is_not_read_until_it_stands_still(
    spot: Spot, statement: Statement, monkeypatch: pytest.MonkeyPatch
) -> None:
    spot.connect(pull={"stable_seconds": 5})
    whole = statement()
    half = spot.put("slow.xml", whole[:200])

    def meanwhile(seconds: float) -> None:
        assert seconds == 5
        half.write_bytes(whole)

    monkeypatch.setattr(ripening, "time", type("Clock", (), {"sleep": staticmethod(meanwhile)}))
    told = spot.pull()
    assert told["rows"] == 0
    assert told["left"] == [{"file": "slow.xml", "why": "it is being written"}]
    assert spot.pull()["actions"] == {"create": 1}, "it was seen just so before"


def test_a_file_that_changes_while_it_is_read_is_left(
    spot: Spot, statement: Statement, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not spot.address.startswith("file:"):
        pytest.skip("the folder is enough to show it")
    spot.connect()
    slow = spot.put("slow.xml", statement())
    read = Folder.read

    def grows(place: Folder, path: str, most: int) -> bytes:
        data = read(place, path, most)
        slow.write_bytes(data + b"\n")
        return data

    monkeypatch.setattr(Folder, "read", grows)
    assert spot.pull()["left"] == [{"file": "slow.xml", "why": "it is being written"}]


def test_a_file_that_has_gone_meanwhile_is_no_failure(
    spot: Spot, statement: Statement, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not spot.address.startswith("file:"):
        pytest.skip("the folder is enough to show it")
    spot.connect()
    spot.put("a.xml", statement(1))
    spot.put("b.xml", statement(2))
    read = Folder.read

    def gone(place: Folder, path: str, most: int) -> bytes:
        if path == "a.xml":
            raise fault("gone", path)
        return read(place, path, most)

    monkeypatch.setattr(Folder, "read", gone)
    told = spot.pull()
    assert told["left"] == [{"file": "a.xml", "why": "it is gone"}]
    assert told["actions"] == {"create": 1}


def test_links_and_folders_are_not_files(spot: Spot, tmp_path: Path, statement: Statement) -> None:
    secret = tmp_path / "secret.xml"
    secret.write_bytes(statement())
    (spot.folder / "link.xml").symlink_to(secret)
    (spot.folder / "folder.xml").mkdir()
    spot.connect()
    told = spot.pull()
    assert (told["rows"], told["refused"]) == (0, [])


def test_a_name_that_cannot_be_shown_is_left(spot: Spot, statement: Statement) -> None:
    os.utime(spot.put("good.xml", statement()), (time.time(), time.time()))
    spot.put("ba\u202ed.xml", statement(2))
    spot.connect()
    told = spot.pull()
    assert told["actions"] == {"create": 1}
    assert told["left"][0]["why"] == "its name leads elsewhere, or cannot be shown"


def test_a_page_is_a_hundred_files(spot: Spot) -> None:
    if not spot.address.startswith("file:"):
        pytest.skip("the folder is enough to show it")
    spot.connect()
    for number in range(101):
        spot.put(f"{number:03}.txt", f"nothing {number}".encode())
    told = spot.pull(pages=1)
    assert (told["rows"], told["more"]) == (100, True)
    told = spot.pull(pages=1)
    assert (told["rows"], told["more"]) == (1, False)
