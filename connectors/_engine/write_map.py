"""A write map, compiled: a function from canonical documents to the tree of a wire format.

The language is that of read maps, turned round: names are the target's, in the order in which they
are written, paths are canonical. `$.documents` is all documents that are rendered together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from canonical_model.base.issue import Issue
from connectors._engine.emit import Function
from connectors._engine.leaves import Leaves
from connectors._engine.lineage import Lineage
from connectors._engine.program import Program
from connectors._engine.run_state import Place, Run
from connectors._engine.scope import Scope
from connectors._engine.trees import Trees, inside
from connectors._engine.values import text_of


@dataclass(frozen=True)
class WriteMap:
    """A compiled write map."""

    name: str
    document: str
    codec: str
    spec: Mapping[str, Any]
    places: tuple[Place, ...]
    lineage: tuple[Lineage, ...]
    _program: Program
    _entry: str

    @cached_property
    def _function(self) -> Callable[[Any, Run], Any]:
        return self._program.function(self._entry)

    def takes(self, document: dict[str, Any]) -> bool:
        """Whether the map writes this document, of all those of its kind."""
        test = self._program.function("takes") if "when" in self.spec else None
        return test is None or bool(test(document, Run((), {"documents": [document]})))

    @property
    def wanted(self) -> str:
        """Which documents it takes, in words."""
        when = self.spec.get("when", [])
        return " and ".join(map(_told, when if isinstance(when, list) else [when]))

    def run(self, documents: Sequence[dict[str, Any]]) -> tuple[Any, list[Issue]]:
        """The payload's tree for some documents as plain data, and what could not be written."""
        root = {"documents": list(documents)}
        run = Run(self.places, root)
        tree = self._function(root if self.spec.get("many") else documents[0], run)
        return tree or {}, run.issues


def compile_write(
    name: str, spec: Mapping[str, Any], tables: Mapping[str, Mapping[str, Any]]
) -> WriteMap:
    """Compile a write map that has been checked."""
    program = Program("tree")
    program.constants["text_of"] = text_of
    places: list[Place] = []
    lineage: list[Lineage] = []
    leaves = Leaves(program, {**tables, **spec.get("tables", {})}, places, lineage)
    trees = Trees(program, leaves, dict(spec.get("fragments", {})))
    entry = trees.function(inside(dict(spec)), Scope())
    if "when" in spec:
        test = Function(program, "takes")
        test.line(f"return {leaves.condition(test, 'n', spec['when'])}")
        program.add(test)
    return WriteMap(
        name=name,
        document=spec["document"],
        codec=spec["codec"],
        spec=spec,
        places=tuple(places),
        lineage=tuple(lineage),
        _program=program,
        _entry=entry,
    )


def _told(test: str | dict[str, Any]) -> str:
    """A condition in words."""
    if isinstance(test, str):
        return f"{test} is there"
    path = test["path"]
    if "equals" in test:
        return f"{path} is {test['equals']}"
    for name, words in (("in", "is"), ("not_in", "is not")):
        if name in test:
            return f"{path} {words} {' or '.join(map(str, test[name]))}"
    return f"{path} is {'' if test.get('present', True) else 'not '}there"
