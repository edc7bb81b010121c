"""A record is the document and all that follows from it, and nothing else."""

from __future__ import annotations

import json

import jsonschema
from hypothesis import given
from hypothesis import strategies as st

from canonical_model import schemas, wire
from canonical_model.documents import AnyDocument, BankStatement, Invoice
from canonical_model.envelope import Context, Source
from canonical_model.parts.identifier import Identifier
from canonical_model.parts.party import Party
from canonical_model.record import completed, make_record
from tests.strategies import documents

SOURCE = Source(system="xero", connection="c", object_type="bill", object_id="1")


@given(documents(), st.sampled_from(["payable", "receivable", None]))
def test_the_same_document_twice_is_the_same_record(
    document: AnyDocument, direction: str | None
) -> None:
    context = Context(tenant="acme", direction=direction)
    once = make_record(document, SOURCE, context)
    again = make_record(wire.decode(wire.encode(document)), SOURCE, context)
    assert wire.encode(once) == wire.encode(again)


@given(documents())
def test_a_record_fits_its_schema_and_is_read_back(document: AnyDocument) -> None:
    record = make_record(document, SOURCE)
    data = wire.encode(record)
    jsonschema.Draft202012Validator(RECORD).validate(json.loads(data))
    assert wire.decode_record(data) == record


RECORD = schemas.schema("record")


def test_the_context_fills_in_what_a_payload_cannot_know() -> None:
    own = Identifier(kind="vat", value="FR40303265045")
    invoice = Invoice(number="1", buyer=Party(ids=[own]))
    told = completed(invoice, Context(entity="FR01", own_ids=("FR 40 303265045",)))
    assert (told.entity, told.direction) == ("FR01", "payable")


def test_what_the_document_states_wins_over_the_context() -> None:
    invoice = Invoice(direction="receivable", entity="DE01")
    assert completed(invoice, Context(entity="FR01", direction="payable")) == invoice


def test_an_unknown_direction_stays_absent_and_is_an_issue() -> None:
    record = make_record(Invoice(number="1"))
    assert record.document.direction is None
    assert "direction_unknown" in {issue.code for issue in record.issues}


def test_equal_entries_of_a_statement_are_told_apart() -> None:
    statement = json.dumps(
        {
            "kind": "bank_statement",
            "account": {"id": {"value": "1"}},
            "transactions": [
                {
                    "amount": "5.00",
                    "currency": "EUR",
                    "direction": "debit",
                    "status": "booked",
                    "booking_date": "2026-01-31",
                }
            ]
            * 2,
        }
    )
    record = make_record(wire.decode(statement))
    assert isinstance(record.document, BankStatement)
    assert [t.occurrence for t in record.document.transactions] == [1, 2]
