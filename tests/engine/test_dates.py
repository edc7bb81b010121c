"""Days and moments: what can be read in one way is, what cannot is not."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors._engine.dates import day_of, moment_of

DAY = datetime.date(2024, 2, 29)


@pytest.mark.parametrize(
    "text",
    [
        "2024-02-29",
        " 2024-02-29 ",
        "2024-02-29T23:30:00-05:00",
        "2024-02-29 00:00:00",
        "2024-02-29T00:00",
        "2024-02-29Z",
        "2024-02-29+02:00",
        "20240229",
        "202402292359",
        "20240229235959",
        "2024/02/29",
        "2024/2/29",
        "29.02.2024",
        "29.2.2024",
        "Thu, 29 Feb 2024 10:00:00 GMT",
        "29 Feb 2024",
        "/Date(1709164800000)/",
        "/Date(1709164800000+0000)/",
        "\\/Date(1709164800000)\\/",
    ],
)
def test_a_day_is_read_from(text: str) -> None:
    assert day_of(text) == DAY


@pytest.mark.parametrize("text", ["/Date(1709118000000+1300)/", "/Date(1709233200000-0500)/"])
def test_the_day_of_a_servers_clock_is_the_one_it_showed(text: str) -> None:
    assert day_of(text) == DAY


@pytest.mark.parametrize(
    "text",
    [
        "01/02/2026",  # which comes first?
        "1/2/26",
        "01-02-2026",
        "240229",
        "2023-02-29",
        "1900-02-29",
        "2024-13-01",
        "2024-04-31",
        "2024-00-10",
        "0000-01-01",
        "30.02.2024",
        "20240230",
        "2024-02-29 to 2024-03-31",
        "2024-02-29Tomorrow",
        "2024-02",
        "2024",
        "1712010203",  # seconds since 1970
        "1712010203000",  # milliseconds
        "\uff12\uff10\uff12\uff14-02-29",
        "tomorrow",
        "Thu, 32 Feb 2024 10:00:00 GMT",
        "Mon, 01 Jan 99999999999999999999 00:00:00 GMT",
        "/Date(" + "9" * 18 + ")/",
        "/Date(" + "9" * 5000 + ")/",
    ],
)
def test_no_day_is_guessed_of(text: str) -> None:
    assert day_of(text) is None


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-31T10:00:00Z", "2026-01-31T10:00:00+00:00"),
        ("2026-01-31T10:00:00+02:00", "2026-01-31T08:00:00+00:00"),
        ("2026-01-31T10:00:00", "2026-01-31T10:00:00+00:00"),
        ("2026-01-31", "2026-01-31T00:00:00+00:00"),
        ("2026-01-31T10:00:00.123456Z", "2026-01-31T10:00:00.123456+00:00"),
        ("/Date(1769853600000+1300)/", "2026-01-31T10:00:00+00:00"),
    ],
)
def test_a_moment_is_in_utc(text: str, moment: str) -> None:
    found = moment_of(text)
    assert found is not None
    assert found.isoformat() == moment


@pytest.mark.parametrize(
    "text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "10:00", "now", "1e9"]
)
def test_no_moment_is_guessed_of(text: str) -> None:
    assert moment_of(text) is None


@given(st.text(max_size=40) | st.from_regex(r"\d{4}-?\d{2}-?\d{2}.{0,10}", fullmatch=True))
def test_any_text_is_a_day_or_none(text: str) -> None:
    assert day_of(text) is None or isinstance(day_of(text), datetime.date)
    assert moment_of(text) is None or moment_of(text).utcoffset() == datetime.timedelta(0)  # type: ignore[union-attr]
