"""Archives in the background; backup, restore, retention, erasure."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from node_server.config import Settings
from node_server.errors import Refusal
from node_server.operations import bulk, upkeep
from node_server.operations.house import open_house
from node_server.store import copying

from .conftest import BILL, INVOICE, Served
from .test_documents_over_http import canonical, take


def archive(**members: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        for name, data in members.items():
            file.writestr(name.replace("_", "."), data)
    return made.getvalue()


def test_an_archive_is_taken_in_in_the_background(served: Served) -> None:
    data = archive(a_xml=INVOICE, b_json=BILL, c_txt=b"nothing of ours")
    answer = served.post("/v1/jobs", "mapper", data=data)
    assert answer.status_code == 202
    location = answer.headers["Location"]
    assert served.get(location).get_json()["state"] == "pending"
    assert bulk.work_on_next(served.house)
    job = served.get(location).get_json()
    assert (job["state"], job["total"], job["done"], job["failed"]) == ("done", 3, 3, 1)
    assert job["outcome"]["failures"][0]["file"].endswith("c.txt")
    assert len(served.get("/v1/documents").get_json()["data"]) == 2
    assert not bulk.work_on_next(served.house)


def test_a_job_whose_worker_died_is_done_by_another_and_doubles_nothing(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "_LEASE_SECONDS", -1)
    served.post("/v1/jobs", "mapper", data=archive(a_xml=INVOICE, b_json=BILL))
    first = bulk.ingest
    seen = []

    def dies(*arguments: object) -> dict[str, object]:
        done = first(*arguments)  # type: ignore[arg-type]
        seen.append(done)
        if len(seen) == 1:
            raise KeyboardInterrupt  # after the document was stored, before it was noted
        return done

    monkeypatch.setattr(bulk, "ingest", dies)
    with pytest.raises(KeyboardInterrupt):
        bulk.work_on_next(served.house)
    assert bulk.work_on_next(served.house)
    assert len(served.get("/v1/documents").get_json()["data"]) == 2
    job = served.get("/v1/jobs").get_json()["data"][0]
    assert job["outcome"]["actions"] == {"replay": 1, "create": 1}


def test_a_backup_restored_elsewhere_is_the_same_store(served: Served, tmp_path: Path) -> None:
    found = served.take_in(INVOICE)["documents"][0]
    shown = served.get(f"/v1/documents/{found['id']}").get_json()
    file = tmp_path / "all.backup"
    rows = upkeep.backup(served.house, file)
    other = open_house(Settings(data=str(tmp_path / "other"), log_level="error"))
    assert upkeep.restore(other, file) == rows
    with served.house.store.reading() as one, other.store.reading() as two:
        assert list(copying.rows(one)) == list(copying.rows(two))
    assert shown["id"] == found["id"]
    with pytest.raises(Refusal, match="not empty"):
        upkeep.restore(other, file)
    other.close()


def test_a_backup_goes_on_counting_after_it_was_restored(
    served: Served, tmp_path: Path, settings: Settings, request: pytest.FixtureRequest
) -> None:
    """A row added after a restore must not collide with one that was restored."""
    served.take_in(INVOICE)
    file = tmp_path / "all.backup"
    upkeep.backup(served.house, file)
    url = ""
    if not served.house.store.embedded:
        url = request.getfixturevalue("postgres")().replace("postgresql:", "postgresql+psycopg:", 1)
    other = open_house(Settings(data=str(tmp_path / "other"), database_url=url))
    upkeep.restore(other, file)
    from node_server.app import create_app

    moved = Served(other, create_app(house=other).test_client())
    assert moved.take_in(BILL)["documents"][0]["action"] == "create"
    other.close()


def test_a_broken_backup_changes_nothing(served: Served, tmp_path: Path) -> None:
    served.take_in(INVOICE)
    file = tmp_path / "all.backup"
    upkeep.backup(served.house, file)
    file.write_bytes(file.read_bytes()[:-50])
    other = open_house(Settings(data=str(tmp_path / "other")))
    with pytest.raises(Refusal, match="no whole backup"):
        upkeep.restore(other, file)
    with other.store.reading() as connection:
        assert copying.empty(connection)
    other.close()


def test_an_erased_document_leaves_only_a_line_in_the_audit_trail(served: Served) -> None:
    outcome = served.take_in(INVOICE)
    found = outcome["documents"][0]["id"]
    upkeep.erase(served.house, "acme", found, "me", "asked for by the supplier")
    assert served.get(f"/v1/documents/{found}").status_code == 404
    assert served.get(f"/v1/payloads/{outcome['raw_sha256']}").status_code == 404
    assert served.get("/v1/events").get_json()["data"] == []
    last = served.get("/v1/audit").get_json()["data"][-1]
    assert (last["action"], last["object"]) == ("erased", found)


def test_only_archived_documents_are_pruned(served: Served) -> None:
    kept = take(served, canonical("KEPT"))
    gone = take(served, canonical("GONE", totals={"gross": "7.00"}))
    path = f"/v1/documents/{gone['id']}/transitions"
    wish = {"to": "archived", "reason": "twice", "code": "duplicate"}
    assert served.post(path, json=wish).status_code == 200
    assert upkeep.prune(served.house, 1)["documents"] == 0
    assert upkeep.prune(served.house, -1)["documents"] == 1
    assert served.get(f"/v1/documents/{kept['id']}").status_code == 200
    assert served.get(f"/v1/documents/{gone['id']}").status_code == 404
