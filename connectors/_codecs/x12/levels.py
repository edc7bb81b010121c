"""Hierarchical levels: `HL` within `HL`, numbered in the order in which they are written.

HL01 is a level's number in its set, HL02 that of the level above, HL04 whether levels follow below
(data elements 628, 734 and 736).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

from connectors._codecs.limits import DEFAULT, Tree
from connectors.errors import CodecError


def levels_numbered(unit: Tree) -> Tree:
    """A unit whose levels have their numbers; those without an HL01 are given all of them."""
    return {**unit, "HL": _levels(unit["HL"], "", count(1), 0)} if "HL" in unit else unit


def _levels(levels: list[Tree], above: str, numbers: Iterator[int], depth: int) -> list[Tree]:
    if depth > DEFAULT.max_depth:
        raise CodecError("too_deep", f"levels more than {DEFAULT.max_depth} deep; flatten them")
    if not all(isinstance(level, dict) for level in levels):
        raise CodecError("bad_tree", "HL holds no segments; a list of dicts is needed")
    return [_level(level, above, numbers, depth) for level in levels]


def _level(level: Tree, above: str, numbers: Iterator[int], depth: int) -> Tree:
    number = str(next(numbers))
    filled: dict[str, Any] = dict(level)
    if "HL01" not in level:
        own = {"HL01": number, "HL02": above, "HL04": "1" if level.get("HL") else "0"}
        filled = {name: text for name, text in own.items() if text} | filled
    if "HL" in level:
        filled["HL"] = _levels(level["HL"], filled["HL01"], numbers, depth + 1)
    return filled
