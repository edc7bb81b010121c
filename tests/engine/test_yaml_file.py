"""Map files: plain data only, nothing guessed, and the place of everything."""

from __future__ import annotations

import contextlib
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors._engine.yaml_file import read_yaml
from connectors.errors import MapError


def content(text: str) -> Any:
    return read_yaml("x.yaml", text).content


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("no", "no"),
        ("NO", "NO"),
        ("yes", "yes"),
        ("on", "on"),
        ("true", True),
        ("False", False),
        ("'true'", "true"),
        ("0810", "0810"),
        ("010", "010"),
        ("0", 0),
        ("380", 380),
        ("-5", -5),
        ("'380'", "380"),
        ("1.10", "1.10"),
        ("1e3", "1e3"),
        ("1_000", "1_000"),
        ("0x1F", "0x1F"),
        ("12:30", "12:30"),
        (".inf", ".inf"),
        ("2026-01-31", "2026-01-31"),
        ("null", None),
        ("~", None),
        ("", None),
        ("9" * 30, "9" * 30),
    ],
)
def test_a_scalar_is_text_unless_it_can_be_nothing_else(written: str, read: Any) -> None:
    value = content(f"a: {written}")["a"]
    assert value == read
    assert type(value) is type(read)


def test_keys_are_names_whatever_they_look_like() -> None:
    assert content("{NO: a, 380: b, true: c, 0810: d, 2026-01-01: e}") == {
        "NO": "a",
        "380": "b",
        "true": "c",
        "0810": "d",
        "2026-01-01": "e",
    }


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("", "1:1", "the file is empty"),
        ("# only a remark\n", "2:1", "the file is empty"),
        ("a: 1\nb: 2\na: 3\n", "3:1", "'a' stands twice"),
        ("a:\n\tb: 1\n", "2:1", "not YAML: found character that cannot start any token"),
        ("a: [1, 2\nb: 3\n", "2:2", "not YAML"),
        ("a: &x {b: 1}\nc: *x\n", "2:4", "an alias; write it out, or use a fragment"),
        ("a: !!python/name:os.system x\n", "1:4", "the tag tag:yaml.org"),
        ("a: !secret x\n", "1:4", "the tag !secret; values are plain data"),
        ("? [a, b]\n: 1\n", "1:3", "a key that is no name"),
        ("a: 1\n---\nb: 2\n", "2:1", "a second document"),
        ("a: \x01\n", "1:1", "not YAML"),
    ],
)
def test_what_is_not_plain_data_is_refused_with_its_place(
    text: str, place: str, words: str
) -> None:
    with pytest.raises(MapError) as error:
        content(text)
    (problem,) = error.value.problems
    assert problem.startswith(f"x.yaml:{place}: ")
    assert words in problem


def test_aliases_cannot_blow_a_small_file_up() -> None:
    levels = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30))
    began = time.monotonic()
    with pytest.raises(MapError, match="an alias"):
        content(f"a0: &a0 x\n{levels}")
    assert time.monotonic() - began < 1


@pytest.mark.parametrize("text", ["[" * 100_000, "{a: " * 100_000, "- " * 50_000 + "x"])
def test_deep_nesting_is_refused_and_no_stack_ends(text: str) -> None:
    with pytest.raises(MapError, match="nested more than 40 deep"):
        content(text)


def test_the_place_of_a_path_is_that_of_its_key_or_item() -> None:
    file = read_yaml("x.yaml", "a:\n  b: {c: 1}\n  d:\n    - x\n    - y\n")
    assert file.place(("a", "b", "c")) == (2, 7)
    assert file.place(("a", "d", 1)) == (5, 7)
    assert file.place(("a", "d", 1, "further", "down")) == (5, 7)
    assert file.place(("elsewhere",)) == (1, 1)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(MapError):
        assert read_yaml("x.yaml", text).places[()]
