"""JSON to exact trees and back."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors._codecs import json_tree
from connectors._codecs.limits import Limits
from connectors.errors import CodecError
from tests.wire_formats.hostile import attack, mutated, sample

BILL = sample("json_tree/bill.json")

MALFORMED = [
    (b"", "empty_input", ""),
    (b" \r\n\t", "empty_input", ""),
    (b"\xef\xbb\xbf", "empty_input", ""),
    (b"[1,\n 2,]", "malformed_json", "line 2, column 4, byte 7"),
    (b'{"a": 1,}', "malformed_json", "line 1, column 9, byte 8"),
    (b"{'a': 1}", "malformed_json", "line 1, column 2, byte 1"),
    (b'{"a": True}', "malformed_json", "line 1, column 7, byte 6"),
    (b'{"a": False}', "malformed_json", "line 1, column 7, byte 6"),
    (b"[None]", "malformed_json", "line 1, column 2, byte 1"),
    (b'{"a": undefined}', "malformed_json", "line 1, column 7, byte 6"),
    (b"NaN", "malformed_json", "line 1, column 1, byte 0"),
    (b"[Infinity]", "malformed_json", "line 1, column 2, byte 1"),
    (b"[-Infinity]", "malformed_json", "line 1, column 3, byte 2"),
    (b'{"a": 1} // paid', "malformed_json", "line 1, column 10, byte 9"),
    (b'{"a": /* net */ 1}', "malformed_json", "line 1, column 7, byte 6"),
    (b"# note\n{}", "malformed_json", "line 1, column 1, byte 0"),
    (b'{"a": 1}\n{"a": 2}', "malformed_json", "line 2, column 1, byte 9"),
    (b'{"a": 1} x', "malformed_json", "line 1, column 10, byte 9"),
    (b"{a: 1}", "malformed_json", "line 1, column 2, byte 1"),
    (b'{"a" 1}', "malformed_json", "line 1, column 6, byte 5"),
    (b"[1 2]", "malformed_json", "line 1, column 4, byte 3"),
    (b"[01]", "malformed_json", "line 1, column 3, byte 2"),
    (b"[.5]", "malformed_json", "line 1, column 2, byte 1"),
    (b"[+5]", "malformed_json", "line 1, column 2, byte 1"),
    (b"[5.]", "malformed_json", "line 1, column 4, byte 3"),
    (b"[,1]", "malformed_json", "line 1, column 2, byte 1"),
    (b'"a\tb"', "malformed_json", "line 1, column 3, byte 2"),
    (b"<html>", "malformed_json", "line 1, column 1, byte 0"),
    (b"]", "malformed_json", "line 1, column 1, byte 0"),
    ('{"Größe": x}'.encode(), "malformed_json", "line 1, column 11, byte 12"),
    (b'["\\ud83d"]', "malformed_json", ""),
    (b'{"a": [1', "truncated_json", "line 1, column 9"),
    (b'{"a": "\\ud83d\\ude00', "truncated_json", "line 1, column 20"),
    (b"\xff\xfe[\x001\x00", "truncated_json", "line 1, column 3"),
    (b"9" * 5000, "bad_number", ""),
    (b"[1e99999999999999999999]", "bad_number", ""),
    (b"[" * 257 + b"]" * 257, "too_deep", ""),
    (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, "too_deep", ""),
]


def test_numbers_keep_every_digit_and_are_never_floats() -> None:
    bill = json_tree.decode(BILL).units[0]["Bill"]
    assert str(bill["TotalAmt"]) == "362.070"
    assert bill["Exact"] == Decimal("1e400")
    assert bill["Sequence"] == 123456789012345678901234567890
    assert [type(line["Amount"]) for line in bill["Line"]] == [Decimal, Decimal]
    assert type(bill["Line"][0]["Qty"]) is int


def test_a_list_at_the_top_is_one_unit() -> None:
    assert json_tree.decode(b'[{"id": 1}, {"id": 2}]').units == [[{"id": 1}, {"id": 2}]]


@pytest.mark.parametrize("value", [b'"x"', b"12", b"1.50", b"true", b"null", b" [] ", b"{}"])
def test_any_json_value_is_a_unit(value: bytes) -> None:
    assert len(json_tree.decode(value).units) == 1


def test_the_last_of_two_members_with_one_name_counts() -> None:
    assert json_tree.decode(b'{"a": 1, "a": 2}').units == [{"a": 2}]


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ('{"a": "ü"}'.encode("utf-8-sig"), "utf-8"),
        ('{"a": "ü"}'.encode("utf-16"), "utf-16-le"),
        ('{"a": "ü"}'.encode("utf-16-be"), "utf-16-be"),
        ('{"a": "ü"}'.encode("cp1252"), "cp1252"),
    ],
)
def test_other_encodings_are_read_and_named(data: bytes, encoding: str) -> None:
    decoded = json_tree.decode(data)
    assert (decoded.units, decoded.encoding) == ([{"a": "ü"}], encoding)
    assert [n.code for n in decoded.notices] == ([] if "utf" in encoding else ["not_utf8"])


def test_bytes_that_belie_their_mark_are_refused() -> None:
    with pytest.raises(CodecError) as caught:
        json_tree.decode(b"\xff\xfe[\x00\x00\xd8]\x00")
    assert (caught.value.code, caught.value.byte) == ("bad_encoding", 2)


@pytest.mark.parametrize(("data", "code", "where"), MALFORMED)
def test_malformed_json_is_refused_with_its_place(data: bytes, code: str, where: str) -> None:
    with pytest.raises(CodecError) as caught:
        json_tree.decode(data)
    assert (caught.value.code, caught.value.where) == (code, where)
    assert "; " in caught.value.message


@pytest.mark.parametrize(
    ("data", "hint"),
    [
        (b"{'a': 1}", "json.dumps"),
        (b'{"a": None}', "json.dumps"),
        (b"[1,]", "last comma"),
        (b"[1] // x", "no comments"),
        (b"[NaN]", "null or a number"),
        (b'{"a":1}\n{"a":2}', "NDJSON"),
        (b"<a/>", "XML"),
    ],
)
def test_common_mistakes_get_a_hint_that_fits(data: bytes, hint: str) -> None:
    with pytest.raises(CodecError, match=hint):
        json_tree.decode(data)


@pytest.mark.parametrize(
    ("data", "limits", "code"),
    [
        (b"[[[1]]]", Limits(max_depth=2), "too_deep"),
        (b'{"a": {"b": {}}}', Limits(max_depth=2), "too_deep"),
        (b"[1, 2, 3, 4]", Limits(max_items=3), "too_many_items"),
        (b"[1, 2, 3, 4]", Limits(max_bytes=5), "too_large"),
    ],
)
def test_limits_hold(data: bytes, limits: Limits, code: str) -> None:
    with pytest.raises(CodecError) as caught:
        json_tree.decode(data, limits)
    assert caught.value.code == code


@pytest.mark.parametrize("data", [b"[[[1]]]", b'{"a": {"b": {"c": 1}}}', b'[[], [{"a": []}]]'])
def test_the_greatest_allowed_depth_is_allowed(data: bytes) -> None:
    assert json_tree.decode(data, Limits(max_depth=4)).units


def test_encode_gives_back_what_was_decoded() -> None:
    units = json_tree.decode(BILL).units
    written = json_tree.encode(units)
    assert json_tree.decode(written).units == units
    assert b"362.070" in written
    assert b"1E+400" in written


def test_encode_can_sort_and_indent() -> None:
    assert json_tree.encode([{"b": 1, "a": [Decimal("1.10")]}], sort_keys=True) == (
        b'{"a":[1.10],"b":1}'
    )
    assert json_tree.encode([{"a": 1}], indent=2) == b'{\n  "a": 1\n}'


@pytest.mark.parametrize(
    "tree", [1.5, {"a": 0.1}, Decimal("NaN"), [Decimal("Infinity")], {1: 2}, b"x", "\ud800", {1, 2}]
)
def test_what_json_cannot_hold_exactly_is_not_written(tree: Any) -> None:
    with pytest.raises(CodecError) as caught:
        json_tree.encode([tree])
    assert caught.value.code == "not_writable"


@pytest.mark.parametrize("units", [[], [1, 2]])
def test_one_json_text_holds_one_value(units: list[int]) -> None:
    with pytest.raises(CodecError, match="exactly one"):
        json_tree.encode(units)


@pytest.mark.parametrize(
    ("head", "claimed"),
    [
        (b' {"a"', True),
        (b"\xef\xbb\xbf[", True),
        ("{".encode("utf-16"), True),
        ("\n[".encode("utf-16-be"), True),
        (b'"text"\n', True),
        (b'"a","b"\n1,2', False),
        (b"<a/>", False),
        (b"ISA*00", False),
        (b"{1:F01BANKDEFFAXXX", False),
        (b"", False),
    ],
)
def test_claims_looks_at_the_start(head: bytes, claimed: bool) -> None:
    assert json_tree.claims(head) is claimed


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("b'[' * 200_000_000", "too_many_items"),
        ("b'{\"a\":' + b'1' * 50_000_000", "bad_number"),
        ("b'{\"a\":\"' + b'x' * 50_000_000", "truncated_json"),
        ("b'[0' + b',0' * 10_000_000 + b']'", "too_many_items"),
    ],
)
def test_huge_single_lines_are_refused_quickly(data: str, code: str) -> None:
    outcome = attack(
        f"from connectors._codecs import json_tree\ndata = {data}", "json_tree.decode(data)"
    )
    assert outcome.code == code
    assert outcome.seconds < 2
    assert outcome.megabytes < 300


@settings(max_examples=150)
@given(st.one_of(st.binary(max_size=60), mutated(BILL)))
def test_any_bytes_give_a_tree_or_this_packages_error(data: bytes) -> None:
    with suppress(CodecError):
        json_tree.decode(data)


TREES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


@settings(max_examples=80)
@given(TREES)
def test_every_tree_survives_the_round_trip(tree: Any) -> None:
    assert json_tree.decode(json_tree.encode([tree])).units == [tree]
