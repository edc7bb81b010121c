"""Transforms of how X12 and EDIFACT write days, long texts and amounts."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors._transforms.edi import implying_decimals, join_cut, qualified_day
from connectors._transforms.numbers import exact, implied_decimals
from connectors.errors import TransformError


@pytest.mark.parametrize(
    ("values", "day"),
    [
        (["20260131", "102"], "2026-01-31"),
        (["260131", "101"], "2026-01-31"),
        (["202601311530", "203"], "2026-01-31"),
        (["20260131153000", "204"], "2026-01-31"),
        (["310126", "2"], "2026-01-31"),
        (["013126", "3"], "2026-01-31"),
        (["31012026", "4"], "2026-01-31"),
        (["20260131"], "2026-01-31"),
        (["260131"], "2026-01-31"),
        (["20260101-20260131", "718"], "2026-01-01"),
        (["202601011200202601311200", "719"], "2026-01-01"),
        (["202605", "616"], None),
        (["0", "805"], None),
        (["102"], None),
        ([None, "102"], None),
        ([], None),
    ],
)
def test_the_format_beside_a_day_says_how_it_is_spelled(values: Any, day: str | None) -> None:
    assert qualified_day(values) == day


def test_of_a_period_the_end_can_be_taken() -> None:
    assert qualified_day(["20260101-20260131", "718"], end=True) == "2026-01-31"


@pytest.mark.parametrize(
    "values", [["20260231", "102"], ["2026", "102"], ["2026013", "102"], [{}, "102"]]
)
def test_what_is_no_day_in_its_format_is_refused(values: Any) -> None:
    with pytest.raises(TransformError):
        qualified_day(values)


@pytest.mark.parametrize(
    ("pieces", "text"),
    [
        (["x" * 35, "y"], "x" * 35 + "y"),
        (["one", "two"], "one two"),
        (["", None], None),
        (["x" * 36, "y"], "x" * 36 + " y"),
    ],
)
def test_a_piece_shorter_than_the_width_ended_with_a_blank(pieces: Any, text: str | None) -> None:
    assert join_cut(pieces) == text


@given(st.text("ab ", max_size=200).map(lambda text: " ".join(text.split())))
def test_a_text_that_was_cut_is_what_it_was(text: str) -> None:
    pieces = [text[at : at + 35].rstrip() for at in range(0, len(text), 35)]
    kept = [piece for piece in pieces if piece]
    assert join_cut(kept) == (text or None)


@given(st.integers(-(10**12), 10**12))
def test_implied_decimals_read_back_as_they_were(cents: int) -> None:
    amount = exact(cents).scaleb(-2)
    assert implied_decimals(implying_decimals(amount)) == amount


def test_more_decimals_than_are_implied_are_refused() -> None:
    with pytest.raises(TransformError):
        implying_decimals("1.234")
