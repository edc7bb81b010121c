"""What holds a node: `^` in paths, one object further up for each caret.

A run knows the holders of the node it is at as a chain, the nearest first: `(holder, (its holder,
(…, None)))`. Only blocks in which a path begins with `^` pay for knowing it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors._engine.emit import Function
from connectors._engine.paths import Above, Every, Field, Path, Root, Step, Where
from connectors._engine.run_state import dropped


class Outlook:
    """Which parts of a map look up; each fragment is gone through once."""

    def __init__(self, fragments: Mapping[str, Any]) -> None:
        self._fragments = fragments
        self._known: dict[str, bool] = {}

    def looks_above(self, spec: Any) -> bool:
        """Whether any path in a part of the map begins with `^`."""
        if isinstance(spec, str):
            return spec.startswith("^")
        if isinstance(spec, list):
            return any(map(self.looks_above, spec))
        if not isinstance(spec, dict):
            return False
        if "use" in spec and self._shared(spec["use"]):
            return True
        return any(self.looks_above(part) for name, part in spec.items() if name not in _TEXTS)

    def _shared(self, name: str) -> bool:
        if name not in self._known:
            self._known[name] = self.looks_above(self._fragments[name])
        return self._known[name]


_TEXTS = frozenset({"const", "through", "table", "otherwise", "equals", "in", "not_in", "use"})
"""What in a map is no path."""


def held(out: Function, base: str, path: Path) -> str:
    """A variable with all nodes at a path, each with the chain of what holds it."""
    base, chain, path = _start(out, base, path)
    found = out.fresh()
    out.line(f"{found} = [({base}, {chain})]")
    segments = _segments(path)
    for number, segment in enumerate(segments):
        step = _step_function(out, segment, last=number == len(segments) - 1)
        up = "(n, u)" if isinstance(segment[0], Field) else "u"
        out.line(f"{found} = [(c, {up}) for n, u in {found} for c in {step}(n, x)]")
    return found


def chain_of(out: Function, base: str, path: Path) -> str:
    """An expression for the chain of the one node at a path."""
    if any(isinstance(step, Every | Where) for step in path):
        items = held(out, base, path)
        return f"({items}[0][1] if {items} else None)"
    base, chain, path = _start(out, base, path)
    for number, step in enumerate(path):
        if isinstance(step, Field):
            chain = f"({out.node(base, path[:number])}, {chain})"
    return chain


def _start(out: Function, base: str, path: Path) -> tuple[str, str, Path]:
    """Where a path begins: the node, its chain, and the steps from there."""
    if path and isinstance(path[0], Root):
        return out.node(base, path[:1]), "None", path[1:]
    if path and isinstance(path[0], Above):
        drop = out.program.constant(dropped)
        return out.node(base, path[:1]), f"{drop}(x.up, {path[0].count})", path[1:]
    return base, "x.up", path


def _segments(path: Path) -> list[Path]:
    """A path as its names, each with the brackets after it; brackets may also come first."""
    found: list[list[Step]] = []
    for step in path:
        if isinstance(step, Field) or not found:
            found.append([])
        found[-1].append(step)
    return [tuple(each) for each in found]


def _step_function(out: Function, segment: Path, *, last: bool) -> str:
    """The name of a function that gives what one segment leads to from a node."""
    name = out.program.fresh()
    made = Function(out.program, f"step_{name}")
    if out.program.dialect == "tree" and not last and isinstance(segment[-1], Field):
        # A list is gone through where the path says so, and only there.
        one = made.node("n", segment)
        made.line(f"return () if {one} is None else ({one},)")
    else:
        made.line(f"return {made.nodes('n', segment)}")
    return out.program.add(made)
