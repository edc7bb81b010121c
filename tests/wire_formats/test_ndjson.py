"""One JSON value a line."""

from __future__ import annotations

import io
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors._codecs import ndjson
from connectors._codecs.limits import Limits, Notice
from connectors.errors import CodecError
from tests.wire_formats.hostile import Trickle, attack, mutated, sample

PAYMENTS = sample("ndjson/payments.ndjson")
UNITS = [
    {"id": "pay_1", "amount": Decimal("10.50")},
    {"id": "pay_2", "amount": Decimal("0.10")},
    {"id": "pay_3", "amount": 7},
]


def test_every_line_is_a_unit_and_blank_lines_are_none() -> None:
    decoded = ndjson.decode(PAYMENTS)
    assert (decoded.units, decoded.notices) == (UNITS, [])


@pytest.mark.parametrize(
    "data",
    [
        PAYMENTS.replace(b"\n", b"\r\n"),
        PAYMENTS.rstrip(b"\n"),
        b"\xef\xbb\xbf" + PAYMENTS,
        PAYMENTS.replace(b"{", b"\x1e{"),
        PAYMENTS.decode().encode("utf-16"),
    ],
)
def test_line_ends_marks_and_separators_do_not_matter(data: bytes) -> None:
    assert ndjson.decode(data).units == UNITS


BAD_LINES = [
    b"{'a': 1}",
    b'{"a": True}',
    b'{"a": None}',
    b'{"a": NaN}',
    b'{"a": Infinity}',
    b'{"a": 1,}',
    b"[1,]",
    b"[1 2]",
    b"{a: 1}",
    b'{"a" 1}',
    b'{"a": 1',
    b'{"a": "x',
    b'{"a": 1} // note',
    b'{"a": 1} {"a": 2}',
    b"[01]",
    b"[.5]",
    b"[5.]",
    b"[1e99999999999999999999]",
    b'["\\ud800"]',
    b'["\xff"]',
    b"[" * 400 + b"]" * 400,
    b"]",
    b"nul",
    b"\0",
    b"<a/>",
    b"id;amount",
]


@pytest.mark.parametrize("bad", BAD_LINES)
def test_a_bad_line_is_told_with_its_number_and_the_rest_is_read(bad: bytes) -> None:
    decoded = ndjson.decode(b'{"n": 1}\n' + bad + b'\n{"n": 3}\n')
    assert decoded.units == [{"n": 1}, {"n": 3}]
    assert [(n.code, n.severity) for n in decoded.notices] == [("bad_line", "error")]
    assert decoded.notices[0].where.startswith("line 2")


def test_many_bad_lines_are_counted() -> None:
    notices = ndjson.decode(b"1\n" + b"x\n" * (ndjson.MAX_NOTICES + 5)).notices
    assert len(notices) == ndjson.MAX_NOTICES + 1
    assert notices[-1].message.startswith("5 more")


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"", "empty_input"), (b"\n \n", "empty_input"), (b'{\n "a": 1\n}\n', "malformed_json")],
)
def test_a_file_without_one_good_line_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(CodecError) as caught:
        ndjson.decode(data)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(max_line=20), "too_large"),
        (Limits(max_bytes=20), "too_large"),
        (Limits(max_items=2), "too_many_items"),
    ],
)
def test_limits_hold(limits: Limits, code: str) -> None:
    with pytest.raises(CodecError) as caught:
        ndjson.decode(PAYMENTS, limits)
    assert caught.value.code == code


def test_streams_report_bad_lines_as_they_come() -> None:
    told: list[Notice] = []
    units = list(ndjson.iter_units(Trickle(b"1\nx\n3\n", 1), report=told.append))  # type: ignore[arg-type]
    assert units == [1, 3]
    assert [n.where for n in told] == ["line 2, column 1"]


def test_a_huge_line_is_refused_while_it_is_read() -> None:
    setup = (
        "import io\nfrom connectors._codecs import ndjson\ndata = io.BytesIO(b'[' * 200_000_000)"
    )
    outcome = attack(setup, "list(ndjson.iter_units(data))")
    assert outcome.code == "too_large"
    assert outcome.seconds < 2
    assert outcome.megabytes < 100


def test_memory_does_not_grow_with_the_number_of_lines() -> None:
    setup = """
import io
from connectors._codecs import ndjson
data = io.BytesIO(b'{"id": "pay_1", "amount": 10.50}\\n' * 150_000)
"""
    outcome = attack(setup, "assert sum(1 for _ in ndjson.iter_units(data)) == 150_000")
    assert (outcome.code, outcome.megabytes < 20) == ("accepted", True)


def test_encode_gives_back_what_was_decoded() -> None:
    assert ndjson.decode(ndjson.encode(UNITS)).units == UNITS


@pytest.mark.parametrize(
    ("head", "claimed"),
    [
        (PAYMENTS, True),
        (b"[1]\r\n[2]\r\n", True),
        (b'{"a": 1}\n', False),
        (b'{\n "a": 1,\n "b": {}\n}', False),
        (b"a,b\n1,2\n", False),
    ],
)
def test_claims_wants_two_lines(head: bytes, claimed: bool) -> None:
    assert ndjson.claims(head) is claimed


@settings(max_examples=100)
@given(st.one_of(st.binary(max_size=60), mutated(PAYMENTS)))
def test_any_bytes_give_units_or_this_packages_error(data: bytes) -> None:
    with suppress(CodecError):
        list(ndjson.iter_units(io.BytesIO(data)))
        ndjson.decode(data)
