"""Exceptions and settings of controls at the shell."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from node_server.auth import principal
from node_server.cli.main import main
from node_server.config import Settings
from node_server.operations.access import make_key
from node_server.operations.house import open_house
from node_server.operations.ingesting import Intake, Payload, ingest
from node_server.operations.stepping import Wish, step
from tests.node_server.controls.conftest import invoice


@pytest.fixture
def office(tmp_path: Path) -> tuple[str, str]:
    """A store with one document that somebody holds, and the key of somebody else."""
    data = str(tmp_path / "office")
    house = open_house(Settings(data=data, log_level="error"))
    mail = principal("default", "mail", "mail", frozenset({"mapper"}))
    taken = ingest(house, mail, Payload(invoice()), Intake("canonical"))
    holder = principal("default", "cli", "cli", frozenset({"admin"}))
    step(house, holder, taken["documents"][0]["id"], Wish("exception", "what?", code="unclear"))
    key = make_key(house, "default", "ann", ["controller"])["key"]
    house.close()
    return data, key


def run(data: str, *words: str) -> Result:
    return CliRunner().invoke(main, [*words, "--data", data])


def listed(data: str, *words: str) -> list[Any]:
    found: list[Any] = json.loads(run(data, "exceptions", "list", "--json", *words).stdout)
    return found


def test_what_waits_is_listed_and_told_by_the_exit_code(office: tuple[str, str]) -> None:
    data, key = office
    (held,) = listed(data)
    assert (held["code"], held["control"]) == ("unclear", "person")
    assert run(data, "exceptions", "list").exit_code == 1
    assert "unclear" in run(data, "exceptions", "list").stdout
    words = "release", held["id"], "--reason", "it is clear"
    refused = run(data, "exceptions", *words)
    assert refused.exit_code == 1
    assert "caused a hold" in refused.output
    done = run(data, "exceptions", *words, "--key", key)
    assert "released" in done.stdout
    assert run(data, "exceptions", "list").exit_code == 0
    assert [each["state"] for each in listed(data, "--state", "all")] == ["released"]
    assert "released" in run(data, "exceptions", "report").stdout


def test_settings_take_two(office: tuple[str, str], tmp_path: Path) -> None:
    data, key = office
    file = tmp_path / "exceptions.yaml"
    file.write_text("due_hours: 2\n", "utf-8")
    assert "proposed" in run(data, "control-settings", "propose", "exceptions", str(file)).stdout
    words = "control-settings", "activate", "exceptions", "1"
    assert run(data, *words).exit_code == 1
    assert "active" in run(data, *words, "--key", key).stdout
    assert "due_hours: '2'" in run(data, "control-settings", "show", "exceptions").stdout
    assert "exceptions  version 1" in run(data, "control-settings", "list").stdout
