"""What bank statements need: account numbers, currency pairs, statement numbers."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors._transforms.codes import account_scheme
from connectors._transforms.numbers import whole_number
from connectors._transforms.texts import other


@pytest.mark.parametrize(
    ("number", "scheme"),
    [
        ("DE89370400440532013000", "iban"),
        ("NL91 ABNA 0417 1643 00", "iban"),
        ("DE89370400440532013001", None),
        ("370400440532013000", None),
        ("", None),
    ],
)
def test_only_valid_check_digits_make_an_iban(number: str, scheme: str | None) -> None:
    assert account_scheme(number) == scheme


@pytest.mark.parametrize(
    ("values", "found"),
    [
        (["EUR", "USD", "EUR"], "USD"),
        (["USD", "USD", "EUR"], "EUR"),
        (["EUR", None, "EUR"], None),
        ([None, "", "EUR"], "EUR"),
    ],
)
def test_other_is_the_first_that_differs_from_the_first(values: Any, found: str | None) -> None:
    assert other(values) == found


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("00042", 42),
        (" 7 ", 7),
        ("0", 0),
        ("036/2009", None),
        ("", None),
        ("²", None),
        ("-1", None),
    ],
)
def test_a_whole_number_is_digits_only(text: str, number: int | None) -> None:
    assert whole_number(text) == number


@given(st.text(max_size=40))
def test_any_text_has_a_scheme_or_none(text: str) -> None:
    assert account_scheme(text) in ("iban", None)
    assert (whole_number(text) or 0) >= 0
