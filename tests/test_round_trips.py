"""What is written can be read back: all of it, apart from the losses that a write map declares."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec
import pytest

import connectors
from canonical_model import wire
from canonical_model.documents import AnyDocument
from canonical_model.schemas import example
from tests.golden import ROOT
from tests.losses import without_additions, without_losses

# What a format makes one say: the model leaves it to a default, or to another field.
ADDITIONS = {
    "ap/ubl": [
        "specification",
        "profile",
        "type",
        "type_code",
        "taxes[*].type",
        "adjustments[*].tax.type",
        "lines[*].taxes[*].type",
        "lines[*].item.name",
        "payment[*].means",
        "totals.tax",
    ],
    "erp/xero": ["totals.payable"],
}


class Case(NamedTuple):
    connector: str
    resource: str
    name: str
    document: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.connector}/{self.resource}/{self.name}"


def both_ways() -> list[tuple[str, str]]:
    return [
        (name, resource)
        for name, connector in connectors.pack().connectors.items()
        for resource in connector.map_names("write")
        if resource in connector.map_names("read")
    ]


def cases() -> Iterator[Case]:
    for connector, resource in both_ways():
        kind = connectors.pack()[connector].write_map(resource).document
        yield Case(connector, resource, "example", json.loads(example(kind)))
        for path in sorted(ROOT.glob(f"{connector}/samples/*/*.out.json")):
            records = json.loads(path.read_text("utf-8"))["records"]
            for number, record in enumerate(records):
                if record["document"]["kind"] == kind:
                    name = f"{path.name.partition('.')[0]}-{number}"
                    yield Case(connector, resource, name, record["document"])


CASES = list(cases())


def written(case: Case) -> bytes:
    document = msgspec.json.decode(json.dumps(case.document), type=AnyDocument)
    made = connectors.render([document], case.connector, case.resource)
    assert made.issues == []
    return made.payload


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_is_written_reads_back_as_it_was(case: Case) -> None:
    result = connectors.map_payload(written(case))
    assert (result.connector, result.resource) == (case.connector, case.resource)
    (record,) = result.records
    again = wire.to_plain(record.document)
    losses = connectors.pack()[case.connector].spec(case.resource, "write").get("losses", [])
    before, after = without_losses(case.document, again, losses)
    assert without_additions(before, after, ADDITIONS[case.connector]) == before


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_same_document_is_always_written_as_the_same_bytes(case: Case) -> None:
    turned = dict(reversed(case.document.items()))
    assert written(case) == written(case._replace(document=turned))


def test_every_sort_of_resource_is_tried() -> None:
    tried = {(case.connector, case.resource) for case in CASES if case.name != "example"}
    assert tried == set(both_ways())
    assert tried
