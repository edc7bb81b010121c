"""The transforms there are: each can be found, is explained, and checks what it is told."""

from __future__ import annotations

import pytest

from connectors._transforms import find_transform, transform_names
from connectors.errors import MapError


@pytest.mark.parametrize("name", transform_names())
def test_a_transform_is_explained_in_one_line(name: str) -> None:
    found = find_transform(name)
    assert found.name == name
    assert found.meaning.endswith(".")
    assert found.required <= found.arguments.keys()
    assert all(each in (str, int, bool, list, dict) for each in found.arguments.values())


@pytest.mark.parametrize("name", [n for n in transform_names() if not find_transform(n).required])
def test_a_transform_without_needs_can_be_named_alone(name: str) -> None:
    assert find_transform(name).problems({}) == []


def test_an_unknown_name_is_answered_with_near_ones() -> None:
    with pytest.raises(MapError, match="unknown transform 'negat'; try negate"):
        find_transform("negat")


@pytest.mark.parametrize(
    ("name", "given", "problem"),
    [
        ("upper", {"mark": "x"}, "transform upper takes no 'mark'; it takes no arguments"),
        ("before", {}, "transform before needs 'mark'"),
        ("before", {"mark": 5}, "transform before: 'mark' is to be a str"),
        ("scale", {"exponent": "2"}, "transform scale: 'exponent' is to be a int"),
        ("scale", {"exponent": True}, "transform scale: 'exponent' is to be a int"),
        ("captured", {"pattern": "("}, "transform captured: missing ), unterminated subpattern"),
    ],
)
def test_wrong_arguments_are_told(name: str, given: dict[str, object], problem: str) -> None:
    (found,) = find_transform(name).problems(given)
    assert found.startswith(problem)


def test_what_gives_several_is_known() -> None:
    assert find_transform("split").gives_several
    assert not find_transform("join").gives_several
    assert find_transform("join").takes_several
