"""The way back: a tree's segments in an order that reads back as the same tree.

Segments go out in the order of the outline, depth first. A tag that a loop before it would swallow
moves in front of that loop. Each segment is placed once more as a reader would; what would land
elsewhere is refused, so that nothing is written that means something else.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from connectors._codecs.limits import DEFAULT
from connectors._codecs.segments import Assembler, Segment
from connectors._codecs.segments.outline import Loop, Outline
from connectors.errors import CodecError

Placed: TypeAlias = tuple[str, Segment]

_NUMBERS = ("HL01", "HL02")
_SECTION = "UNS"


class Sequencer:
    """Lists the segments of one unit between its header and its trailer."""

    def __init__(self, outline: Outline, frame: frozenset[str]) -> None:
        self._outline = outline
        self._frame = frame | {_SECTION}
        self._shadow: Segment = {}
        self._reader = Assembler(self._shadow, outline, DEFAULT.max_depth)

    def segments(self, unit: Segment) -> Iterator[Placed]:
        """Tag and tree of every segment, children after their parent, EDIFACT's summary last."""
        yield from self._inside(unit, self._outline.root, self._shadow, 0)
        summary = unit.get("summary", {})
        for section in unit.get(_SECTION, [{"UNS0101": "S"}] if summary else []):
            yield _SECTION, section
        if summary:
            self._reader.open_summary()
            yield from self._inside(summary, self._outline.summary, self._shadow["summary"], 1)

    def _inside(self, tree: Segment, loop: Loop, shadow: Segment, depth: int) -> Iterator[Placed]:
        if depth > DEFAULT.max_depth:
            raise CodecError("too_deep", f"a tree more than {DEFAULT.max_depth} deep; flatten it")
        for tag in _ordered(self._tags(tree), loop):
            below = self._outline.root.kids.get(tag) if tag == "HL" else loop.kids.get(tag)
            for segment in tree[tag]:
                copy = self._placed(tag, segment, shadow)
                yield tag, segment
                yield from self._inside(segment, below or _LEAF, copy, depth + 1)

    def _tags(self, tree: Segment) -> list[str]:
        """The keys that hold segments; elements are text, and lists only under `_all`."""
        keys = (key for key, value in tree.items() if isinstance(value, list))
        return [key for key in keys if key not in self._frame and not key.endswith("_all")]

    def _placed(self, tag: str, segment: Segment, shadow: Segment) -> Segment:
        if not isinstance(segment, dict):
            raise CodecError("bad_tree", f"{tag} holds no segments; a list of dicts is needed")
        copy: Segment = {name: segment[name] for name in _NUMBERS if name in segment}
        self._reader.add(tag, copy)
        held: list[Segment] = shadow.get(tag, [])
        if not any(last is copy for last in held[-1:]):
            text = f"{tag} would be read back in another place; put it where the outline has it"
            raise CodecError("misplaced", text, segment=tag)
        return copy


_LEAF = Loop([], None, 0)


def _ordered(tags: list[str], loop: Loop) -> list[str]:
    """In the outline's order, except that no tag follows a loop that would swallow it."""
    ranks = {tag: rank for rank, tag in enumerate(loop.kids)}
    ordered: list[str] = []
    for tag in sorted(tags, key=lambda tag: ranks.get(tag, len(ranks))):
        at = len(ordered)
        while at and _swallows(loop, ordered[at - 1], tag):
            at -= 1
        ordered.insert(at, tag)
    return ordered


def _swallows(loop: Loop, opener: str, tag: str) -> bool:
    inner = loop.kids.get(opener)
    return inner is not None and tag in inner.reach
