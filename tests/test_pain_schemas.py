"""What is written as pain.001 and pain.008 fits the schemas of ISO 20022.

They come with the package sepaxml; its code is not used.
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
from lxml import etree

import connectors
from canonical_model.documents import AnyDocument
from canonical_model.schemas import example
from tests.golden import ROOT

MESSAGES = {
    "credit_transfer": ("pain.001.001.09", "out"),
    "credit_transfer_v03": ("pain.001.001.03", "out"),
    "direct_debit": ("pain.008.001.08", "in"),
}


def payments() -> Iterator[tuple[str, dict[str, Any]]]:
    yield "example", json.loads(example("payment"))
    for path in sorted(ROOT.glob("bank/pain/samples/*/*.out.json")):
        for number, record in enumerate(json.loads(path.read_text("utf-8"))["records"]):
            document = record["document"]
            if document["kind"] == "payment" and "value_date" in document:
                yield f"{path.parent.name}-{path.name.partition('.')[0]}-{number}", document


PAYMENTS = dict(payments())
CASES = [
    (resource, name)
    for resource, (_, direction) in MESSAGES.items()
    for name, payment in PAYMENTS.items()
    if payment["direction"] == direction
]


@cache
def schema(message: str) -> etree.XMLSchema:
    found = importlib.util.find_spec("sepaxml")
    if found is None or not found.submodule_search_locations:
        pytest.skip("sepaxml is not installed; pip install 'counterfoil[test]'")
    folder = Path(found.submodule_search_locations[0]) / "schemas"
    return etree.XMLSchema(etree.parse(folder / f"{message}.xsd"))


def read(*names: str) -> list[AnyDocument]:
    return [msgspec.convert(PAYMENTS[name], AnyDocument, strict=False) for name in names]


def complaints(resource: str, *names: str) -> list[str]:
    payload = connectors.render(read(*names), "bank/pain", resource).payload
    judge: Any = schema(MESSAGES[resource][0])
    judge.validate(etree.fromstring(payload))
    return [error.message for error in judge.error_log]


@pytest.mark.parametrize(("resource", "name"), CASES)
def test_an_order_fits_its_schema(resource: str, name: str) -> None:
    assert complaints(resource, name) == []


@pytest.mark.parametrize("resource", MESSAGES)
def test_all_orders_together_fit_the_schema(resource: str) -> None:
    names = [name for each, name in CASES if each == resource]
    assert complaints(resource, *names) == []


def test_payments_of_one_batch_stand_in_one_batch_with_their_sum() -> None:
    names = [f"direct_debit-dues_v08-{number}" for number in range(2)]
    payload = connectors.render(read(*names), "bank/pain", "direct_debit").payload
    (batch,) = etree.fromstring(payload).findall("{*}CstmrDrctDbtInitn/{*}PmtInf")
    assert (batch.findtext("{*}NbOfTxs"), batch.findtext("{*}CtrlSum")) == ("2", "145.00")
    assert len(batch.findall("{*}DrctDbtTxInf")) == 2
