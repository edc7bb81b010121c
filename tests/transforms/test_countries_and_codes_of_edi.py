"""Countries as people write them; days, rates and empty numbers as EDI and ledgers write them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canonical_model.base.codes import code_list
from connectors._transforms import find_transform
from connectors._transforms.codes import country
from connectors._transforms.dates import compact_day
from connectors._transforms.numbers import percent_or_fraction, unless_number
from connectors.errors import TransformError

D = Decimal


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("us", "US"),
        (" USA ", "US"),
        ("U.S.A.", "US"),
        ("United States", "US"),
        ("england", "GB"),
        ("Iran", "IR"),
        ("Korea", "KR"),
        ("Congo", "CG"),
        ("New Zealand", "NZ"),
        ("", None),
    ],
)
def test_a_country_is_known_by_code_and_by_name(text: str, code: str | None) -> None:
    assert country(text) == code


@pytest.mark.parametrize("text", ["Virgin Islands", "Atlantis", "EU-wide"])
def test_a_name_of_no_one_country_is_refused(text: str) -> None:
    with pytest.raises(TransformError, match="ISO 3166-1"):
        country(text)


@given(st.sampled_from(sorted(code_list("country").codes)))
def test_every_code_stands_for_itself(code: str) -> None:
    assert country(code) == code


@pytest.mark.parametrize(
    ("text", "day"),
    [("20260210", "2026-02-10"), ("981130", "1998-11-30"), ("260210", "2026-02-10")],
)
def test_a_compact_day_has_eight_digits_or_six(text: str, day: str) -> None:
    assert compact_day(text) == day


@pytest.mark.parametrize("text", ["20260231", "2026021", "202602100915", "abcdefgh", "981301"])
def test_what_is_no_compact_day_is_refused(text: str) -> None:
    with pytest.raises(TransformError):
        compact_day(text)


@pytest.mark.parametrize(
    ("text", "percent"),
    [("8.25", "8.25"), (".0825", "8.25"), ("1", "1"), ("0", "0"), ("-.5", "-50")],
)
def test_a_rate_below_one_is_a_fraction(text: str, percent: str) -> None:
    assert percent_or_fraction(text) == D(percent)


@pytest.mark.parametrize(
    ("value", "left"),
    [("0.00", None), (D("1.0000000000"), None), ("", None), ("0.8562", "0.8562"), (D("2"), D("2"))],
)
def test_a_number_that_says_nothing_is_left_out(value: Any, left: Any) -> None:
    assert unless_number(value, numbers=[0, 1]) == left


def test_numbers_are_given_as_a_list() -> None:
    assert find_transform("unless_number").problems({"numbers": 0})
