"""The same at a shell: posted, listed, shown, settled."""

from __future__ import annotations

import json
from dataclasses import fields

import pytest
from click.testing import CliRunner, Result

from node_server.cli.main import main
from node_server.config import Settings

from .conftest import Desk, Open


@pytest.fixture
def there(desk: Open, monkeypatch: pytest.MonkeyPatch) -> Desk:
    made = desk("sim/none")
    usual = Settings()
    for each in fields(Settings):
        value = getattr(made.served.house.settings, each.name)
        if value != getattr(usual, each.name):
            text = ",".join(value) if isinstance(value, tuple) else str(value)
            monkeypatch.setenv(f"COUNTERFOIL_{each.name.upper()}", text)
    return made


def run(*words: str) -> Result:
    return CliRunner().invoke(main, [*words, "--tenant", "acme"])


def test_a_document_is_posted_and_shown(there: Desk) -> None:
    record = there.invoice()
    posted = run("post", there.connection, record)
    assert posted.exit_code == 0, posted.output
    assert f"{record} as {there.row['target_id']}" in posted.output
    assert "(before)" in run("post", there.connection, record).output
    assert len(there.target.objects("bill")) == 1
    beginning = posted.output[:16]
    shown = json.loads(run("counterfoils", "show", beginning).output)
    assert shown["request"]["method"] == "POST"
    assert run("counterfoils", "list", "--state", "refused").output == ""


def test_a_refusal_is_exit_code_one(there: Desk) -> None:
    there.target.fail(next=[{"name": "refuse", "message": "locked"}])
    refused = run("post", there.connection, there.invoice())
    assert (refused.exit_code, "locked" in refused.output) == (1, True)
    key = there.row["key"][:16]
    assert "pending" in run("counterfoils", "retry", key, "--reason", "unlocked").output
    there.work()
    assert there.row["state"] == "confirmed"


def test_a_dry_run_prints_the_request(there: Desk) -> None:
    shown = run("post", there.connection, there.invoice("INV-5"), "--dry-run")
    assert shown.output.startswith("POST http://")
    assert '"number":"INV-5"' in shown.output
    assert there.rows() == []


def test_what_is_uncertain_is_settled(there: Desk) -> None:
    there.target.fail(next=["lost@create"])
    there.post(there.invoice())
    there.work(steps=1)
    key = there.row["key"][:16]
    settled = run("counterfoils", "resolve", key, "applied", "--target-id", "7", "--reason", "seen")
    assert settled.output == f"{key}  confirmed\n"
    assert (
        run("counterfoils", "resolve", "00000000ff", "not_applied", "--reason", "x").exit_code == 2
    )


def test_an_unknown_document_is_told(there: Desk) -> None:
    refused = run("post", there.connection, "inv_nothing")
    assert (refused.exit_code, "no such document" in refused.output) == (1, True)
