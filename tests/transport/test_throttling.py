"""Being told to wait, in every way that targets say it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from requests.structures import CaseInsensitiveDict

from connectors._transport import Answer, matches, retry_after, throttled

NOW = 1_790_000_000


def answer(status: int, body: bytes = b"", **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, CaseInsensitiveDict(named), body, "https://x.example/", 0.0)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("60", 60),
        (" 1.2 ", 2),
        ("0", 0),
        ("-5", 0),
        ("66975", 66_975),
        ("999999999", 172_800),
        (str(NOW + 90), 90),
        ("Mon, 21 Sep 2026 14:14:20 GMT", 60),
        ("Mon, 21 Sep 2026 16:14:20 +0200", 60),
        ("Monday, 21-Sep-26 14:14:20 GMT", 60),
        ("Mon Sep 21 14:14:20 2026", 60),
        ("Mon, 21 Sep 2020 14:14:20 GMT", 0),
        ("", None),
        ("soon", None),
        ("NaN", None),
        ("1e999999", None),
        ("9" * 5000, None),
    ],
)
def test_retry_after_is_read_in_seconds_dates_and_times(text: str, seconds: int | None) -> None:
    assert retry_after(text, now=NOW) == seconds


@given(st.text(max_size=60))
def test_any_header_is_a_wait_or_nothing(text: str) -> None:
    found = retry_after(text, now=NOW)
    assert found is None or 0 <= found <= 172_800


@pytest.mark.parametrize(
    ("signals", "given_", "wait"),
    [
        ([], answer(429, retry_after="7"), 7),
        ([], answer(429), 30),
        ([], answer(503, retry_after="9"), 9),
        ([], answer(503), None),
        ([], answer(200, b"rate limit"), None),
        ([{"status": 429, "wait": 60}], answer(429), 60),
        ([{"status": 429, "wait": 60}], answer(429, retry_after="5"), 5),
        ([{"status": 429, "retry_after": "x-retry-after"}], answer(429, x_retry_after="12"), 12),
        (
            [{"path": "[0].code", "contains": "BDC_1144", "wait": 20}],
            answer(400, b'[{"code": "BDC_1144"}]'),
            20,
        ),
        ([{"path": "[0].code", "contains": "BDC_1144"}], answer(400, b'[{"code": "BDC_1"}]'), None),
        ([{"path": "[0].code", "contains": "BDC_1144"}], answer(400, b"no JSON"), None),
        (
            [{"status": 400, "contains": "SSS_REQUEST_LIMIT_EXCEEDED"}],
            answer(400, b"... SSS_REQUEST_LIMIT_EXCEEDED"),
            30,
        ),
        (
            [{"header": "X-Rate-Limit-Problem", "wait": 3}],
            answer(200, x_rate_limit_problem="day"),
            3,
        ),
        ([{"status": 503, "wait": 30}], answer(503), 30),
    ],
)
def test_a_signal_of_the_manifest_is_heard(
    signals: list[dict[str, Any]], given_: Answer, wait: int | None
) -> None:
    assert throttled(given_, signals, now=NOW) == wait


def test_every_stated_part_of_a_signal_must_hold() -> None:
    signal = {"status": 403, "path": "error", "contains": "expired"}
    assert matches(signal, answer(403, b'{"error": "token expired"}'))
    for other in (
        answer(401, b'{"error": "token expired"}'),
        answer(403, b'{"error": "no"}'),
        answer(403),
    ):
        assert not matches(signal, other)
