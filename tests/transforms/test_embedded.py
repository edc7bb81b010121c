"""Transforms of embedded files, card numbers, and texts of a pattern."""

from __future__ import annotations

from typing import Any

import pytest

from connectors._transforms import find_transform
from connectors.errors import TransformError


@pytest.mark.parametrize(
    ("name", "given", "arguments", "found"),
    [
        ("base64_size", "YWJj\n ZA==", {}, 4),
        ("base64_size", " ", {}, None),
        ("base64_sha256", "", {}, None),
        (
            "base64_sha256",
            "YWJj",
            {},
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        ),
        ("masked_number", "4111 1111 1111 1111", {}, "411111******1111"),
        ("masked_number", "****1111", {}, "****1111"),
        ("captured", "#AAI#two\nlines", {"pattern": "#([A-Z]{3})#.*"}, "AAI"),
        ("captured", " GKCCBEBB ", {"pattern": "[A-Z0-9]{8}"}, "GKCCBEBB"),
        ("captured", "see #AAI#", {"pattern": "#([A-Z]{3})#.*"}, None),
    ],
)
def test_a_transform_gives(name: str, given: str, arguments: dict[str, Any], found: Any) -> None:
    assert find_transform(name).function(given, **arguments) == found


def test_what_is_not_base64_is_refused() -> None:
    with pytest.raises(TransformError, match="base64"):
        find_transform("base64_sha256").function("no file!")
