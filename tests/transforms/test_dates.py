"""Transforms of days and moments that say what a spelling means."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors._transforms import find_transform
from connectors.errors import TransformError


@pytest.mark.parametrize(
    ("name", "arguments", "value", "made"),
    [
        ("day_first", {}, "01/02/2026", "2026-02-01"),
        ("day_first", {}, "1-2-26 10:00", "2026-02-01"),
        ("day_first", {}, "31.12.69", "1969-12-31"),
        ("day_first", {}, "31.12.68", "2068-12-31"),
        ("month_first", {}, "01/02/2026", "2026-01-02"),
        ("month_first", {}, "2/29/2024", "2024-02-29"),
        ("short_year", {}, "260131", "2026-01-31"),
        ("epoch_seconds", {}, 1769853600, "2026-01-31T10:00:00Z"),
        ("epoch_seconds", {}, Decimal("1769853600"), "2026-01-31T10:00:00Z"),
        ("epoch_seconds", {}, "-1", "1969-12-31T23:59:59Z"),
        ("mail_moment", {}, "Tue, 03 Feb 2026 14:16:46 +0100", "2026-02-03T14:16:46+01:00"),
        ("epoch_milliseconds", {}, "1769853600999", "2026-01-31T10:00:00Z"),
        ("compact_moment", {}, "20260131101500.123[-5:EST]", "2026-01-31T15:15:00Z"),
        ("compact_moment", {}, "20260131001500[+5.50:IST]", "2026-01-30T18:45:00Z"),
        ("compact_moment", {}, "202601310030", "2026-01-31T00:30:00Z"),
        ("pattern", {"format": "%d %B %Y"}, "31 January 2026", "2026-01-31"),
    ],
)
def test_a_day_or_moment_becomes(name: str, arguments: Any, value: Any, made: str) -> None:
    assert find_transform(name).function(value, **arguments) == made


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("day_first", "30/02/2026"),
        ("day_first", "02/29/2024"),
        ("day_first", "2026-01-31"),
        ("day_first", "31012026"),
        ("day_first", "31/12/202"),
        ("day_first", "1/1/99999999999999999999"),
        ("day_first", "9" * 5000 + "/1/2026"),
        ("month_first", "2/29/2023"),
        ("short_year", "\u00b2\u00b2\u00b2\u00b2\u00b2\u00b2"),
        ("short_year", "20260131"),
        ("short_year", "260230"),
        ("epoch_seconds", "1769853600.5"),
        ("mail_moment", "soon"),
        ("epoch_seconds", "9" * 18),
        ("epoch_seconds", "9" * 5000),
        ("epoch_seconds", "\u00b2"),
        ("epoch_milliseconds", "today"),
        ("compact_moment", "20260131246000"),
        ("compact_moment", "2026-01-31T10:00:00Z"),
        ("compact_moment", "99991231235959[-12]"),
        ("day_first", {"day": 1}),
        ("epoch_seconds", ["1"]),
    ],
)
def test_what_is_no_day_of_the_calendar_is_refused(name: str, value: Any) -> None:
    with pytest.raises(TransformError):
        find_transform(name).function(value)


@given(
    st.sampled_from(["day_first", "month_first", "short_year", "epoch_seconds"]),
    st.text(st.sampled_from("0123456789/-. x²"), max_size=14),
)
def test_any_text_gives_a_day_or_a_refusal(name: str, value: str) -> None:
    try:
        found = find_transform(name).function(value)
    except TransformError:
        found = "-"
    assert "-" in found
