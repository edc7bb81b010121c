"""`counterfoil schema`, `validate`, `rules`: what people and scripts get from them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from canonical_model import schemas
from canonical_model.version import __version__

Cli = Callable[..., Result]
GOOD = schemas.example("invoice")


def test_version(cli: Cli) -> None:
    assert cli("--version").stdout == f"counterfoil {__version__}\n"


@pytest.mark.parametrize("command", [(), ("schema",), ("validate",), ("rules",)])
def test_every_command_has_help(cli: Cli, command: tuple[str, ...]) -> None:
    result = cli(*command, "--help")
    assert result.exit_code == 0
    assert "Usage: " in result.stdout


def test_schema_prints_the_json_schema_of_a_kind(cli: Cli) -> None:
    assert json.loads(cli("schema", "invoice").stdout) == schemas.schema("invoice")


def test_schema_without_a_kind_is_that_of_any_document(cli: Cli) -> None:
    assert json.loads(cli("schema").stdout)["$id"].endswith(":document:1")


def test_schema_lists_names(cli: Cli) -> None:
    assert "goods_receipt" in cli("schema", "--list").stdout.split()


def test_an_unknown_kind_is_wrong_usage_and_offers_the_nearest(cli: Cli) -> None:
    result = cli("schema", "invioce")
    assert result.exit_code == 2
    assert "invoice" in result.stderr


def test_an_example_is_all_well(cli: Cli) -> None:
    result = cli("validate", "-", input=cli("schema", "--example", "invoice").stdout)
    assert result.exit_code == 0
    assert "all is well" in result.stdout
    assert "key  inv_" in result.stdout


@pytest.mark.parametrize("kind", sorted(p.stem for p in schemas.EXAMPLES.glob("*.json")))
def test_every_example_is_without_errors_or_warnings(cli: Cli, kind: str) -> None:
    result = cli("validate", "--strict", "-", input=schemas.example(kind))
    assert result.exit_code == 0, result.stdout


def test_what_does_not_add_up_is_told_with_place_found_and_expected(cli: Cli) -> None:
    result = cli("validate", "-", input=GOOD.replace('"gross": "476.00"', '"gross": "477.00"'))
    assert result.exit_code == 1
    assert "totals.gross" in result.stdout
    assert "[BR-CO-15]" in result.stdout
    assert "found 477.00; expected 476.00" in result.stdout


def test_json_is_one_result_a_line(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(GOOD)
    (tmp_path / "b.json").write_text("{}")
    result = cli("validate", "--json", str(tmp_path / "a.json"), str(tmp_path / "b.json"))
    first, second = (json.loads(line) for line in result.stdout.splitlines())
    assert first["file"].endswith("a.json")
    assert first["records"][0]["document"] == json.loads(GOOD)
    assert second["records"] == []
    assert second["issues"][0]["code"] == "kind_missing"
    assert result.exit_code == 1


def test_a_rule_can_be_ignored_and_the_result_says_so(cli: Cli) -> None:
    bad = GOOD.replace('"gross": "476.00"', '"gross": "477.00"')
    result = cli("validate", "--json", "--ignore", "BR-CO-15", "--ignore", "A7", "-", input=bad)
    record = json.loads(result.stdout)["records"][0]
    assert record["ignored"] == ["A6", "A7"]
    assert record.get("issues", []) == []
    assert result.exit_code == 0


def test_ignoring_an_unknown_rule_is_wrong_usage(cli: Cli) -> None:
    result = cli("validate", "--ignore", "BR-CO-99", "-", input=GOOD)
    assert result.exit_code == 2
    assert "BR-CO-" in result.stderr


def test_warnings_fail_only_when_strict(cli: Cli) -> None:
    bad = GOOD.replace("DE136695976", "DE136695977")
    assert cli("validate", "-", input=bad).exit_code == 0
    assert cli("validate", "--strict", "-", input=bad).exit_code == 1


@pytest.mark.parametrize("data", [b"", b"\xff\xfe\x00", b"[" * 100_000, b"\x00" * 10, b"null"])
def test_any_bytes_get_a_clear_result(cli: Cli, data: bytes) -> None:
    result = cli("validate", "-", input=data)
    assert result.exit_code == 1
    assert "not a canonical document" in result.stdout


def test_a_missing_file_is_wrong_usage(cli: Cli) -> None:
    assert cli("validate", "nowhere.json").exit_code == 2


def test_rules_are_listed_and_explained(cli: Cli) -> None:
    assert "BR-CO-10" in cli("rules").stdout
    explained = cli("rules", "totals_lines_mismatch").stdout
    assert explained.startswith("A1 (BR-CO-10)")
    assert json.loads(cli("rules", "--json", "A1").stdout)["code"] == "totals_lines_mismatch"
    assert len(json.loads(cli("rules", "--json").stdout)) > 25


def test_an_unknown_rule_is_wrong_usage(cli: Cli) -> None:
    assert cli("rules", "Z9").exit_code == 2
