"""What is converted when a map is compiled comes out as if it were converted when it runs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors._engine import convert
from tests.engine.small_maps import a_run, document, xml

HEAD = "version: 1\neach: '.'\ntables:\n  way: {in: payable, out: receivable}\n  none: {}\n"


@pytest.mark.parametrize(
    ("spec", "value", "expected"),
    [
        ("{path: w, table: way}", "in", "payable"),
        ("{path: w, table: way}", " out ", "receivable"),
        ("{path: w, table: way, otherwise: absent}", "else", None),
        ("{path: w, table: way, otherwise: {const: payable}}", "else", "payable"),
        ("{path: w, table: way, otherwise: {const: payable}}", " ", None),
        ("{path: w, table: way, otherwise: keep}", " receivable ", "receivable"),
        ("{path: w, table: way, otherwise: keep}", " in ", "payable"),
        ("{path: w, table: none, otherwise: {const: payable}}", "x", "payable"),
        ("{path: w, table: none, otherwise: {const: payable}}", "  ", None),
        ("{path: w, table: none, otherwise: absent}", "x", None),
        ("{first: [{path: v, table: way}, {const: receivable}]}", "x", "receivable"),
        ("{first: [{path: w, table: way}, {const: receivable}]}", "in", "payable"),
        ("{first: [{path: w, table: way, otherwise: absent}, {const: payable}]}", "x", "payable"),
    ],
)
def test_tables_and_constants_convert_alike(spec: str, value: str, expected: str | None) -> None:
    fields = f"{HEAD}fields: {{direction: {spec}, number: n}}\n"
    found = document(fields, {"w": value, "n": "1"})
    assert found.get("direction") == expected


@pytest.mark.parametrize(
    "value", ["plain", " padded ", "", "  ", "e\u0301", "\u00a0x", True, 7, Decimal("1.50"), None]
)
def test_a_text_in_the_code_is_the_text_of_the_function(value: Any) -> None:
    found = document("version: 1\neach: '.'\nfields: {number: n, status: n}\n", {"n": value})
    expected = convert.text(value, a_run(), 0)
    assert (found.get("number"), found.get("status")) == (expected, expected)


def test_an_element_with_attributes_converts_by_its_text() -> None:
    tree = xml("<r><A><N x='1'> 7 </N><S x='1'/></A></r>")
    assert document("version: 1\neach: A\nfields: {number: N, status: S}\n", tree, codec="xml") == {
        "number": "7"
    }


@given(
    st.one_of(
        st.decimals(allow_nan=False, allow_infinity=False, places=4),
        st.integers(-(10**20), 10**20),
        st.from_regex(r"-?[0-9]{1,20}(\.[0-9]{1,12})?(E[0-9])?", fullmatch=True),
    ),
    st.sampled_from([None, 0, 2, 3]),
)
def test_money_keeps_its_value_and_gets_its_decimals(value: Any, exponent: int | None) -> None:
    run = a_run()
    run.exponent = exponent
    found = convert.amount(value, run, 0)
    if found is None:
        assert run.issues
        return
    assert found == Decimal(str(value))
    assert -int(found.as_tuple().exponent) >= (exponent or 0)
    assert not (found.is_zero() and found.is_signed())


@given(st.decimals(allow_nan=False, allow_infinity=False, places=5))
def test_a_number_keeps_its_value_and_no_noughts(value: Decimal) -> None:
    for spelled in (value, str(value), format(value, "f")):
        found = convert.number(spelled, a_run(), 0)
        if found is not None:
            assert found == value
            assert "." not in str(found) or str(found)[-1] != "0"
