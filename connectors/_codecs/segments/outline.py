"""Outlines: which segment lies under which, one data file per message type.

`outlines/<format>/<type>.yaml` holds, under `segments`, a list in the order of the standard:
`REF PER DTM` are segments, `N1: N3 N4` is a loop that N1 opens. `summary` lists what may follow
EDIFACT's UNS+S, and `"*"` admits every tag that no open loop names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

_FOLDER = Path(__file__).parent.parent / "outlines"
_FLAT = "default"
_ANY = "*"


class Loop:
    """One place of an outline: the tags it admits, in the order of the standard."""

    __slots__ = ("base", "depth", "kids", "parent", "reach", "steps", "wild")

    def __init__(self, entries: list[Any], parent: Loop | None, depth: int) -> None:
        self.parent = parent
        self.depth = depth
        self.base: int = parent.base if parent else depth
        self.wild = False
        self.kids: dict[str, Loop | None] = {}
        self.steps: dict[str, tuple[int, Loop, bool]] = {}
        for entry in entries:
            self._admit(entry)
        loops = [kid for kid in self.kids.values() if kid is not None]
        self.reach: frozenset[str] = frozenset(self.kids).union(*(loop.reach for loop in loops))

    def _admit(self, entry: Any) -> None:
        if isinstance(entry, dict):
            for tag, below in entry.items():
                inner = below if isinstance(below, list) else [below]
                self.kids[tag] = Loop(inner, self, self.depth + 1)
            return
        for tag in entry.split():
            if tag == _ANY:
                self.wild = True
            else:
                self.kids.setdefault(tag, None)

    def home(self, tag: str) -> Loop | None:
        """The innermost loop, from here outward, that admits the tag; by name before by `*`."""
        return self._climb(lambda loop: tag in loop.kids) or self._climb(lambda loop: loop.wild)

    def _climb(self, admits: Callable[[Loop], bool]) -> Loop | None:
        loop: Loop | None = self
        while loop is not None and not admits(loop):
            loop = loop.parent
        return loop


class Outline:
    """The loops of one message type; `known` is false for the flat one that serves all others."""

    def __init__(self, source: Mapping[str, list[Any]], known: bool) -> None:
        self.known = known
        self.root = Loop(source["segments"], None, 0)
        self.summary = Loop(source.get("summary", []), None, 1)


@cache
def known_types(kind: str) -> frozenset[str]:
    """The message types of a format (`x12`, `edifact`) that have an outline of their own."""
    return frozenset(path.stem for path in (_FOLDER / kind).glob("*.yaml")) - {_FLAT}


def outline_of(kind: str, name: str) -> Outline:
    """The outline of a message type, or the flat one when the type has none."""
    return _stored(kind, name if name in known_types(kind) else _FLAT)


@cache
def _stored(kind: str, name: str) -> Outline:
    source = msgspec.yaml.decode((_FOLDER / kind / f"{name}.yaml").read_bytes())
    return Outline(source, known=name != _FLAT)
