"""The generated package before the judges that n8n itself uses: not one remark."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from tests.n8n.standing import Package

BRANDS = ["package", "white_label"]


@pytest.fixture(params=BRANDS)
def each(request: pytest.FixtureRequest) -> Package:
    made: Package = request.getfixturevalue(request.param)
    return made


def test_lint_has_nothing_to_say(each: Package) -> None:
    done = each.tool("n8n-node", "lint")
    assert done.returncode == 0, done.stdout[-3000:]
    assert "problem" not in done.stdout


@pytest.mark.parametrize("leg", ["source", "dist"])
def test_the_scanner_passes_sources_and_what_was_built(
    each: Package, leg: str, tmp_path: Path
) -> None:
    bare = tmp_path / "package"
    shutil.copytree(each.folder, bare, ignore=shutil.ignore_patterns("node_modules"))
    done = each.node("node", str(each.tools / "tools/scan.mjs"), str(bare), leg)
    assert done.returncode == 0, done.stdout[-3000:]
    assert "problem" not in done.stdout


def test_a_package_needs_nothing_at_run_time(each: Package) -> None:
    stated = json.loads((each.folder / "package.json").read_text())
    assert not {"dependencies", "overrides", "bundledDependencies"} & stated.keys()
    assert stated["peerDependencies"] == {"n8n-workflow": "*"}
    assert not {"preinstall", "install", "postinstall", "prepare"} & stated["scripts"].keys()


def test_a_white_label_package_bears_the_partners_name_alone(white_label: Package) -> None:
    """A counterfoil is a thing that the server keeps; as a name it stands nowhere."""
    assert "counterfoil" not in (white_label.folder / "package.json").read_text().lower()
    ours = re.compile(r"Counterfoil[A-Z ]|\(Counterfoil\)|counterfoil[A-Z]\w*Api")
    for path in (*white_label.folder.glob("nodes/*/*.node.*"), *white_label.folder.glob("cred*/*")):
        assert not ours.search(path.read_text("utf-8")), path
        assert path.name.startswith("Acme")
    assert "# n8n-nodes-acme" in (white_label.folder / "README.md").read_text()


def test_a_partner_has_nodes_for_his_systems_alone(white_label: Package) -> None:
    stated = json.loads((white_label.folder / "package.json").read_text())["n8n"]["nodes"]
    names = {Path(each).name.removesuffix(".node.js") for each in stated}
    assert names == {"Acme", "AcmeTrigger", "AcmePollingTrigger", "AcmeXero", "AcmeBankStatement"}
