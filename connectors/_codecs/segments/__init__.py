"""Segment trees: one unit's segments, in reading order, hung where its outline wants them.

A tag goes to the innermost open loop that admits it. One that nothing admits lies at the root
(after UNS+S: in the summary) and closes nothing. An HL lies under the HL that its HL02 names.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from connectors._codecs.limits import Notice, Tree
from connectors._codecs.segments.outline import Loop, Outline
from connectors.errors import CodecError

Segment: TypeAlias = dict[str, Tree]


class Unit(dict[str, Tree]):
    """One transaction set or message: a plain tree, with the notices of its reading beside it."""

    __slots__ = ("notices",)

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.notices: list[Notice] = []


class Assembler:
    """Hangs segments into the tree of one unit; remembers tags and parents that had no place."""

    __slots__ = ("_levels", "_loop", "_max_depth", "_stack", "orphans", "outline", "strays")

    def __init__(self, root: Segment, outline: Outline, max_depth: int) -> None:
        self.strays: dict[str, None] = {}
        self.orphans: dict[str, None] = {}
        self._max_depth = max_depth
        self.outline = outline
        self._loop = outline.root
        self._stack: list[Segment] = [root]
        self._levels: dict[str, tuple[Segment, int]] = {}

    def add(self, tag: str, segment: Segment) -> None:
        """Hang the segment; the outline's answer to each tag is remembered in its loops."""
        step = self._loop.steps.get(tag)
        if step is None:
            self._place(tag, segment)
            return
        depth, self._loop, opens = step
        stack = self._stack
        container = stack[depth]
        if tag in container:
            container[tag].append(segment)
        else:
            container[tag] = [segment]
        if opens:
            stack[depth + 1 :] = (segment,)

    def open_summary(self) -> None:
        """All that follows lies in the root's `summary` (EDIFACT UNS+S)."""
        self._loop = self.outline.summary
        self._stack[1:] = (self._stack[0].setdefault("summary", {}),)

    def _place(self, tag: str, segment: Segment) -> None:
        levels = self.outline.root.kids.get(tag) if tag == "HL" else None
        if levels is not None:
            self._hang(levels, segment)
            return
        home = self._loop.home(tag)
        if home is None:
            self.strays[tag] = None
            self._stack[self._loop.base].setdefault(tag, []).append(segment)
        elif tag not in home.kids:
            self._stack[home.depth].setdefault(tag, []).append(segment)
            self._loop = home
        else:
            inner = home.kids[tag]
            self._loop.steps[tag] = (home.depth, inner or home, inner is not None)
            self.add(tag, segment)

    def _hang(self, loop: Loop, segment: Segment) -> None:
        parent = segment.get("HL02")
        holder, level = self._levels.get(parent or "", (self._stack[0], 0))
        if parent and not level:
            self.orphans[parent] = None
        if level >= self._max_depth:
            raise CodecError(
                "too_deep", f"HL nested {level} deep; at most {self._max_depth} is read"
            )
        holder.setdefault("HL", []).append(segment)
        if "HL01" in segment:
            self._levels[segment["HL01"]] = (segment, level + 1)
        self._stack[1:] = (segment,)
        self._loop = loop
