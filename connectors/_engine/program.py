"""All the Python that is written for one map, and what it needs to run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from connectors._engine.emit import Function
from connectors._engine.late import Late
from connectors._engine.paths import Dialect, Index, Step, Where


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
        return function.text_of(node)

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
