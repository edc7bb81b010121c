"""Wrong bytes are told apart: what is wrong, where, what was found, what would work."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from canonical_model import schemas, wire
from canonical_model.errors import InvalidDocument

DEEP = b'{"kind":"invoice","notes":' + b"[" * 50_000 + b"]" * 50_000 + b"}"


def invoice(**fields: Any) -> bytes:
    return json.dumps({"kind": "invoice", **fields}).encode()


def totals(spelling: str) -> bytes:
    return b'{"kind":"invoice","totals":{"gross":%s}}' % spelling.encode()


# what, the bytes, the code, the path
UNREADABLE = [
    ("nothing", b"", "not_json", None),
    ("blanks", b" \n ", "not_json", None),
    ("not UTF-8", b'{"kind":"invoice","number":"\xff"}', "not_json", None),
    ("a byte order mark", b'\xef\xbb\xbf{"kind":"invoice"}', "not_json", None),
    ("UTF-16", '{"kind":"invoice"}'.encode("utf-16"), "not_json", None),
    ("cut off", b'{"kind":"invoice"', "not_json", None),
    ("cut off in a text", b'{"kind":"inv', "not_json", None),
    ("more than one", b'{"kind":"invoice"}{"kind":"invoice"}', "not_json", None),
    ("a trailing comma", b'{"kind":"invoice",}', "not_json", None),
    ("a comment", b'{"kind":"invoice"} // mine', "not_json", None),
    ("single quotes", b"{'kind':'invoice'}", "not_json", None),
    ("Python words", b'{"kind":"invoice","prices_include_tax":True}', "not_json", None),
    ("NaN", b'{"kind":"invoice","totals":{"gross":NaN}}', "not_json", None),
    ("infinity", b'{"kind":"invoice","totals":{"gross":-Infinity}}', "not_json", None),
    ("a raw line break", b'{"kind":"invoice","number":"a\nb"}', "not_json", None),
    ("NUL bytes", b"\x00\x00\x00\x00", "not_json", None),
    ("XML", b"<Invoice/>", "not_json", None),
    ("too deep", DEEP, "not_json", None),
    ("half a surrogate", b'{"kind":"invoice","number":"\\ud800"}', "text_invalid", "number"),
]
SHAPES = [
    ("a list", b"[]", "wrong_type", None),
    ("a text", b'"invoice"', "wrong_type", None),
    ("a number", b"12", "wrong_type", None),
    ("null", b"null", "wrong_type", None),
    ("no kind", b"{}", "kind_missing", "kind"),
    ("a misspelled kind", b'{"kind":"invoce"}', "kind_unknown", "kind"),
    ("a kind in capitals", b'{"kind":"Invoice"}', "kind_unknown", "kind"),
    ("a kind that is null", b'{"kind":null}', "kind_missing", "kind"),
    ("a kind that is a number", b'{"kind":1}', "kind_unknown", "kind"),
    ("a kind that is a list", b'{"kind":["invoice"]}', "kind_unknown", "kind"),
    ("a misspelled field", invoice(isue_date="2026-01-31"), "unknown_field", "isue_date"),
    ("a field of another kind", invoice(balances=[]), "unknown_field", "balances"),
    ("an unknown field within", invoice(seller={"nam": "x"}), "unknown_field", "seller.nam"),
    ("a kind on a nested party", invoice(seller={"kind": "party"}), "unknown_field", "seller.kind"),
    ("null", invoice(number=None), "null_value", "number"),
    ("null within", invoice(seller={"name": None}), "null_value", "seller.name"),
    ("null in a list", invoice(lines=[None]), "null_value", "lines[0]"),
    ("a null list", invoice(lines=None), "null_value", "lines"),
    ("an object for a list", invoice(lines={}), "wrong_type", "lines"),
    ("a text for a list", invoice(lines="1"), "wrong_type", "lines"),
    ("a list for an object", invoice(seller=[]), "wrong_type", "seller"),
    ("a text for an object", invoice(seller="Acme"), "wrong_type", "seller"),
    ("a text in a list", invoice(lines=[{}, "2"]), "wrong_type", "lines[1]"),
    ("a list for a text", invoice(number=["1"]), "wrong_type", "number"),
    ("a number for a text", invoice(number=123), "wrong_type", "number"),
    ("a flag for a text", invoice(number=True), "wrong_type", "number"),
    ("a text for a flag", invoice(prices_include_tax="yes"), "wrong_type", "prices_include_tax"),
    ("a number for a flag", invoice(prices_include_tax=1), "wrong_type", "prices_include_tax"),
    ("an empty text", invoice(number=""), "text_empty", "number"),
    ("an empty code", invoice(type_code=""), "text_empty", "type_code"),
    ("a code too long", invoice(type_code="3" * 65), "text_length", "type_code"),
    ("a currency too long", invoice(currency="EURO"), "text_length", "currency"),
    ("a currency too short", invoice(currency="EU"), "text_length", "currency"),
    (
        "a country in words",
        invoice(seller={"address": {"country": "Germany"}}),
        "text_length",
        "seller.address.country",
    ),
    ("no such choice", invoice(direction="incoming"), "choice_unknown", "direction"),
    ("a choice in capitals", invoice(direction="Payable"), "choice_unknown", "direction"),
    ("a role unknown", invoice(refs=[{"role": "po"}]), "choice_unknown", "refs[0].role"),
    ("a role missing", invoice(refs=[{"number": "1"}]), "field_missing", "refs[0].role"),
    ("an id without value", invoice(seller={"ids": [{}]}), "field_missing", "seller.ids[0].value"),
    ("a note without text", invoice(notes=[{"code": "A"}]), "field_missing", "notes[0].text"),
    ("a date that never was", invoice(issue_date="2026-02-30"), "date_invalid", "issue_date"),
    ("a date with slashes", invoice(issue_date="31/01/2026"), "date_invalid", "issue_date"),
    ("a compact date", invoice(issue_date="20260131"), "date_invalid", "issue_date"),
    ("a date with a time", invoice(issue_date="2026-01-31T00:00:00Z"), "date_invalid", None),
    ("a date as a number", invoice(issue_date=20260131), "date_invalid", "issue_date"),
    ("a week date", invoice(issue_date="2026-W05-6"), "date_invalid", "issue_date"),
]
DECIMALS = [
    ("a JSON number", "119.00"),
    ("a whole JSON number", "119"),
    ("a number with an exponent", "1.19e2"),
    ("an exponent", '"1e3"'),
    ("a capital exponent", '"1E+3"'),
    ("a negative exponent", '"15e-1"'),
    ("NaN as text", '"NaN"'),
    ("a signalling NaN", '"sNaN12"'),
    ("a negative NaN with digits", '"-NaN123"'),
    ("infinity as text", '"Infinity"'),
    ("a blank before", '" 1.1"'),
    ("a blank after", '"1.1 "'),
    ("a line break after", '"1.1\\n"'),
    ("an underscore", '"1_0"'),
    ("a plus sign", '"+5"'),
    ("no digit before the point", '".5"'),
    ("no digit after the point", '"5."'),
    ("a leading zero", '"007"'),
    ("a leading zero before a point", '"00.5"'),
    ("minus zero", '"-0"'),
    ("minus zero with decimals", '"-0.00"'),
    ("nineteen digits", '"1234567890123456789"'),
    ("ten decimals", '"0.1234567890"'),
    ("a decimal comma", '"1,5"'),
    ("a thousands separator", '"1,000.00"'),
    ("a currency sign", '"€5"'),
    ("full-width digits", '"\uff11\uff12"'),
    ("Arabic digits", '"٣"'),
    ("an empty text", '""'),
    ("a word", '"five"'),
    ("hexadecimal", '"0x10"'),
    ("a flag", "true"),
    ("an object", '{"amount":"5"}'),
    ("a list", '["5"]'),
    ("an escaped quote within", '"\\"5\\""'),
]
COUNTS = [
    ("a fraction", "1.5"),
    ("a text", '"1"'),
    ("below zero", "-1"),
    ("beyond all counting", "12345678901234567890"),
    ("a flag", "true"),
]
INSTANTS = [
    ("without an offset", "2026-01-31T10:00:00"),
    ("only a day", "2026-01-31"),
    ("an hour that never was", "2026-01-31T25:00:00Z"),
    ("before the calendar", "0001-01-01T00:00:00+05:00"),
    ("a Unix time", "1769853600"),
]


def cases() -> list[Any]:
    """All of them, each with a name to read."""
    made = [(what, data, code, path) for what, data, code, path in UNREADABLE + SHAPES]
    made += [(f"decimal: {w}", totals(s), "decimal_invalid", "totals.gross") for w, s in DECIMALS]
    for what, spelling in COUNTS:
        data = b'{"kind":"purchase_order","change_no":%s}' % spelling.encode()
        made.append((f"count: {what}", data, None, "change_no"))
    for what, text in INSTANTS:
        data = json.dumps({"kind": "bank_statement", "created_at": text}).encode()
        made.append((f"instant: {what}", data, "instant_invalid", "created_at"))
    return [pytest.param(data, code, path, id=what) for what, data, code, path in made]


@pytest.mark.parametrize(("data", "code", "path"), cases())
def test_a_bad_document_says_what_is_wrong_and_where(
    data: bytes, code: str | None, path: str | None
) -> None:
    with pytest.raises(InvalidDocument) as caught:
        wire.decode(data)
    issue = caught.value.issues[0]
    assert code in (None, issue.code)
    assert path in (None, issue.path)
    assert issue.severity == "error"
    assert issue.expected
    assert issue.actual or issue.code == "kind_missing"
    assert len(issue.message) < 300


@pytest.mark.parametrize(("data", "code", "path"), cases())
def test_json_schema_refuses_the_same_documents(
    data: bytes, code: str | None, path: str | None
) -> None:
    try:
        tree = json.loads(data.decode(), parse_constant=lambda name: pytest.skip("not JSON"))
    except (ValueError, RecursionError):
        pytest.skip("not JSON: no schema can judge it")
    kind = tree.get("kind") if isinstance(tree, dict) else None
    name = kind if isinstance(kind, str) and kind in schemas.names() else "document"
    beyond_patterns = ("2026-02-30", "T25:00", "0001-01-01T", "\\ud800")
    if any(mark in data.decode() for mark in beyond_patterns):
        pytest.skip("a pattern cannot know the calendar, nor Python's JSON half a surrogate")
    validator = jsonschema.Draft202012Validator(schemas.schema(name))
    assert not validator.is_valid(tree)


def test_there_are_at_least_sixty_kinds_of_wrong() -> None:
    assert len(cases()) >= 60


def test_all_faults_are_told_not_only_the_first() -> None:
    data = invoice(number="", issue_date="x", totals={"net": 1, "gross": "1e3"}, lines=[{"id": 1}])
    with pytest.raises(InvalidDocument) as caught:
        wire.decode(data)
    assert [issue.path for issue in caught.value.issues] == [
        "number",
        "issue_date",
        "totals.net",
        "totals.gross",
        "lines[0].id",
    ]


def test_a_hint_offers_the_spelling_that_was_meant() -> None:
    assert wire.find_faults(totals('"1e3"'))[0].hint == 'write "1000"'
    assert wire.find_faults(totals("119.00"))[0].hint == 'write "119.00"'
    assert "issue_date" in str(wire.find_faults(invoice(isue_date="x"))[0].hint)


def test_faults_are_capped_so_that_rubbish_does_not_flood() -> None:
    faults = wire.find_faults(invoice(lines=[{"quantity": 1}] * 5000))
    assert len(faults) == 200


def test_a_long_value_is_cut_in_the_message() -> None:
    issue = wire.find_faults(invoice(direction="x" * 5000))[0]
    assert len(str(issue.actual)) < 50
