"""Every sample of every connector gives what its golden says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import connectors
from tests.golden import ROOT, connector_of, golden_of, outcome, samples

SAMPLES = samples()


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", SAMPLES, ids=name_of)
def test_a_sample_gives_its_golden(path: Path) -> None:
    golden = golden_of(path)
    assert golden.exists(), f"no golden; run python -m tests.golden --write {connector_of(path)}"
    wanted = json.loads(golden.read_text("utf-8"))
    assert outcome(path) == wanted, "run python -m tests.golden --write --force, read the diff"


@pytest.mark.parametrize("path", SAMPLES, ids=name_of)
def test_a_sample_is_claimed_by_its_own_connector(path: Path) -> None:
    result = connectors.map_payload(path.read_bytes())
    assert result.connector in (connector_of(path), None)


def test_there_are_samples_for_every_read_map() -> None:
    with_samples = {(connector_of(path), path.parent.name) for path in SAMPLES}
    maps = {
        (name, resource)
        for name, connector in connectors.pack().connectors.items()
        for resource in connector.map_names()
    }
    assert maps, "no connector found"
    assert not maps - with_samples, "maps without a sample"


def test_no_golden_has_lost_its_sample() -> None:
    goldens = set(ROOT.glob("[!_]*/*/samples/*/*.out.json"))
    assert goldens == {golden_of(path) for path in SAMPLES}


@pytest.mark.parametrize("name", connectors.names())
def test_every_connector_has_the_same_rooms(name: str) -> None:
    folder = ROOT / name
    assert {p.name for p in folder.iterdir()} == {"manifest.yaml", "maps", "samples", "README.md"}
    connector = connectors.pack()[name]
    assert connector.manifest["resources"]
    for resource in connector.map_names():
        assert connector.read_map(resource).lineage
