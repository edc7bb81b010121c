"""Transforms of texts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from connectors._transforms import find_transform
from connectors.errors import TransformError


@pytest.mark.parametrize(
    ("name", "arguments", "value", "made"),
    [
        ("upper", {}, "aß", "ASS"),
        ("lower", {}, "ÄB", "äb"),
        ("before", {"mark": "/"}, "a/b/c", "a"),
        ("before", {"mark": "/"}, "abc", "abc"),
        ("after", {"mark": "/"}, "a/b/c", "b/c"),
        ("after", {"mark": "/"}, "abc", None),
        ("between", {"start": "(", "end": ")"}, "a (b) c", "b"),
        ("between", {"start": "(", "end": ")"}, "a (b", None),
        ("captured", {"pattern": r"RE-(\d+).*"}, "RE-12 x", "12"),
        ("captured", {"pattern": r"\d+"}, "12", "12"),
        ("captured", {"pattern": r"\d+"}, "a12", None),
        ("part", {"start": 1, "length": 2}, "abcd", "bc"),
        ("part", {"start": 9}, "abcd", None),
        ("without_prefix", {"prefix": "DE"}, "DE12", "12"),
        ("without_prefix", {"prefix": "AT"}, "DE12", "DE12"),
        ("with_prefix", {"prefix": "DE"}, 12, "DE12"),
        ("replace", {"old": "-", "new": ""}, "1-2-3", "123"),
        ("split", {"mark": ","}, "a, b,, c ", ["a", "b", "c"]),
        ("unless", {"texts": ["N/A", "-"]}, " N/A ", None),
        ("unless", {"texts": ["N/A", "-"]}, "x", "x"),
        ("upper", {}, Decimal("1E+2"), "100"),
        ("lower", {}, True, "true"),
        ("join", {}, ["a", None, "", " b "], "a b"),
        ("join", {"mark": ", "}, ["a", 5], "a, 5"),
        ("join", {}, [], None),
        ("coalesce", {}, [None, "", "x", "y"], "x"),
        ("coalesce", {}, [], None),
        ("last", {}, ["x", "y", ""], "y"),
        ("other", {}, ["x", "x", None, "z"], "z"),
        ("other", {}, [], None),
        ("count_of", {}, ["x", "y"], 2),
    ],
)
def test_a_text_becomes(name: str, arguments: Any, value: Any, made: Any) -> None:
    assert find_transform(name).function(value, **arguments) == made


@pytest.mark.parametrize("name", ["upper", "lower"])
@pytest.mark.parametrize("value", [{"a": 1}, ["a"], {}, []])
def test_an_object_or_list_is_no_text(name: str, value: Any) -> None:
    with pytest.raises(TransformError, match="a single value"):
        find_transform(name).function(value)
