"""Canonical JSON is RFC 8785, and what is written out has one key for ever."""

from __future__ import annotations

import hashlib
import re
from typing import Any, get_args
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canonical_model.identity import (
    NotCanonicalJson,
    OutboundKeyError,
    canonical_json,
    outbound_key,
    sha256_hex,
)
from canonical_model.identity.outbound import SHORTEST_CUT, Action

SHORT = {8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r", 34: '\\"', 92: "\\\\"}
AWKWARD = st.sampled_from('\x00\x1f\x7f\x80\u2028\u2029\ue000\uffff"\\/<>&😀𝄞é')
TEXT = st.text(AWKWARD | st.characters(codec="utf-8"), max_size=12)
VALUES: st.SearchStrategy[Any] = st.recursive(
    TEXT | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


def reference(value: Any) -> str:
    """RFC 8785 as it reads, one character at a time."""
    if isinstance(value, str):
        return '"' + "".join(escaped(character) for character in value) + '"'
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list):
        return "[" + ",".join(map(reference, value)) + "]"
    names = sorted(value, key=lambda name: list(name.encode("utf-16-be")))
    return "{" + ",".join(f"{reference(n)}:{reference(value[n])}" for n in names) + "}"


def escaped(character: str) -> str:
    code = ord(character)
    return SHORT.get(code) or (f"\\u{code:04x}" if code < 32 else character)


@settings(max_examples=100)
@given(VALUES)
def test_canonical_json_is_what_the_rfc_says(value: Any) -> None:
    assert canonical_json(value).decode() == reference(value)


@settings(max_examples=60)
@given(st.lists(TEXT, max_size=5))
def test_the_hash_of_parts_is_that_of_their_canonical_json(parts: list[str]) -> None:
    assert sha256_hex(parts) == hashlib.sha256(reference(parts).encode()).hexdigest()


def test_names_are_sorted_by_utf16_and_not_by_code_point() -> None:
    assert canonical_json({"\uffff": 1, "😀": 2}).decode() == '{"😀":2,"\uffff":1}'


def test_a_control_character_is_escaped_in_lower_case() -> None:
    assert canonical_json("\x1f\x7f\u2028/") == b'"\\u001f\x7f\xe2\x80\xa8/"'


NESTED: Any = []
for _ in range(100_000):
    NESTED = [NESTED]


@pytest.mark.parametrize(
    "value", [1.5, None, {"a": 2**53}, {1: "a"}, "\ud800", {"\udc00": 1}, [b"a"], NESTED]
)
def test_what_has_no_canonical_json_is_refused(value: Any) -> None:
    with pytest.raises(NotCanonicalJson, match=";"):
        canonical_json(value)


def test_a_lone_surrogate_is_refused_in_a_key_and_quoted_short() -> None:
    with pytest.raises(NotCanonicalJson) as refused:
        sha256_hex(["x" * 1000 + "\ud800"])
    assert len(str(refused.value)) < 120


def key(**changed: Any) -> Any:
    stated = {"action": "create", "target": "xero", "connection": "c1", "record": "inv_1"}
    return outbound_key(**{**stated, **changed})


def test_the_parts_of_a_create_are_the_documented_ones() -> None:
    made = key(step="post")
    assert made.parts == ("w1", "create", "xero", "c1", "inv_1", "post")
    text = '["w1","create","xero","c1","inv_1","post"]'
    assert made.hex64 == hashlib.sha256(text.encode()).hexdigest()


def test_a_record_is_created_once_whatever_its_revision() -> None:
    assert key(revision=1) == key(revision=2) == key()


def test_an_update_has_a_key_for_each_revision() -> None:
    made = key(action="update", revision=2, step="post")
    assert made.parts == ("w1", "update", "xero", "c1", "inv_1", 2, "post")
    assert made != key(action="update", revision=3, step="post")


@pytest.mark.parametrize("action", ["update", "void"])
def test_an_update_or_void_without_revision_is_refused(action: str) -> None:
    with pytest.raises(OutboundKeyError, match="pass the record's revision"):
        key(action=action)


def test_every_part_makes_another_key() -> None:
    changes: list[dict[str, Any]] = [
        {},
        {"target": "qbo"},
        {"connection": "c2"},
        {"record": "inv_2"},
        {"step": "s"},
    ]
    changes += [{"action": action, "revision": 1} for action in get_args(Action)[1:]]
    assert len({key(**change).hex64 for change in changes}) == len(changes)


def test_an_outbound_key_never_changes() -> None:
    made = key()
    assert made.hex64 == "ebdcba60ee94b9c55c67b0cae02ead89e438f582577215db6b033d61cc212669"
    assert made.base32 == "5poluyhoss44kxdhwdfoalvnrhsdr5mck5zblw3lam6wdtbbezuq"
    assert made.uuid == "ebdcba60-ee94-59c5-9c67-b0cae02ead89"


def test_every_rendering_comes_from_the_same_hash() -> None:
    made = key()
    assert made.hex32 == made.hex64[:32]
    assert UUID(made.uuid).version == 5
    assert UUID(made.uuid).variant == "specified in RFC 4122"
    assert re.fullmatch(r"[a-z2-7]{52}", made.base32)
    assert made.cut(35) == made.base32[:35]
    assert made.cut(128) == made.base32


def test_a_cut_that_could_collide_is_refused() -> None:
    with pytest.raises(OutboundKeyError, match=f"use {SHORTEST_CUT} or more"):
        key().cut(SHORTEST_CUT - 1)
