"""A write map, compiled: a function from canonical documents to the tree of a wire format.

The language is that of read maps, turned round: names are the target's, in the order in which they
are written, paths are canonical. `$.documents` is all documents that are rendered together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from canonical_model.base.issue import Issue
from connectors._engine.emit import Function, Program
from connectors._engine.leaves import Leaves, Scope
from connectors._engine.lineage import Lineage
from connectors._engine.paths import parse, spell
from connectors._engine.run_state import Place, Run
from connectors._engine.targets import Target
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
        built: Callable[[Any, Run], Any] = self._program.load()[self._entry]
        return built

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
    entry = trees.function(_inside(dict(spec)), Scope())
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


def written(value: Any, run: Run, place: int) -> Any:
    """A value as it goes out: canonical ones already are what they say."""
    return None if value == "" else value


@dataclass
class Trees:
    """Writes functions that build objects and lists, leaving out what nothing was found for."""

    program: Program
    leaves: Leaves
    fragments: dict[str, Any] = field(default_factory=dict)
    counter: int = 0

    def function(self, spec: dict[str, Any], scope: Scope) -> str:
        """The name of a function of a node and the run that builds the block's object."""
        self.counter += 1
        made = Function(self.program, f"block_{self.counter}")
        tree, stated = self.block(made, "n", spec, scope)
        found = " or ".join(f"{each} not in (None, [], {{}})" for each in stated) or "True"
        made.line(f"return {tree} if {found} else None")
        return self.program.add(made)

    def block(
        self, out: Function, base: str, spec: dict[str, Any], scope: Scope
    ) -> tuple[str, list[str]]:
        """The variable of the object, and those that must hold something for it to be written."""
        tree = out.fresh()
        stated: list[str] = []
        out.line(f"{tree} = {{}}")
        for name, value in self._fields(spec).items():
            found = self._field(out, base, value, scope.into(name))
            out.line(f"if {found} not in (None, [], {{}}): {tree}[{name!r}] = {found}")
            if not _constant(value, self.fragments):
                stated.append(found)
        return tree, stated

    def _fields(self, spec: dict[str, Any]) -> dict[str, Any]:
        shared = self._fields(self.fragments[spec["use"]]) if "use" in spec else {}
        return {**shared, **spec.get("fields", {})}

    def _field(self, out: Function, base: str, value: Any, scope: Scope) -> str:
        if isinstance(value, list):
            return self._several(out, base, value, scope)
        if isinstance(value, dict) and "each" in value:
            return self._loop(out, base, value, scope)
        if isinstance(value, dict) and {"fields", "use"} & value.keys():
            return self._object(out, base, value, scope)
        return self.leaves.one(out, base, value, Target(scope.target, "leaf", written), scope)

    def _several(self, out: Function, base: str, values: list[Any], scope: Scope) -> str:
        """A list made of several blocks or values."""
        found = out.fresh()
        out.line(f"{found} = []")
        for value in values:
            one = self._field(out, base, value, scope)
            out.line(f"if {one}.__class__ is list: {found} += {one}")
            out.line(f"elif {one} not in (None, {{}}): {found}.append({one})")
        return found

    def _object(self, out: Function, base: str, spec: dict[str, Any], scope: Scope) -> str:
        found = out.fresh()
        path = parse(spec["at"]) if "at" in spec else ()
        inner = scope.at(spell(path)) if path else scope
        node = out.node(base, path)
        rest = {name: part for name, part in spec.items() if name in ("fields", "use")}
        call = self.function(rest, inner)
        test = self.leaves.condition(out, base, spec["when"]) if "when" in spec else "True"
        present = f"{node} is not None and {test}" if path else test
        out.line(f"{found} = {call}({node}, x) if {present} else None")
        return found

    def _loop(self, out: Function, base: str, spec: dict[str, Any], scope: Scope) -> str:
        found = out.fresh()
        path = parse(spec["each"])
        items = out.nodes(base, path)
        inner = scope.every(spell(path)).every_target()
        call = self.function(_inside(spec), inner)
        test = f" and {self.leaves.condition(out, base, spec['when'])}" if "when" in spec else ""
        out.line(f"{found} = []")
        out.line(f"if {items}{test}:")
        out.line("    x.positions.append(0); x.indexes.append(0)")
        out.line(f"    for i, m in enumerate({items}):")
        out.line("        x.positions[-1] = x.indexes[-1] = i")
        out.line(f"        m = {call}(m, x)")
        out.line(f"        if m is not None: {found}.append(m)")
        out.line("    x.positions.pop(); x.indexes.pop()")
        return found


def _inside(spec: dict[str, Any]) -> dict[str, Any]:
    return {name: part for name, part in spec.items() if name in ("fields", "use")}


def _constant(value: Any, fragments: Mapping[str, Any]) -> bool:
    """Whether a value says nothing of the document: it is then written only beside what does."""
    if isinstance(value, list):
        return all(_constant(each, fragments) for each in value)
    if not isinstance(value, dict) or "each" in value or "at" in value:
        return False
    if "use" in value:
        value = {"fields": {**fragments[value["use"]].get("fields", {}), **value.get("fields", {})}}
    if "fields" in value:
        return all(_constant(each, fragments) for each in value["fields"].values())
    return "const" in value
