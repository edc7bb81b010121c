"""References, whole units and sums: what reconciliation is made of."""

from __future__ import annotations

import random
from decimal import Decimal
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canonical_model.controls.reconciliation import reference_of, references_in
from canonical_model.controls.reconciliation.subset_sums import prefix, subset
from canonical_model.controls.reconciliation.whole_units import amount_of, share, units
from tests.canonical_model.controls.generated.noise import mistyped
from tests.canonical_model.controls.generated.quoted import (
    belgian,
    creditor,
    finnish,
    norwegian,
    swiss,
)
from tests.strategies import amounts

DIGITS = st.text("0123456789", min_size=1)


@pytest.mark.parametrize(
    ("text", "scheme", "value"),
    [
        ("RF18 5390 0754 7034", "iso11649", "RF18539007547034"),
        ("rf18539007547034", "iso11649", "RF18539007547034"),
        ("21 00000 00003 13947 14300 09017", "qrr", "210000000003139471430009017"),
        ("+++090/9337/55493+++", "ogm", "90933755493"),
        ("12 34561", "fi", "1234561"),
        ("602243", "kid", "602243"),
        ("12345676-", None, None),
        ("1000000000003-", None, None),
        ("RF19539007547034", None, None),
        ("123", None, None),
        ("", None, None),
        ("RE-2026-0118", None, None),
    ],
)
def test_a_reference_is_known_by_its_check_digits(
    text: str, scheme: str | None, value: str | None
) -> None:
    found = reference_of(text)
    assert (found and found.scheme, found and found.value) == (scheme, value)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Zahlung RF18 5390 0754 7034, danke", ["RF18539007547034"]),
        ("RF18539007547034THX", []),
        ("ref 21 00000 00003 13947 14300 09017 Miete", ["210000000003139471430009017"]),
        ("facture +++090/9337/55493+++ merci", ["90933755493"]),
        ("viite 12 34561", ["1234561"]),
        ("no digits at all", []),
        ("", []),
    ],
)
def test_references_are_found_in_free_text(text: str, values: list[str]) -> None:
    assert [each.value for each in references_in(text)] == values


@given(st.text("0123456789", min_size=26, max_size=26))
def test_a_swiss_reference_survives_its_round(base: str) -> None:
    if base.strip("0"):
        found = reference_of(swiss(base))
        assert found is not None
        assert found.scheme == "qrr"


@given(st.text("123456789", min_size=4, max_size=18))
def test_national_references_are_right_by_their_own_rules(base: str) -> None:
    for made in (finnish(base), norwegian(base), creditor(base)):
        assert reference_of(made) is not None
    assert reference_of(belgian(base.rjust(10, "1")[-10:])) is not None


@given(st.text("0123456789", min_size=6, max_size=20), st.integers(0, 10**6))
def test_a_mistyped_creditor_reference_is_not_taken_for_another(base: str, seed: int) -> None:
    right = creditor(base)
    wrong = mistyped(random.Random(seed), right[4:])
    if wrong != right[4:] and len(wrong) == len(right[4:]):
        assert reference_of(right[:4] + wrong) is None


@given(st.text(max_size=200))
def test_any_text_can_be_searched(text: str) -> None:
    for found in references_in(text):
        assert found.value
    reference_of(text)


@given(amounts())
def test_whole_units_lose_nothing(amount: Decimal) -> None:
    whole = units(amount)
    assert whole is not None
    assert amount_of(whole, "EUR") == amount


@pytest.mark.parametrize("odd", ["NaN", "sNaN", "Infinity", "1E+18", "0.0000000001", "-1E+99"])
def test_what_no_document_holds_has_no_units(odd: str) -> None:
    assert units(Decimal(odd)) is None
    assert units(None) is None


@pytest.mark.parametrize(
    ("amount", "percent", "currency", "expected"),
    [("10.25", "2", "EUR", "0.21"), ("10.25", "2", "JPY", "0"), ("10.255", "10", "KWD", "1.026")],
)
def test_a_share_is_rounded_to_the_coin_of_the_currency(
    amount: str, percent: str, currency: str, expected: str
) -> None:
    whole = units(Decimal(amount))
    assert whole is not None
    assert amount_of(share(whole, Decimal(percent), currency), currency) == Decimal(expected)


@given(st.lists(st.integers(-50, 50).filter(bool), min_size=1, max_size=9), st.integers(-60, 60))
def test_a_subset_is_found_exactly_where_there_is_one(values: list[int], target: int) -> None:
    places = range(len(values))
    fitting = [
        chosen
        for count in range(1, len(values) + 1)
        for chosen in combinations(places, count)
        if sum(values[place] for place in chosen) == target
    ]
    found = subset(values, target)
    assert (found is None) == (not fitting)
    if found is not None:
        assert sum(values[place] for place in found.places) == target
        assert len(found.places) == len(fitting[0])
        assert found.only == (len(fitting) == 1)


def test_equal_amounts_do_not_make_it_slow_or_sure() -> None:
    found = subset([1] * 20, 10)
    assert found is not None
    assert not found.only


@given(st.lists(st.integers(-9, 99)), st.integers(0, 500))
def test_a_prefix_is_the_shortest_that_comes_to_the_sum(values: list[int], target: int) -> None:
    count = prefix(values, target)
    sums = [sum(values[: place + 1]) for place in range(len(values))]
    assert count == (sums.index(target) + 1 if target in sums else None)
