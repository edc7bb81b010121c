"""The package for n8n as files: what is drawn from the API, and what a partner makes his own."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from node_server.n8n.offers import offered
from node_server.n8n.typescript import literal
from node_server.resources.openapi import openapi

Cli = Callable[..., Result]


@pytest.fixture
def built(cli: Cli, tmp_path: Path) -> Callable[..., Path]:
    def build(*more: str) -> Path:
        done = cli("n8n", "build", "--out", str(tmp_path / "package"), *more)
        assert done.exit_code == 0, done.output
        return tmp_path / "package"

    return build


def files(folder: Path) -> dict[str, str]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in found}


def test_every_operation_that_is_offered_is_in_the_node(built: Callable[..., Path]) -> None:
    made = files(built("--connectors", "erp/xero"))
    wired = made["nodes/Counterfoil/operations.ts"]
    for offer in offered(openapi("")):
        assert f"{offer.resource}:{offer.operation}'" in wired
        assert f"value: '{offer.operation}'" in made[f"nodes/Counterfoil/{offer.resource}Fields.ts"]


def test_the_same_server_gives_the_same_package(built: Callable[..., Path]) -> None:
    first = files(built("--connectors", "erp/xero"))
    assert files(built("--connectors", "erp/xero")) == first
    assert not [path for path, text in first.items() if "BRAND__" in text or "Brand__" in text]


def test_what_is_registered_is_there(built: Callable[..., Path]) -> None:
    made = files(built())
    stated: Any = json.loads(made["package.json"])["n8n"]
    for path in (*stated["nodes"], *stated["credentials"]):
        source = path.removeprefix("dist/").removesuffix(".js") + ".ts"
        assert f"export class {Path(path).name.split('.')[0]} " in made[source]
    for path, text in made.items():
        if path.endswith(".node.ts"):
            icons = [part.split("'")[0] for part in text.split("file:../../")[1:]]
            assert set(icons) <= made.keys(), path


def test_a_partner_brings_name_and_icon(built: Callable[..., Path], tmp_path: Path) -> None:
    icon = tmp_path / "logo.svg"
    icon.write_text('<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0h9v9z"/></svg>')
    more = ["--brand", "acme-pay", "--name", "Acme Pay", "--icon", str(icon), "--release", "2.1.0"]
    made = files(built(*more, "--connectors", "bank/camt"))
    stated = json.loads(made["package.json"])
    assert (stated["name"], stated["version"]) == ("n8n-nodes-acme-pay", "2.1.0")
    assert "displayName: 'Bank Statement (Acme Pay)'" in "".join(made.values())
    assert made["icons/acme-pay.svg"] == icon.read_text()
    assert made["icons/acme-pay.dark.svg"] != icon.read_text()


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--brand", "Not A Name"], "names no package"),
        (["--connectors", "erp/xerro"], "erp/xero"),
    ],
)
def test_what_cannot_be_built_is_said(cli: Cli, tmp_path: Path, more: list[str], told: str) -> None:
    done = cli("n8n", "build", "--out", str(tmp_path / "out"), *more)
    assert done.exit_code == 2
    assert told in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("it's", '"it\'s"'),
        ('it\'s "so"', "'it\\'s \"so\"'"),
        ({"a": [1, True, None], "b-c": "ü"}, "{ a: [1, true, null], 'b-c': 'ü' }"),
        ("a\nb\\c", "'a\\nb\\\\c'"),
    ],
)
def test_data_is_written_as_typescript(value: Any, text: str) -> None:
    assert literal(value) == text
