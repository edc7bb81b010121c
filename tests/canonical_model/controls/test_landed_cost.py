"""Landed cost: by value, weight, volume or quantity, and never a cent too many or too few."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canonical_model import wire
from canonical_model.controls.landed_cost import Cost, LandedCost, apportion, landed_cost
from canonical_model.controls.match import Conversion
from tests.canonical_model.controls.trade import line, moved, order, receipt
from tests.strategies import documents

GOODS = receipt(
    "GR-1",
    moved(1, item="A", id="1", value="10.00"),
    moved(2, item="B", id="2", value="10.00"),
    moved(3, item="C", id="3", value="10.00"),
)
PACKED = [
    Conversion(item="A", unit="C62", factor=Decimal(5), of="KGM"),
    Conversion(item="B", unit="C62", factor=Decimal(2500), of="GRM"),
    Conversion(item="C", unit="C62", factor=Decimal("0.5"), of="KGM"),
    Conversion(item="A", unit="C62", factor=Decimal(10), of="LTR"),
]


def cost(amount: str, basis: Any = "value", **more: Any) -> Cost:
    return Cost(name="Freight", amount=Decimal(amount), basis=basis, **more)


def shares(found: LandedCost) -> list[str]:
    return [str(each.landed) for each in found.lines]


@pytest.mark.parametrize(
    ("amount", "basis", "expected"),
    [
        ("10.00", "value", ["3.34", "3.33", "3.33"]),
        ("10.00", "quantity", ["1.67", "3.33", "5.00"]),
        ("11.50", "weight", ["5.00", "5.00", "1.50"]),
        ("10.00", "line", ["3.34", "3.33", "3.33"]),
        ("-10.00", "value", ["-3.34", "-3.33", "-3.33"]),
        ("0.00", "value", ["0.00", "0.00", "0.00"]),
        ("0.01", "value", ["0.01", "0.00", "0.00"]),
        ("10.005", "value", ["3.335", "3.335", "3.335"]),
    ],
)
def test_a_cost_is_spread_by_its_basis(amount: str, basis: str, expected: list[str]) -> None:
    found = landed_cost([GOODS], [cost(amount, basis)], currency="EUR", conversions=PACKED)
    assert shares(found) == expected
    assert wire.encode(found)


def test_a_currency_without_cents_is_spread_in_whole_coins() -> None:
    found = landed_cost([GOODS], [cost("100")], currency="JPY")
    assert shares(found) == ["34", "33", "33"]


def test_several_costs_add_up_on_a_line_and_to_its_unit_cost() -> None:
    costs = [cost("6.00", "quantity"), cost("3.00", "value")]
    last = landed_cost([GOODS], costs, currency="EUR").lines[-1]
    assert [str(each.amount) for each in last.shares] == ["3.00", "1.00"]
    assert (str(last.landed), str(last.unit_cost)) == ("4.00", "4.666666667")


def test_a_receipt_without_values_takes_them_from_its_order() -> None:
    ordered = order("PO-1", line("10", 5, 3, item="A"), line("20", 5, 7, item="B"))
    came = receipt("GR-1", moved(5, "PO-1/10"), moved(5, "PO-1/20", id="2", rejected=5))
    found = landed_cost([ordered, came], [cost("9.00")], currency="EUR")
    assert [str(each.value) for each in found.lines] == ["15", "0"]
    assert shares(found) == ["9.00", "0.00"]


@pytest.mark.parametrize(
    ("basis", "more", "says"),
    [
        ("volume", {}, "no volume is known for line 2, 3"),
        ("value", {"currency": "USD"}, "it is in USD; convert it to EUR"),
    ],
)
def test_a_cost_that_cannot_be_spread_says_why(basis: str, more: Any, says: str) -> None:
    found = landed_cost([GOODS], [cost("1", basis, **more)], currency="EUR", conversions=PACKED)
    assert says in found.unallocated[0].message
    assert shares(found) == ["0.00", "0.00", "0.00"]


@pytest.mark.parametrize("known", [[], [receipt("GR-1", moved(0, value="0.00"))]])
def test_nothing_to_spread_over_is_said(known: list[Any]) -> None:
    found = landed_cost(known, [cost("1.00")], currency="EUR")
    assert "nothing with a value" in found.unallocated[0].message


def test_a_receipt_that_was_undone_bears_nothing() -> None:
    undone = receipt("GR-9", moved(1, value="5.00"), reverses="GR-1")
    assert landed_cost([GOODS, undone], [cost("1.00")]).lines == []


WEIGHTS = st.lists(st.fractions(min_value=0, max_value=10**6), min_size=1, max_size=12)


@given(st.decimals(-(10**9), 10**9, places=2), WEIGHTS.filter(any))
def test_parts_have_exactly_the_sum_and_are_off_by_less_than_a_coin(
    amount: Decimal, weights: list[Fraction]
) -> None:
    coin = Decimal("0.01")
    parts = apportion(amount, weights, coin)
    assert sum(parts) == amount
    for part, weight in zip(parts, weights, strict=True):
        assert abs(Fraction(part) - Fraction(amount) * weight / sum(weights)) < Fraction(coin)
        assert weight or not part


@given(st.decimals(0, 10**6, places=2), WEIGHTS.filter(any))
def test_a_heavier_line_never_bears_less(amount: Decimal, weights: list[Fraction]) -> None:
    parts = apportion(amount, weights, Decimal("0.01"))
    ranked = sorted(zip(weights, parts, strict=True))
    assert all(one[1] <= other[1] for one, other in pairwise(ranked) if one[0] < other[0])


@given(st.permutations(list(GOODS.lines)))
def test_the_order_of_lines_is_irrelevant(lines: list[Any]) -> None:
    mixed = receipt("GR-1", *lines)
    costs = [cost("10.00"), cost("7.77", "quantity")]
    assert landed_cost([mixed], costs) == landed_cost([GOODS], costs)


@given(documents("goods_receipt", canonical=False), st.sampled_from(["value", "weight", "line"]))
def test_every_cost_is_on_lines_or_unallocated(goods: Any, basis: Any) -> None:
    found = landed_cost([goods], [cost("10.01", basis)], currency="EUR")
    spread = sum(each.landed for each in found.lines)
    assert spread + sum(each.amount for each in found.unallocated) == Decimal("10.01")
