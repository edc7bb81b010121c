"""What is written can be read back: all of it, apart from the losses that a write map declares."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import connectors
from canonical_model import wire
from canonical_model.documents import AnyDocument, kind_of
from canonical_model.documents.invoice import Bill
from canonical_model.schemas import example
from connectors.errors import ConnectorError
from tests.golden import ROOT
from tests.losses import without_additions, without_losses
from tests.strategies import bills, documents


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
        found = connectors.pack()[connector].write_map(resource)
        kind = found.document
        if found.takes(document := json.loads(example(kind))):
            yield Case(connector, resource, "example", document)
        for path in sorted(ROOT.glob(f"{connector}/samples/*/*.out.json")):
            records = json.loads(path.read_text("utf-8"))["records"]
            for number, record in enumerate(records):
                if record["document"]["kind"] == kind and found.takes(record["document"]):
                    name = f"{path.name.partition('.')[0]}-{number}"
                    yield Case(connector, resource, name, record["document"])


CASES = list(cases())


def written(case: Case) -> bytes:
    document = msgspec.json.decode(json.dumps(case.document), type=AnyDocument)
    made = connectors.render([document], case.connector, case.resource)
    assert made.issues == []
    return made.payload


def there_and_back(case: Case) -> tuple[dict[str, Any], dict[str, Any]]:
    """A document before it was written and after it was read, without losses and additions."""
    # Some systems take a bare object that says nothing of what it is: it has to be named.
    names = {"connector": case.connector, "resource": case.resource}
    (record,) = connectors.map_payload(written(case), **names).records
    spec = connectors.pack()[case.connector].spec(case.resource, "write")
    plain = wire.to_plain(record.document)
    before, after = without_losses(case.document, plain, spec.get("losses", []))
    return before, without_additions(before, after, spec.get("adds", []))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_is_written_reads_back_as_it_was(case: Case) -> None:
    before, after = there_and_back(case)
    assert after == before


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_same_document_is_always_written_as_the_same_bytes(case: Case) -> None:
    turned = dict(reversed(case.document.items()))
    assert written(case) == written(case._replace(document=turned))


def test_every_sort_of_resource_is_tried() -> None:
    tried = {(case.connector, case.resource) for case in CASES if case.name != "example"}
    assert tried == set(both_ways())
    assert tried


def test_several_documents_go_into_one_payload_in_their_order() -> None:
    bills = [case for case in CASES if (case.connector, case.resource) == ("erp/xero", "invoice")]
    documents = [msgspec.json.decode(json.dumps(c.document), type=AnyDocument) for c in bills]
    made = connectors.render(documents, "erp/xero", "invoice")
    result = connectors.map_payload(made.payload)
    numbers = [case.document.get("number") for case in bills]
    assert [getattr(record.document, "number", None) for record in result.records] == numbers


@pytest.mark.parametrize(("connector", "resource"), both_ways())
@given(data=st.data())
@settings(max_examples=20)
def test_any_document_is_written_or_refused_in_our_own_words(
    connector: str, resource: str, data: Any
) -> None:
    kind = connectors.pack()[connector].write_map(resource).document
    document = data.draw(documents(kind))
    try:
        made = connectors.render([document], connector, resource)
    except ConnectorError:
        return
    result = connectors.map_payload(made.payload, connector=connector, resource=resource)
    assert len(result.records) == 1


@given(bill=bills())
@settings(max_examples=20)
def test_the_figures_of_any_bill_stay_what_they_are(bill: Bill) -> None:
    case = Case("ap/ubl", kind_of(bill), "any", {**wire.to_plain(bill), "number": "1"})
    (record,) = connectors.map_payload(written(case)).records
    again = record.document
    assert isinstance(again, Bill)
    assert again.totals == bill.totals
    assert [line.net for line in again.lines] == [line.net for line in bill.lines]
    assert [each.amount for each in again.taxes] == [each.amount for each in bill.taxes]
    before, after = there_and_back(case._replace(document=wire.to_plain(again)))
    assert after == before
