"""Transforms of numbers: exact whatever the size, refused when senseless."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors._transforms import find_transform
from connectors.errors import TransformError

D = Decimal
LONG = "123456789012345678.123456789"


@pytest.mark.parametrize(
    ("name", "arguments", "value", "made"),
    [
        ("negate", {}, "5.10", "-5.10"),
        ("negate", {}, "0.00", "0"),
        ("negate", {}, LONG + "12345", f"-{LONG}12345"),
        ("absolute", {}, f"-{LONG}12345", f"{LONG}12345"),
        ("scale", {"exponent": -2}, "12345", "123.45"),
        ("scale", {"exponent": 3}, D("1.5"), "1500"),
        ("minor_units", {}, 1099, "10.99"),
        ("minor_units", {"currency": "JPY"}, "1099", "1099"),
        ("minor_units", {"currency": "KWD"}, "1099", "1.099"),
        ("minor_units", {"currency": "XYZ"}, "-1099", "-10.99"),
        ("minor_units", {"currency": "MGA", "but": {"MGA": 0}}, "1099", "1099"),
        ("implied_decimals", {}, "12345", "123.45"),
        ("implied_decimals", {"places": 3}, 5, "0.005"),
        ("implied_decimals", {}, "123.4", "123.4"),
        ("decimal_comma", {}, "1.234.567,89", "1234567.89"),
        ("decimal_comma", {}, "1 234,5", "1234.5"),
        ("decimal_comma", {}, "1\u202f234,5", "1234.5"),
        ("decimal_comma", {}, "1'234", "1234"),
        ("decimal_comma", {}, "-12,5", "-12.5"),
        ("decimal_comma", {}, "12.5", "12.5"),
        ("either_mark", {}, "-1.234,56", "-1234.56"),
        ("either_mark", {}, "1,234.56", "1234.56"),
        ("either_mark", {}, "1,234,567", "1234567"),
        ("either_mark", {}, "+ 12,5", "12.5"),
        ("either_mark", {}, "12.5-", "-12.5"),
        ("either_mark", {}, ".5", "0.5"),
        ("trimmed", {}, "9.680", "9.68"),
        ("trimmed", {}, "100.000", "100"),
        ("round", {}, "1.005", "1.01"),
        ("round", {}, "-1.005", "-1.01"),
        ("round", {"places": 0}, "0.5", "1"),
        ("sum", {}, ["0.1", D("0.2"), None, "", 3], "3.3"),
        ("sum", {}, [LONG, "0.0000000001"], LONG + "1"),
        ("difference", {}, ["5", "1.5", None, "2"], "1.5"),
    ],
)
def test_a_number_becomes(name: str, arguments: Any, value: Any, made: str) -> None:
    found = find_transform(name).function(value, **arguments)
    assert format(found, "f") == made


@pytest.mark.parametrize(
    ("name", "value"),
    [("sum", []), ("sum", [None, ""]), ("difference", [None, "5"]), ("difference", [])],
)
def test_nothing_gives_nothing(name: str, value: Any) -> None:
    assert find_transform(name).function(value) is None


@pytest.mark.parametrize(
    ("value", "made"), [("-5", "negative"), ("0.00", "zero"), (D(3), "positive")]
)
def test_a_sign_is_a_word(value: Any, made: str) -> None:
    assert find_transform("sign").function(value) == made


SINGLE = ["negate", "absolute", "sign", "round", "implied_decimals", "decimal_comma", "number"]
SINGLE += ["either_mark", "trimmed"]


@pytest.mark.parametrize("name", SINGLE)
@pytest.mark.parametrize(
    "value",
    [
        "x",
        "",
        "1_000",
        "\u0661",
        "NaN",
        "-Infinity",
        "1e9999999",
        "1e-9999999",
        "9" * 5000,
        10**4000,
        1.5,
        True,
        [0, [1, 2], -1],
        {"a": 1},
        D("sNaN"),
        D("1E+999999"),
    ],
)
def test_what_is_no_usual_decimal_is_refused(name: str, value: Any) -> None:
    with pytest.raises(TransformError, match="a decimal"):
        find_transform(name).function(value)


@given(st.lists(st.decimals(allow_nan=False, allow_infinity=False, places=9), max_size=6))
def test_a_sum_is_exact_in_any_order(values: list[Decimal]) -> None:
    add = find_transform("sum").function
    small = [value for value in values if abs(value) < 10**30]
    assert add(small) == add(small[::-1])


@given(st.sampled_from(SINGLE), st.text(max_size=12) | st.decimals() | st.integers() | st.floats())
def test_any_value_gives_a_result_or_a_refusal(name: str, value: Any) -> None:
    try:
        find_transform(name).function(value)
    except TransformError as error:
        words = str(error)
    else:
        words = "a decimal"
    assert words.startswith("a decimal")
