"""Files over HTTP, from the command line and by the schedule."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from node_server.cli.main import main
from node_server.operations.connecting import connections
from node_server.operations.house import House
from node_server.operations.pulling.schedule import Schedule
from tests.node_server.conftest import Served
from tests.node_server.files.conftest import Spot, Statement


@pytest.fixture
def folder(house: House, tmp_path: Path) -> Spot:
    place = tmp_path / "exchange" / "bank"
    place.mkdir(parents=True)
    return Spot(house, place, place.as_uri())


def test_files_are_pulled_and_listed_over_http(
    served: Served, folder: Spot, statement: Statement
) -> None:
    files = {"address": folder.address, "pull": {"stable_seconds": 0}}
    body = {"id": "there", "connector": "bank/camt", "settings": {"files": files}}
    made = served.post("/v1/connections", json=body)
    assert made.status_code == 201, made.text
    folder.put("one.xml", statement())
    folder.put("two.xml", b"<nobody/>")
    told = served.post("/v1/connections/there/pull", json={}).get_json()
    assert (told["resource"], told["rows"], told["actions"]) == ("files", 2, {"create": 1})
    first = served.get("/v1/connections/there/files?limit=1").get_json()
    rest = served.get(f"/v1/connections/there/files?cursor={first['next_cursor']}").get_json()
    listed = {each["name"]: each for each in (*first["data"], *rest["data"])}
    assert listed["one.xml"]["state"] == "taken"
    assert listed["two.xml"]["state"] == "refused"
    source = served.get(f"/v1/documents/{told['documents'][0]['id']}").get_json()["source"]
    assert source["raw_sha256"] == listed["one.xml"]["sha256"]
    assert (source["connection"], source["channel"]) == ("there", "file")
    standing = served.get("/v1/connections/there/pull").get_json()["data"]
    assert [(each["resource"], each["state"]) for each in standing] == [("files", "idle")]


def test_files_of_another_tenant_are_not_listed(served: Served, folder: Spot) -> None:
    folder.connect()
    answer = served.call("GET", "/v1/connections/there/files", tenant="other")
    assert answer.status_code == 404


def test_files_are_read_by_themselves(folder: Spot, house: House, statement: Statement) -> None:
    files: dict[str, Any] = {"address": folder.address, "pull": {"stable_seconds": 0}}
    body = {
        "id": "there", "connector": "bank/camt",
        "settings": {"files": files, "pull": {"files": 60}},
    }  # fmt: skip
    connections.connect(house, "acme", "me", body)
    folder.put("one.xml", statement())
    assert Schedule(house).round() is True
    assert folder.pull()["rows"] == 0, "it was taken in"


@pytest.mark.slow
def test_from_the_command_line(tmp_path: Path, statement: Statement) -> None:
    place = tmp_path / "exchange"
    place.mkdir()
    (place / "one.xml").write_bytes(statement())
    (place / "bad.xml").write_bytes(b"<nobody/>")
    environment = {"COUNTERFOIL_EXCHANGE_FOLDERS": str(place)}

    def run(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(main, [*words, "--data", str(tmp_path / "d")], env=environment)
        return done.exit_code, done.output

    code, said = run("connect", "camt", "--files", place.as_uri(), "--id", "bank")
    assert (code, "FAILED" in said) == (0, False), said
    assert "2 files to be pulled" in said
    code, said = run("pull", "bank")
    assert code == 1
    assert "files  2 files: 1 create" in said
    assert "bad.xml: " in said
    code, said = run("connections", "show", "bank")
    assert json.loads(said)["settings"]["files"]["address"] == place.as_uri()
