"""Unknown codes and ill-formed identifiers, wherever they stand."""

from __future__ import annotations

import subprocess
import sys
from typing import Any, TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canonical_model.base.issue import Issue
from canonical_model.checks import check
from canonical_model.checks.identifiers import fault_of, masked
from canonical_model.checks.scan import IDENTIFIER, census_of, walk
from canonical_model.documents import AnyDocument
from tests.strategies import documents, from_plain

Plain: TypeAlias = dict[str, Any]

GOOD_IBAN, BAD_IBAN = "DE89370400440532013000", "DE88370400440532013000"


def issues(code: str, kind: str, plain: Plain) -> list[Issue]:
    return [each for each in check(from_plain({"kind": kind, **plain})) if each.code == code]


CODES: list[tuple[str, Plain, list[tuple[str | None, str | None, str]]]] = [
    ("invoice", {"currency": "EUR", "type_code": "380"}, []),
    ("invoice", {"currency": "EUX"}, [("currency", "BR-CL-04", "warning")]),
    ("invoice", {"type_code": "invoice"}, [("type_code", "BR-CL-01", "warning")]),
    (
        "invoice",
        {"seller": {"address": {"country": "XX"}}},
        [("seller.address.country", "BR-CL-14", "warning")],
    ),
    ("invoice", {"lines": [{}, {"unit": "Stk"}]}, [("lines[1].unit", "BR-CL-23", "info")]),
    ("invoice", {"lines": [{"price": {"base_unit": "KGM"}}]}, []),
    (
        "invoice",
        {"lines": [{"taxes": [{"category": "V1"}]}]},
        [("lines[0].taxes[0].category", "BR-CL-17", "warning")],
    ),
    ("invoice", {"lines": [{"taxes": [{"category": "V1", "type": "GST"}]}]}, []),
    (
        "invoice",
        {"lines": [{"taxes": [{"category": "V1", "type": "VAT"}]}]},
        [("lines[0].taxes[0].category", "BR-CL-17", "warning")],
    ),
    ("invoice", {"taxes": [{"category": "S", "exemption_code": "vatex-eu-ae"}]}, []),
    (
        "invoice",
        {"taxes": [{"exemption_code": "N4"}]},
        [("taxes[0].exemption_code", "BR-CL-22", "warning")],
    ),
    (
        "invoice",
        {"payment": [{"means": "58"}, {"means": "wire"}]},
        [("payment[1].means", "BR-CL-16", "warning")],
    ),
    ("payment", {"means": "wire"}, [("means", "BR-CL-16", "warning")]),
    (
        "bank_statement",
        {"balances": [{"type": "OPBD"}, {"type": "015"}]},
        [("balances[1].type", "C1", "warning")],
    ),
    ("order_response", {"type_code": "AP"}, []),
    ("order_response", {"type_code": "380"}, [("type_code", "C1", "warning")]),
    ("goods_receipt", {"lines": [{"unit": "pcs"}]}, [("lines[0].unit", "BR-CL-23", "info")]),
    ("journal_entry", {"base_currency": "XXL"}, [("base_currency", "BR-CL-04", "warning")]),
    ("party", {"address": {"country": "DE"}, "currency": "EUR"}, []),
]


@pytest.mark.parametrize(("kind", "plain", "expected"), CODES)
def test_a_code_that_is_in_no_list_is_told(kind: str, plain: Plain, expected: list[Any]) -> None:
    found = [(each.path, each.rule, each.severity) for each in issues("code_unknown", kind, plain)]
    assert found == expected


def test_an_unknown_code_is_told_once_and_where_it_first_stands() -> None:
    plain = {"lines": [{"unit": "C62"}, {"unit": "Stk"}, {"unit": "Stk"}, {"unit": "Krt"}]}
    found = [(each.path, each.actual) for each in issues("code_unknown", "invoice", plain)]
    assert found == [("lines[1].unit", "Stk"), ("lines[3].unit", "Krt")]


def test_the_nearest_codes_are_offered() -> None:
    (issue,) = issues("code_unknown", "invoice", {"currency": "eur"})
    assert issue.hint is not None
    assert "EUR" in issue.hint


def test_a_long_code_is_quoted_in_part() -> None:
    (issue,) = issues("code_unknown", "invoice", {"type_code": "x" * 64})
    assert issue.actual == "x" * 40


def test_many_unknown_codes_are_told_without_searching_for_each() -> None:
    plain = {"lines": [{"unit": f"unit {n}"} for n in range(200)]}
    found = issues("code_unknown", "invoice", plain)
    assert len(found) == 200
    assert len({each.hint for each in found[5:]}) == 1


KNOWN_GOOD = [
    ("vat", None, "DE136695976", None),
    ("vat", None, "136695976", "DE"),
    ("vat", None, "ATU13585627", "DE"),
    ("vat", None, "EL094259216", "GR"),
    ("vat", None, "XI980780684", "GB"),
    ("vat", None, "CHE-107.787.577 MWST", "CH"),
    ("vat", None, "CHE107787577", "CH"),
    ("vat", None, "NO995525828MVA", "NO"),
    ("vat", None, "27AAPFU0939F1ZV", "IN"),
    ("vat", None, "51824753556", "AU"),
    ("vat", None, "GODE561231GR8", "MX"),
    ("tax", None, "12-3456789", "US"),
    ("legal", "0002", "552008443", None),
    ("legal", "0009", "73282932000074", None),
    ("legal", "0192", "995525828", None),
    ("legal", "0208", "0403019261", None),
    ("endpoint", "0088", "4012345000009", None),
    ("endpoint", "9930", "DE136695976", None),
    ("party", "0060", "150483782", None),
    ("party", "lei", "529900T8BM49AURSDO55", None),
    ("account", "iban", "DE89 3704 0044 0532 0130 00", None),
    ("account", "us-aba", "021000021", None),
]
KNOWN_BAD = [
    (("vat", None, "DE136695970", None), "check digit of this VAT number"),
    (("vat", None, "DE13669597", None), "length of this VAT number"),
    (("legal", "0002", "552008444", None), "check digit of this identifier of scheme 0002"),
    (("legal", None, "552008444", "FR"), "check digit of this legal number"),
    (("endpoint", "0088", "4012345000000", None), "check digit of this identifier of scheme 0088"),
    (("endpoint", "0088", "40123455", None), "shape of this identifier of scheme 0088"),
    (("endpoint", "9930", "DE136695970", None), "check digit of this VAT number"),
    (("party", "duns", "15048378", None), "shape of this identifier of scheme duns"),
    (("account", "iban", BAD_IBAN, None), "check digit of this IBAN"),
    (("account", "iban", "9" * 1000, None), "length of this IBAN"),
    ((None, "bic", "DEUTDEF", None), "length of this BIC"),
]
NOT_KNOWN = [
    ("legal", None, "HRB 1234", "DE"),
    ("vat", None, "US123456", "US"),
    ("vat", None, "M2-1234567-8", "SG"),
    ("vat", None, "T1234567890123", "JP"),
    ("tax", None, "whatever", None),
    ("other", None, "whatever", "DE"),
    (None, None, "whatever", None),
    ("account", "bban", "whatever", None),
]


@pytest.mark.parametrize("identifier", KNOWN_GOOD + NOT_KNOWN)
def test_what_is_well_formed_or_of_no_known_scheme_passes(identifier: tuple[Any, ...]) -> None:
    assert fault_of(*identifier) is None


@pytest.mark.parametrize(("identifier", "fault"), KNOWN_BAD)
def test_what_is_wrong_with_an_identifier_is_told(identifier: tuple[Any, ...], fault: str) -> None:
    assert (fault_of(*identifier) or "").replace("digits", "digit") == fault


@given(
    kind=st.sampled_from(["vat", "tax", "legal"]),
    value=st.text(st.characters(min_codepoint=32), max_size=80),
    country=st.sampled_from(
        ["DE", "US", "IT", "FR", "GR", "IN", "IS", "MX", "ZZ", "as", "ß", None]
    ),
)
def test_no_identifier_makes_a_validator_escape(kind: str, value: str, country: str | None) -> None:
    fault_of(kind, None, value, country)


def party(*ids: Plain) -> Plain:
    return {"name": "x", "address": {"country": "DE"}, "ids": list(ids)}


@pytest.mark.parametrize(
    ("kind", "plain", "path"),
    [
        (
            "invoice",
            {"seller": party({"value": "1"}, {"value": "13", "kind": "vat"})},
            "seller.ids[1].value",
        ),
        (
            "invoice",
            {"payment": [{"accounts": [{"id": {"value": BAD_IBAN, "scheme": "iban"}}]}]},
            "payment[0].accounts[0].id.value",
        ),
        (
            "invoice",
            {"lines": [{"item": {"standard_id": {"value": "12", "scheme": "0160"}}}]},
            "lines[0].item.standard_id.value",
        ),
        ("payment", {"to_account": {"bic": "NOBIC"}}, "to_account.bic"),
        ("party", party({"value": "13", "kind": "vat"}), "ids[0].value"),
        ("bank_account", {"id": {"value": BAD_IBAN, "scheme": "iban"}}, "id.value"),
        ("shipment", {"tracking": [{"value": "12", "scheme": "0088"}]}, "tracking[0].value"),
        (
            "bank_statement",
            {"transactions": [{"details": [{"counterparty_account": {"bic": "X"}}]}]},
            "transactions[0].details[0].counterparty_account.bic",
        ),
    ],
)
def test_identifiers_are_looked_at_wherever_they_stand(kind: str, plain: Plain, path: str) -> None:
    found = [(each.path, each.severity) for each in issues("identifier_invalid", kind, plain)]
    assert found == [(path, "warning")]


@pytest.mark.parametrize("value", [BAD_IBAN, "DE88 3704 0044 0532 0130 00", "12345678", "1"])
def test_an_account_number_is_never_told_in_full(value: str) -> None:
    plain = {"id": {"value": value, "kind": "account", "scheme": "iban"}}
    (issue,) = issues("identifier_invalid", "bank_account", plain)
    assert value.replace(" ", "") not in repr(issue).replace(" ", "") or len(value) < 4
    assert issue.actual == masked(value)


def test_a_mask_shows_at_most_four_at_either_end() -> None:
    assert masked(GOOD_IBAN) == "DE89…3000"
    assert masked("12345678") == "12…78"
    assert masked("123") == "…"


@given(document=documents())
def test_a_census_counts_what_a_walk_meets(document: AnyDocument) -> None:
    met: dict[str, list[Any]] = {}
    for place in walk(document):
        met.setdefault(place.sort, []).append(place.value)
    census = census_of(document)
    for sort, held in census.items():
        values = [each[0] for each in held] if sort == IDENTIFIER else held
        counted = sorted(repr(value) for value in values if value is not None)
        assert counted == sorted(map(repr, met.get(sort, [])))


def test_reading_the_rules_reads_no_validator() -> None:
    code = "import sys, canonical_model.checks; print([m for m in sys.modules if 'stdnum' in m])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
