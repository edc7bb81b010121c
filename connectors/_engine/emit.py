"""Writing the Python that follows paths: every step is one guarded look-up, shared by all fields.

A tree of XML holds one child or a list of several under each name and a text under each
`@attribute`; other trees hold what their format says. Names `_D` and `_L` are the classes of
objects and lists: the same code runs over plain ones, and over ones that note what was read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from connectors._engine.paths import Above, Every, Field, Index, Path, Root, Where

if TYPE_CHECKING:
    from connectors._engine.program import Program

# A child of the function's own node, as long as it is not known whether others are asked for too.
_CHILD = re.compile("\0(.+?)\0")


class Function:
    """One Python function being written."""

    def __init__(self, program: Program, name: str, parameters: str = "n, x") -> None:
        self.program = program
        self.name = name
        self.parameters = parameters
        self.lines: list[str] = []
        self.depth = 1
        self._known: list[dict[tuple[str, Path, str], str]] = [{}]
        self._brought: dict[Root | Above, str] = {}

    def line(self, text: str) -> None:
        """One line of code at the current depth."""
        self.lines.append("    " * self.depth + text)

    @contextmanager
    def inside(self, head: str) -> Iterator[None]:
        """Lines below a condition: what they find is known only there."""
        self.line(head)
        self.depth += 1
        self._known.append({})
        yield
        self._known.pop()
        self.depth -= 1

    def text_of(self, node: str) -> str:
        """A variable with the text of an element of XML."""
        return self._once((node, (), "text"), self._text)

    def _text(self, node: str, _: Path) -> str:
        return self.named_anew(self.program.leaf_of(node))

    def child(self, parent: str, name: str) -> str:
        """An expression for what an object holds under a name."""
        if parent == "n":
            return f"\0{name!r}\0"
        return f"{parent}.get({name!r}) if {parent}.__class__ is _D else None"

    def fresh(self) -> str:
        """A name that is not used yet."""
        return self.program.fresh()

    def named(self, expression: str) -> str:
        """A variable for what may be a constant."""
        known = expression.isidentifier() and expression not in ("True", "False", "None")
        return expression if known else self.named_anew(expression)

    def named_anew(self, expression: str) -> str:
        """A new variable."""
        name = self.fresh()
        self.line(f"{name} = {expression}")
        return name

    def node(self, base: str, path: Path) -> str:
        """A variable with the one thing at the path, or None."""
        if path and isinstance(path[0], Root | Above):
            return self.node(self._outside(path[0]), path[1:])
        if not path:
            return base
        rows = isinstance(path[-1], Index) and path[-2:-1] == (Every(),)
        if rows or isinstance(path[-1], Every | Where):
            return self._first(self.nodes(base, path))
        return self._once((base, path, "one"), self._step_one)

    def _once(self, what: tuple[str, Path, str], write: Callable[[str, Path], str]) -> str:
        """The variable of what was found before, or now."""
        for known in self._known:
            if what in known:
                return known[what]
        innermost = self._known[-1]
        found = innermost[what] = write(*what[:2])
        return found

    def _outside(self, step: Root | Above) -> str:
        """The payload's root or what holds the node, brought once into the function."""
        if step not in self._brought:
            # At the head of the function: it must be known in every branch.
            name = self._brought[step] = self.fresh()
            source = "x.root" if isinstance(step, Root) else f"x.above({step.count})"
            self.lines.insert(0, f"    {name} = {source}")
        return self._brought[step]

    def _step_one(self, base: str, path: Path) -> str:
        step, found = path[-1], self.fresh()
        if isinstance(step, Index):
            # One thing is wanted, so of several parents the first one's item is.
            above = path[:-2] if self._projected(path[:-1]) else ()
            items = self.nodes(self.node(base, above), path[len(above) : -1])
            at = step.position
            enough = f"len({items}) > {at}" if at >= 0 else f"len({items}) >= {-at}"
            self.line(f"{found} = {items}[{at}] if {enough} else None")
            return found
        assert isinstance(step, Field)  # noqa: S101  (node() has taken the others)
        parent = self.node(base, path[:-1])
        self.line(f"{found} = {self.child(parent, step.name)}")
        if self.program.dialect == "xml" and not step.name.startswith(("@", "#")):
            self.line(f"if {found}.__class__ is _L: {found} = {found}[0]")
        return found

    def _first(self, items: str) -> str:
        found = self.fresh()
        self.line(f"{found} = {items}[0] if {items} else None")
        return found

    def nodes(self, base: str, path: Path) -> str:
        """A variable with the list of all things at the path; empty when there are none."""
        if path and isinstance(path[0], Root | Above):
            return self.nodes(self._outside(path[0]), path[1:])
        return self._once((base, path, "all"), self._all)

    def _all(self, base: str, path: Path) -> str:
        found = self.fresh()
        if not path:
            self.line(f"{found} = {base} if {base}.__class__ is _L else ({base},)")
            return found
        step, before = path[-1], path[:-1]
        if isinstance(step, Every):
            return self.nodes(base, before)
        if isinstance(step, Where):
            items = self.nodes(base, before)
            self.line(f"{found} = [i for i in {items} if {self.program.condition(step)}(i, x)]")
            return found
        if isinstance(step, Index):
            self._items(found, base, step, before)
            return found
        assert isinstance(step, Field)  # noqa: S101  (the others come first, and are taken)
        self._children(found, base, step.name, before)
        return found

    def _items(self, found: str, base: str, step: Index, before: Path) -> None:
        """The item at a position; of each parent where there are several."""
        if self._projected(before):
            parents = self.nodes(base, before[:-1])
            self.line(f"{found} = []")
            item = self.program.item(before[-1], step)
            self.line(f"for p in {parents}: {found} += {item}(p, x)")
            return
        if before and isinstance(before[-1], Every):
            self._of_each(found, self.nodes(base, before), step.position)
            return
        one = self.node(base, (*before, step))
        self.line(
            f"{found} = () if {one} is None else {one} if {one}.__class__ is _L else ({one},)"
        )

    def _of_each(self, found: str, rows: str, at: int) -> None:
        """The items at a position of lists within a list."""
        enough = f"len(r) > {at}" if at >= 0 else f"len(r) >= {-at}"
        self.line(f"{found} = []")
        self.line(f"for c in [r[{at}] for r in {rows} if r.__class__ is _L and {enough}]:")
        self.line(f"    {found} += c if c.__class__ is _L else (c,)")

    def _projected(self, path: Path) -> bool:
        """Whether a name is asked of several parents: each has a list of its own to count in."""
        above = path[:-1]
        several = any(isinstance(s, Every | Where) for s in above) or self._repeats(above)
        return several and isinstance(path[-1], Field)

    def _children(self, found: str, base: str, name: str, before: Path) -> None:
        """All children of a name: of the one parent, or of every parent there is."""
        if any(isinstance(s, Every | Where) for s in before) or self._repeats(before):
            parents = self.nodes(base, before)
            self.line(f"{found} = []")
            self.line(f"for p in {parents}:")
            self.line(f"    c = p.get({name!r}) if p.__class__ is _D else None")
            self.line(f"    if c.__class__ is _L: {found} += c")
            self.line(f"    elif c is not None: {found}.append(c)")
            return
        parent = self.node(base, before)
        self.line(f"{found} = {self.child(parent, name)}")
        self.line(f"if {found} is None: {found} = ()")
        self.line(f"elif {found}.__class__ is not _L: {found} = ({found},)")

    def _repeats(self, path: Path) -> bool:
        """In XML any element may stand more than once, and XPath then means all of them."""
        return self.program.dialect == "xml" and any(isinstance(s, Field) for s in path)

    def source(self) -> str:
        """The function as Python text."""
        body = "\n".join(self.lines or ["    pass"])
        asked = len(_CHILD.findall(body))
        long = r"n.get(\1) if n.__class__ is _D else None"
        body = _CHILD.sub(r"g(\1)" if asked > 1 else long, body)
        head = f"def {self.name}({self.parameters}):\n"
        return (
            f"{head}    g = n.get if n.__class__ is _D else _N\n{body}"
            if asked > 1
            else head + body
        )
