"""Policies and approvals at the shell: two persons are two keys."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from node_server.config import Settings
from node_server.operations.house import open_house

from ..conftest import Served
from .office import MATRIX, Office


class Shell:
    """The command line on the data of an office, with the key of somebody."""

    def __init__(self, cli: Any, office: Office, data: str) -> None:
        self.cli, self.office, self.data = cli, office, data

    def run(self, name: str | None, *arguments: str) -> Any:
        key = ("--key", self.office.keys[name]) if name else ("--tenant", self.office.tenant)
        return self.cli(*arguments, "--data", self.data, *key)


@pytest.fixture
def shell(cli: Any, tmp_path: Path) -> Any:
    from node_server.app import create_app

    data = str(tmp_path / "data")
    app = create_app(house=open_house(Settings(data=data, log_level="error")))
    served = Served(app.extensions["counterfoil"].house, app.test_client())
    office = Office(served)
    office.directory()
    yield Shell(cli, office, data)
    served.house.close()


def test_a_policy_goes_in_force_by_two_keys(shell: Any, tmp_path: Path) -> None:
    file = tmp_path / "matrix.yaml"
    file.write_text(yaml.safe_dump(MATRIX), "utf-8")
    put = shell.run("pam", "policy", "put", str(file), "--why", "the matrix")
    assert (put.exit_code, put.stdout.split()[:2]) == (0, ["matrix", "1"])
    own = shell.run("pam", "policy", "activate", "matrix", "1")
    assert (own.exit_code, "whoever proposed it" in own.stderr) == (1, True)
    stranger = shell.run("ann", "policy", "activate", "matrix", "1")
    assert (stranger.exit_code, "controller" in stranger.stderr) == (1, True)
    assert shell.run("pat", "policy", "activate", "matrix", "1").exit_code == 0
    assert shell.run("aud", "policy", "list").stdout == "matrix  version 1\n"
    assert yaml.safe_load(shell.run("aud", "policy", "show", "matrix", "1").stdout) == MATRIX


def test_a_version_is_tried_and_turned_down_at_the_shell(shell: Any, tmp_path: Path) -> None:
    shell.office.in_force(MATRIX)
    shell.office.invoice("600.00")
    file = tmp_path / "matrix.yaml"
    file.write_text(yaml.safe_dump(MATRIX | {"version": "2", "tables": MATRIX["tables"][:1],
                                             "cases": []}), "utf-8")  # fmt: skip
    assert shell.run(None, "policy", "put", str(file)).exit_code == 0
    tried = shell.run("aud", "policy", "simulate", "matrix", "2").stdout
    assert "0 stricter, 1 milder than number 1" in tried
    assert shell.run(None, "policy", "activate", "matrix", "2").exit_code == 1  # cli proposed it
    assert shell.run("pat", "policy", "reject", "matrix", "2", "--reason", "no").exit_code == 0


def test_steps_are_taken_at_the_shell(shell: Any) -> None:
    record = shell.office.invoice("600.00")
    shell.office.in_force(MATRIX)
    applied = shell.run("pam", "policy", "apply", "matrix")
    assert applied.stdout == "1 documents: 1 review\n"
    shell.office.follow()
    waits = shell.run("ann", "approvals", "list").stdout
    assert (record in waits, "step owner of matrix" in waits) == (True, True)
    refused = shell.run("eve", "approvals", "approve", record, "owner")
    assert (refused.exit_code, "it is the turn of ann, bob" in refused.stderr) == (1, True)
    done = shell.run("bob", "approvals", "approve", record, "owner")
    assert done.stdout == f"{record}  approved\n"


def test_a_policy_is_retired_and_comes_back_at_the_shell(shell: Any) -> None:
    shell.office.in_force(MATRIX)
    assert shell.run("pam", "policy", "retire", "matrix", "--reason", "old").exit_code == 0
    assert shell.run("pat", "policy", "activate", "matrix", "2").exit_code == 0
    assert shell.run("aud", "policy", "list").stdout == "matrix  none in force\n"
    back = shell.run("pam", "policy", "rollback", "matrix", "1", "--reason", "missed")
    assert back.stdout.split()[:2] == ["matrix", "3"]


def test_a_key_that_is_none_is_told(shell: Any) -> None:
    shell.office.keys["nobody"] = "cf_nothing"
    assert shell.run("nobody", "policy", "list").exit_code == 1
