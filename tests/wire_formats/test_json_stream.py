"""Items of a huge list, one at a time."""

from __future__ import annotations

import io
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors._codecs.json_tree.stream import iter_items
from connectors._codecs.limits import Limits
from connectors.errors import CodecError
from tests.wire_formats.hostile import Trickle, attack, mutated

PAGE = (
    b'{"next": null, "meta": {"data": [9]}, "data": [{"id": 1, "sum": 1.50}, 2.5e1, "x"], "n": 3}'
)
ITEMS = [{"id": 1, "sum": Decimal("1.50")}, Decimal("25"), "x"]


def test_items_of_a_list_at_the_top() -> None:
    assert list(iter_items(io.BytesIO(b' [1, {"a": [2]}, "]"] '))) == [1, {"a": [2]}, "]"]


def test_items_of_the_list_at_a_path() -> None:
    assert list(iter_items(io.BytesIO(PAGE), "data")) == ITEMS
    assert list(iter_items(io.BytesIO(PAGE), "meta.data")) == [9]


@pytest.mark.parametrize("data", [b"[]", b" [ ] ", b'{"data": []}'])
def test_an_empty_list_has_no_items(data: bytes) -> None:
    assert list(iter_items(io.BytesIO(data), "data" if b"data" in data else "")) == []


@pytest.mark.parametrize("step", [1, 2, 3, 7, 64])
def test_chunk_boundaries_do_not_matter(step: int) -> None:
    assert list(iter_items(Trickle(PAGE, step), "data")) == ITEMS  # type: ignore[arg-type]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_encodings_are_told_apart(encoding: str) -> None:
    assert list(iter_items(io.BytesIO('["ü"]'.encode(encoding)))) == ["ü"]


@pytest.mark.parametrize(
    ("data", "path", "code"),
    [
        (b"", "", "truncated_json"),
        (b"[1, 2", "", "truncated_json"),
        (b"[1, 2,", "", "truncated_json"),
        (b'[1, "a', "", "truncated_json"),
        (b"[1, 2,]", "", "malformed_json"),
        (b"[1 2]", "", "malformed_json"),
        (b"[1.]", "", "malformed_json"),
        (b"[NaN]", "", "malformed_json"),
        (b"[None]", "", "malformed_json"),
        (b"['a']", "", "malformed_json"),
        (b"[1] 2", "", "malformed_json"),
        (b'{"a": 1}', "", "malformed_json"),
        (b"[1]", "data", "malformed_json"),
        (b'{"a": [1]}', "data", "malformed_json"),
        (b'{"data": 1}', "data", "malformed_json"),
        (b"{data: [1]}", "data", "malformed_json"),
        (b'{"data" [1]}', "data", "malformed_json"),
        (b'{"data": [1]', "data", "truncated_json"),
        (b'{"data": [1], "b"', "data", "truncated_json"),
        (b'{"data": [1], "b": ', "data", "truncated_json"),
        (b'{"data": [1]]', "data", "malformed_json"),
        (b'["\\ud800"]', "", "malformed_json"),
        (b'["\xff"]', "", "bad_encoding"),
        (b"[" * 5000, "", "too_deep"),
        (b"[" * 300 + b"]" * 300, "", "too_deep"),
        (b"[1e999999999999999999999]", "", "bad_number"),
    ],
)
def test_malformed_streams_are_refused(data: bytes, path: str, code: str) -> None:
    with pytest.raises(CodecError) as caught:
        list(iter_items(io.BytesIO(data), path))
    assert caught.value.code == code


def test_the_line_of_the_fault_is_told() -> None:
    text = b"[\n" + b"1,\n" * 100_000 + b"x]"
    with pytest.raises(CodecError) as caught:
        list(iter_items(io.BytesIO(text)))
    assert caught.value.line == 100_002


def test_an_item_longer_than_a_line_may_be_is_refused() -> None:
    with pytest.raises(CodecError) as caught:
        list(iter_items(io.BytesIO(b'["' + b"x" * 300_000 + b'"]'), limits=Limits(max_line=9_999)))
    assert caught.value.code == "too_large"


def test_memory_does_not_grow_with_the_number_of_items() -> None:
    setup = """
import io
from connectors._codecs.json_tree.stream import iter_items
data = b'{"data": [' + b'{"id": "0123456789", "sum": 12.50},' * 100_000 + b'{}]}'
"""
    outcome = attack(
        setup, "assert sum(1 for _ in iter_items(io.BytesIO(data), 'data')) == 100_001"
    )
    assert (outcome.code, outcome.megabytes < 20) == ("accepted", True)


@settings(max_examples=100)
@given(st.one_of(st.binary(max_size=40), mutated(PAGE)))
def test_any_bytes_give_items_or_this_packages_error(data: bytes) -> None:
    with suppress(CodecError):
        list(iter_items(io.BytesIO(data), "data"))
