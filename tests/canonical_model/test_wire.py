"""Documents to bytes and back: exact, canonical, and the same in any language."""

from __future__ import annotations

import datetime
import hashlib
import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from canonical_model import schemas, wire
from canonical_model.base.scalars import DECIMAL_PATTERN
from canonical_model.documents import KINDS, AnyDocument, PurchaseOrder, kind_of
from canonical_model.documents.bank_statement import BankStatement
from canonical_model.documents.invoice import Invoice
from canonical_model.errors import InvalidDocument
from canonical_model.parts.reference import Note
from canonical_model.parts.totals import Totals
from tests.strategies import documents

EXAMPLES = sorted(schemas.EXAMPLES.glob("*.json"))


def refused(data: bytes) -> bool:
    """Whether our decoder refuses it."""
    try:
        wire.decode(data)
    except InvalidDocument:
        return True
    return False


@given(documents())
def test_what_is_encoded_is_decoded_again(document: AnyDocument) -> None:
    assert wire.decode(wire.encode(document)) == document


@given(documents())
def test_canonical_bytes_are_what_any_json_library_would_write(document: AnyDocument) -> None:
    data = wire.encode(document)
    again = json.dumps(
        json.loads(data), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    ).encode()
    assert data == again


@given(documents())
def test_nothing_is_written_that_was_not_stated(document: AnyDocument) -> None:
    tree = json.loads(wire.encode(document))
    stated = {n for n in document.__struct_fields__ if getattr(document, n) not in (None, [], {})}
    assert set(tree) == stated | {"kind"}


@given(documents(), st.data())
def test_field_order_and_blanks_do_not_move_the_hash(document: AnyDocument, data: Any) -> None:
    tree = json.loads(wire.encode(document))
    names = data.draw(st.permutations(list(tree)))
    indent = data.draw(st.sampled_from([None, 1, "\t"]))
    shuffled = json.dumps({name: tree[name] for name in names}, indent=indent).encode()
    assert wire.content_hash(wire.decode(shuffled)) == wire.content_hash(document)


@given(documents())
def test_json_schema_accepts_every_document_we_write(document: AnyDocument) -> None:
    schema = SCHEMAS[kind_of(document)]
    jsonschema.Draft202012Validator(schema).validate(json.loads(wire.encode(document)))


SCHEMAS = {kind: schemas.schema(kind) for kind in KINDS}


@given(st.from_regex(r"\A[-+]?[0-9 _eE.,NaInfity٣]{0,24}\Z"))
def test_decoder_schema_and_pattern_agree_on_decimals(text: str) -> None:
    data = json.dumps({"kind": "invoice", "totals": {"gross": text}}).encode()
    meant = re.match(DECIMAL_PATTERN, text) is not None
    assert refused(data) is not meant
    validator = jsonschema.Draft202012Validator(SCHEMAS["invoice"])
    assert validator.is_valid(json.loads(data)) is meant


@given(st.binary(max_size=200))
def test_any_bytes_give_a_document_or_its_faults(data: bytes) -> None:
    assert refused(data) is bool(wire.find_faults(data))


@given(documents(), st.data())
def test_any_damage_gives_a_document_or_its_faults(document: AnyDocument, data: Any) -> None:
    good = wire.encode(document)
    place = data.draw(st.integers(0, len(good) - 1))
    length = data.draw(st.integers(0, 8))
    bad = good[:place] + data.draw(st.binary(max_size=8)) + good[place + length :]
    assert refused(bad) is bool(wire.find_faults(bad))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_examples_are_valid_for_decoder_and_schema(path: Path) -> None:
    data = path.read_bytes()
    document = wire.decode(data)
    jsonschema.Draft202012Validator(SCHEMAS[path.stem]).validate(json.loads(data))
    assert json.loads(wire.encode(document)) == json.loads(data)
    assert wire.normal(document) == document


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_alone_is_a_document(kind: str) -> None:
    data = b'{"kind":"%s"}' % kind.encode()
    assert wire.encode(wire.decode(data)) == data


def test_text_may_be_given_instead_of_bytes() -> None:
    assert wire.decode('{"kind":"invoice","totals":{"net":"1.10"}}') == Invoice(
        totals=Totals(net=Decimal("1.10"))
    )


@pytest.mark.parametrize(
    ("value", "spelled"),
    [
        ("1E+2", "100"),
        ("1E-7", "0.0000001"),
        ("0E-2", "0.00"),
        ("-0.00", "0.00"),
        ("1.50", "1.50"),
    ],
)
def test_decimals_made_in_python_are_spelled_in_plain_digits(value: str, spelled: str) -> None:
    data = wire.encode(Invoice(totals=Totals(net=Decimal(value))))
    assert json.loads(data)["totals"]["net"] == spelled


@pytest.mark.parametrize("value", ["NaN", "sNaN", "Infinity", "-Infinity"])
def test_what_is_no_amount_cannot_be_written(value: str) -> None:
    with pytest.raises(InvalidDocument):
        wire.encode(Invoice(totals=Totals(net=Decimal(value))))


def test_text_that_looks_like_an_odd_decimal_is_left_alone() -> None:
    document = Invoice(number='1E-7 "-0 NaN Infinity', notes=[Note(text="E+2")])
    assert wire.decode(wire.encode(document)) == document


def test_one_moment_has_one_spelling() -> None:
    east = wire.decode(b'{"kind":"bank_statement","created_at":"2026-01-31T12:00:00+02:00"}')
    west = wire.decode(b'{"kind":"bank_statement","created_at":"2026-01-31T10:00:00Z"}')
    assert wire.encode(east) == wire.encode(west)


def test_a_moment_without_an_offset_is_refused_in_python_too() -> None:
    with pytest.raises(ValueError, match="offset"):
        BankStatement(created_at=datetime.datetime(2026, 1, 31, 10))  # noqa: DTZ001


def test_the_hash_is_that_of_the_canonical_bytes() -> None:
    document = Invoice(number="ÄÖ-1", totals=Totals(net=Decimal("1.10")))
    data = '{"kind":"invoice","number":"ÄÖ-1","totals":{"net":"1.10"}}'.encode()
    assert wire.encode(document) == data
    assert wire.content_hash(document) == f"sha256:{hashlib.sha256(data).hexdigest()}"


def test_normal_pads_amounts_by_currency_and_bares_numbers() -> None:
    data = (
        '{"kind":"invoice","currency":"EUR","tax_currency":"JPY","number":" A\\u0308 ",'
        '"totals":{"net":"5","gross":"5.123","tax_accounting":"800"},'
        '"lines":[{"quantity":"2.50","price":{"net":"10.00"},"net":"25"}],'
        '"notes":[{"text":"  a  "}]}'
    )
    tidy = json.loads(wire.encode(wire.normal(wire.decode(data))))
    assert tidy["number"] == "Ä"
    assert tidy["totals"] == {"net": "5.00", "gross": "5.123", "tax_accounting": "800"}
    assert tidy["lines"] == [{"quantity": "2.5", "price": {"net": "10"}, "net": "25.00"}]
    assert tidy["notes"] == [{"text": "a"}]


@given(documents())
def test_normal_is_normal_at_once(document: AnyDocument) -> None:
    once = wire.normal(document)
    assert wire.normal(once) == once


def test_a_blank_text_disappears_when_normal() -> None:
    assert wire.normal(Invoice(number="   ")) == Invoice()


def test_padding_uses_the_nearest_currency() -> None:
    document = PurchaseOrder(currency="KWD", totals=Totals(net=Decimal("1")))
    assert wire.to_plain(wire.normal(document))["totals"]["net"] == "1.000"
