"""Writing the Python that follows paths: every step is one guarded look-up, shared by all fields.

A tree of XML holds one child or a list of several under each name and a text under each
`@attribute`; other trees hold what their format says. Names `_D` and `_L` are the classes of
objects and lists: the same code runs over plain ones, and over ones that note what was read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from connectors._engine.late import Late
from connectors._engine.paths import Above, Dialect, Every, Field, Index, Path, Root, Step, Where

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
        if expression.isidentifier() and expression not in ("True", "False", "None"):
            return expression
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


class Program:
    """All functions of one map, and the constants they use."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect: Dialect = dialect
        self.constants: dict[str, Any] = {}
        self.functions: list[str] = []
        self._counter = 0
        self._conditions: dict[Where, str] = {}

    def fresh(self) -> str:
        """A name that no function of the program uses."""
        self._counter += 1
        return f"v{self._counter}"

    def constant(self, value: Any) -> str:
        """A name for a value that the program's functions can use."""
        for name, known in self.constants.items():
            if known is value:
                return name
        name = f"k{len(self.constants)}"
        self.constants[name] = value
        return name

    def add(self, function: Function) -> str:
        """Keep a finished function; gives its name."""
        self.functions.append(function.source())
        return function.name

    def item(self, name: Step, position: Index) -> str:
        """The name of a function that gives the item of a list below a node, in a list or not."""
        self._counter += 1
        made = Function(self, f"item_{self._counter}")
        made.line(f"return {made.nodes('n', (name, position))}")
        return self.add(made)

    def condition(self, where: Where) -> str:
        """The name of a function that tells whether an item satisfies a condition."""
        if where not in self._conditions:
            test = Function(self, f"is_{len(self._conditions)}")
            self._conditions[where] = test.name
            node = test.node("n", where.path)
            test.line(f"return {self._comparison(test, node, where)}")
            self.functions.append(test.source())
        return self._conditions[where]

    def _comparison(self, test: Function, node: str, where: Where) -> str:
        if where.other:
            value, other = self.leaf(test, node), self.leaf(test, test.node("n", where.other))
            same = f"{value} is not None and text_of({value}) == text_of({other})"
            return f"not ({same})" if where.negated else same
        if not where.values:
            # An element is there when it has a text, or children.
            text = f"{node}.get('#', True) if {node}.__class__ is _D else {node}"
            return f"({text}) not in (None, '')"
        sign = "!=" if where.negated else "=="
        return f"text_of({self.leaf(test, node)}) {sign} {where.values[0]!r}"

    def leaf(self, function: Function, node: str) -> str:
        """The value of a node: in XML its text, be there attributes or not."""
        if self.dialect != "xml":
            return node
        text = function.fresh()
        function.line(f"{text} = {self.leaf_of(node)}")
        return text

    def leaf_of(self, node: str) -> str:
        """The same as an expression."""
        return (
            f"{node}.get('#') if {node}.__class__ is _D else {node}"
            if self.dialect == "xml"
            else node
        )

    def load(self, objects: type = dict, lists: type = list) -> dict[str, Any]:
        """The namespace of the program, run over objects and lists of these classes.

        A function is compiled when it is first called: most payloads need few of a map's.
        """
        namespace = {**self.constants, "_D": objects, "_L": lists, "_N": {}.get}
        for source in self.functions:
            name = source[len("def ") : source.index("(")]
            namespace[name] = Late(namespace, name, source)
        return namespace

    def function(self, name: str) -> Callable[..., Any]:
        """One function of the program, compiled."""
        namespace = self.load()
        namespace[name].settle()
        found: Callable[..., Any] = namespace[name]
        return found
