"""Source values to canonical types: exact, in one spelling, and never guessed."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors._engine import convert
from connectors._engine.dates import day_of, moment_of
from tests.engine.small_maps import a_run

D = Decimal
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=3,
)


def test_endless_marks_on_a_letter_are_not_composed() -> None:
    endless = "a" + "\u0316\u0301" * 200_000
    start = time.process_time()
    assert convert.text(endless, a_run(), 0) == endless
    assert time.process_time() - start < 1
    assert convert.text("e\u0301" * 600, a_run(), 0) == "\u00e9" * 600


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("0", "0"),
        ("-0.00", "0.00"),
        (D("-0"), "0"),
        (D("0E+900"), "0"),
        (D("0E-30"), "0"),
        ("007.50", "7.50"),
        (" 5 ", "5"),
        ("+5", "5"),
        ("5-", "-5"),
        ("- 5.5", "-5.5"),
        (".5", "0.5"),
        ("5.", "5"),
        ("1,234.56", "1234.56"),
        ("1,234,567", "1234567"),
        (12, "12"),
        (D("1E+2"), "100"),
        (D("1.5E-7"), "0.00000015"),
        (D("0.1234567890000"), "0.123456789"),
        ("999999999999999999.999999999", "999999999999999999.999999999"),
        ("0" * 40 + "1", "1"),
    ],
)
def test_a_decimal_is_exact_and_plainly_spelled(written: Any, read: str) -> None:
    run = a_run()
    assert f"{convert.decimal(written, run, 0):f}" == read
    assert not run.issues


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("1.234,56", "a decimal"),
        ("12,34", "a decimal"),
        ("1,23,456", "a decimal"),
        ("1 234", "a decimal"),
        ("1_000", "a decimal"),
        ("1e3", "a decimal"),
        ("0x10", "a decimal"),
        ("١٢", "a decimal"),
        ("NaN", "a decimal"),
        ("-", "a decimal"),
        ("--5", "a decimal"),
        ("-5-", "a decimal"),
        ("EUR 5", "a decimal"),
        (1.5, "a decimal"),
        (True, "a decimal"),
        ([], "a decimal"),
        ({"a": 1}, "a decimal"),
        (D("NaN"), "a decimal"),
        (D("Infinity"), "a decimal"),
        ("1" + "0" * 18, "a decimal below 10^18"),
        (D("1E+999999"), "a decimal below 10^18"),
        (10**30, "a decimal below 10^18"),
        ("0.1234567891", "at most 9 decimals"),
        (D("0." + "9" * 70), "at most 9 decimals"),
        (D("1E-900"), "at most 9 decimals"),
    ],
)
def test_what_is_no_decimal_of_the_model_is_reported(written: Any, expected: str) -> None:
    run = a_run()
    assert convert.decimal(written, run, 0) is None
    (issue,) = run.issues
    assert (issue.expected, issue.path, issue.source_path) == (expected, "field", "Source.Path")
    assert issue.actual is not None
    assert len(issue.actual) <= 40


@pytest.mark.parametrize("text", ["-" + " " * 200_000 + "x", "1" * 200_000 + "x", "1," * 200_000])
def test_a_long_text_that_is_no_number_or_day_is_told_at_once(text: str) -> None:
    began = time.monotonic()
    for function in (convert.decimal, convert.date, convert.instant, convert.count):
        assert function(text, a_run(), 0) is None
    assert time.monotonic() - began < 0.5


@given(st.decimals(min_value=-(10**18) + 1, max_value=10**18 - 1, places=9))
def test_every_decimal_of_the_model_is_kept(value: Decimal) -> None:
    for written in (value, format(value, "f")):
        found = convert.decimal(written, a_run(), 0)
        assert found == value
        number = f"{convert.number(written, a_run(), 0):f}"
        assert "." not in number or number[-1] != "0"


@pytest.mark.parametrize(
    ("exponent", "written", "padded"),
    [
        (2, "5", "5.00"),
        (2, "5.1", "5.10"),
        (2, "5.123", "5.123"),
        (2, "5.1200", "5.12"),
        (0, "5", "5"),
        (3, "5", "5.000"),
        (None, "5.10", "5.10"),
        (2, "-0", "0.00"),
        (2, "999999999999999999", "999999999999999999.00"),
    ],
)
def test_an_amount_has_its_currencys_decimals(
    exponent: int | None, written: str, padded: str
) -> None:
    run = a_run()
    run.exponent = exponent
    assert str(convert.amount(written, run, 0)) == padded


@pytest.mark.parametrize(
    ("written", "read"), [("19.00", "19"), ("100", "100"), ("7.70", "7.7"), ("0.00", "0")]
)
def test_a_number_has_no_trailing_zeros(written: str, read: str) -> None:
    assert str(convert.number(written, a_run(), 0)) == read


@pytest.mark.parametrize(
    ("function", "written", "read"),
    [
        (convert.text, "  a b ", "a b"),
        (convert.text, "e\u0301", "é"),
        (convert.text, True, "true"),
        (convert.text, D("1.10"), "1.10"),
        (convert.text, 380, "380"),
        (convert.code, "x" * 64, "x" * 64),
        (convert.currency, "eur", "EUR"),
        (convert.country, " de ", "DE"),
        (convert.count, "3.00", 3),
        (convert.count, D("1E+2"), 100),
        (convert.flag, "Y", True),
        (convert.flag, D(0), False),
        (convert.flag, "FALSE", False),
        (convert.date, "2026-01-31", datetime.date(2026, 1, 31)),
        (convert.choice(frozenset({"a"})), " a ", "a"),
    ],
)
def test_a_value_becomes(function: Callable[..., Any], written: Any, read: Any) -> None:
    run = a_run()
    found = function(written, run, 0)
    assert found == read
    assert type(found) is type(read)
    assert not run.issues


FUNCTIONS = [
    convert.text,
    convert.code,
    convert.currency,
    convert.country,
    convert.decimal,
    convert.amount,
    convert.number,
    convert.date,
    convert.instant,
    convert.count,
    convert.flag,
    convert.choice(frozenset({"a", "b"})),
]


@pytest.mark.parametrize("blank", [None, "", "  ", "\n\t"])
@pytest.mark.parametrize("function", FUNCTIONS)
def test_blanks_are_nothing_and_no_issue(function: Callable[..., Any], blank: Any) -> None:
    run = a_run()
    assert function(blank, run, 0) is None
    assert not run.issues


@pytest.mark.parametrize(
    ("function", "written"),
    [
        (convert.text, ["a"]),
        (convert.code, "x" * 65),
        (convert.currency, "EURO"),
        (convert.currency, "€€€"),
        (convert.currency, "ßab"),
        (convert.currency, "978"),
        (convert.country, "DEU"),
        (convert.country, "1A"),
        (convert.count, "-1"),
        (convert.count, "1.5"),
        (convert.count, 2**53),
        (convert.flag, "maybe"),
        (convert.flag, {}),
        (convert.date, 20260131),
        (convert.instant, "soon"),
        (convert.choice(frozenset({"a"})), "A"),
        (convert.choice(frozenset({"a"})), ["a"]),
        (convert.choice(frozenset({"a"})), {"a": 1}),
    ],
)
def test_what_does_not_fit_is_reported_and_absent(
    function: Callable[..., Any], written: Any
) -> None:
    run = a_run()
    assert function(written, run, 0) is None
    assert [issue.code for issue in run.issues] == ["value_unfit"]


@given(ANYTHING)
def test_nothing_makes_a_converter_raise(value: Any) -> None:
    for function in FUNCTIONS:
        run = a_run()
        found = function(value, run, 0)
        assert found is None or not run.issues


@given(st.dates())
def test_a_day_is_read_from_its_own_spelling(day: datetime.date) -> None:
    assert day_of(day.isoformat()) == day == day_of(day.strftime("%d.%m.") + f"{day.year:04}")


@given(st.datetimes(timezones=st.just(datetime.UTC)))
def test_a_moment_is_read_from_its_own_spelling(moment: datetime.datetime) -> None:
    assert moment_of(moment.isoformat()) == moment
