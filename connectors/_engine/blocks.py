"""Blocks of a read map to functions that build canonical structs."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any

import msgspec
from msgspec import structs

from canonical_model.documents.journal_entry import JournalLine
from canonical_model.documents.order_response import ResponseLine
from canonical_model.documents.tax_determination import DeterminedLine
from canonical_model.parts.line import Line
from canonical_model.parts.movement import MoveLine
from connectors._engine import convert
from connectors._engine.emit import Function, Program
from connectors._engine.leaves import Leaves, Scope
from connectors._engine.paths import parse, spell
from connectors._engine.run_state import Place
from connectors._engine.targets import Target, targets

# A line without an id gets its position (CANONICAL: only `kind` is required of a document).
_NUMBERED = (Line, MoveLine, JournalLine, ResponseLine, DeterminedLine)


@dataclass
class Blocks:
    """Writes one function for each block that repeats or is conditional; the rest in line."""

    program: Program
    leaves: Leaves
    fragments: dict[str, Any] = field(default_factory=dict)
    counter: int = 0
    _made: dict[tuple[str, Any, Scope, bool], str] = field(default_factory=dict)

    def function(
        self,
        spec: dict[str, Any],
        struct: type[msgspec.Struct],
        scope: Scope,
        *,
        always: bool = False,
    ) -> str:
        """The name of a function of a node and the run that builds the struct, or None.

        `always`: constants alone are enough for it. Blocks that differ in nothing share one.
        """
        same = (repr(spec), struct, scope, always)
        if same not in self._made:
            self.counter += 1
            made = Function(self.program, f"block_{self.counter}")
            made.line(f"return {self.build(made, 'n', spec, struct, scope, always=always)}")
            self._made[same] = self.program.add(made)
        return self._made[same]

    def build(
        self,
        out: Function,
        base: str,
        spec: dict[str, Any],
        struct: Any,
        scope: Scope,
        *,
        always: bool = False,
    ) -> str:
        """An expression for the struct of a block whose node is `base`."""
        fields = self._fields(spec)
        known = targets(struct)
        values: dict[str, str] = {}
        stated: list[str] = []
        before = self._currency_first(out, base, fields, known, scope, values, stated)
        for name, value in fields.items():
            if name not in values:
                values[name] = self._field(out, base, value, known[name], scope, stated)
        if before:
            out.line(f"x.exponent = {before}")
        return self._struct(out, struct, values, None if always else stated)

    def _fields(self, spec: dict[str, Any]) -> dict[str, Any]:
        """The fields of a block, those of the fragment it uses below its own."""
        shared = self._fields(self.fragments[spec["use"]]) if "use" in spec else {}
        return {**shared, **spec.get("fields", {})}

    def _currency_first(
        self,
        out: Function,
        base: str,
        fields: dict[str, Any],
        known: dict[str, Target],
        scope: Scope,
        values: dict[str, str],
        stated: list[str],
    ) -> str | None:
        """Amounts are padded to their currency's decimals: it has to be read before them."""
        if "currency" not in fields or "currency" not in known:
            return None
        code = self._field(out, base, fields["currency"], known["currency"], scope, stated)
        before = out.fresh()
        values["currency"] = code
        out.line(f"{before} = x.exponent")
        exponent = self.program.constant(convert.exponent_of)
        out.line(f"if {code} is not None: x.exponent = {exponent}({code})")
        return before

    def _struct(
        self, out: Function, struct: Any, values: dict[str, str], stated: list[str] | None
    ) -> str:
        """The struct where anything but constants was found and all it requires is there."""
        required = [values.get(name) for name in _required(struct)]
        if struct in _NUMBERED:
            values["id"] = self._numbered(out, values.get("id"))
        if struct is Line and "kind" not in values:
            values["kind"] = "'detail'"
        arguments = ", ".join(f"{name}={value}" for name, value in values.items())
        made = f"{self.program.constant(struct)}({arguments})"
        needed = [f"{value} is not None" for value in required]
        if stated is not None:
            found = " or ".join(dict.fromkeys(stated))
            needed.append(f"({found or False})")
        return f"{made} if {' and '.join(needed)} else None" if needed else made

    def _numbered(self, out: Function, stated: str | None) -> str:
        position = "str(x.indexes[-1] + 1) if x.indexes else '1'"
        if stated is None:
            return position
        return f"({stated} if {stated} is not None else {position})"

    def _field(
        self,
        out: Function,
        base: str,
        value: Any,
        target: Target,
        scope: Scope,
        stated: list[str],
    ) -> str:
        inner = scope.into(target.name)
        if target.sort == "struct":
            found = self._one_struct(out, base, value, target.struct, inner)
        elif target.sort == "structs":
            found = self._structs(out, base, value, target.struct, inner.every_target())
        elif target.sort == "texts":
            found = self._texts(out, base, value, inner)
        elif target.sort == "leaves":
            found = self.leaves.many(out, base, value, target, inner)
        else:
            found = self.leaves.one(out, base, value, target, inner)
        if target.sort in ("structs", "leaves", "texts"):
            stated.append(found)  # a list or mapping, which says something when it holds something
        elif target.sort == "struct":
            stated.append(f"{found} is not None")
        elif said := self.leaves.said(out, base, value, found):
            stated.append(f"{said} is not None")
        return found

    def _first_struct(
        self, out: Function, base: str, specs: list[Any], struct: Any, scope: Scope
    ) -> str:
        """The first of several blocks in which anything was found."""
        found = out.fresh()
        out.line(f"{found} = None")
        for spec in specs:
            out.line(f"if {found} is None:")
            out.depth += 1
            out.line(f"{found} = {self._one_struct(out, base, spec, struct, scope)}")
            out.depth -= 1
        return found

    def _one_struct(self, out: Function, base: str, spec: Any, struct: Any, scope: Scope) -> str:
        if isinstance(spec, list):
            return self._first_struct(out, base, spec, struct, scope)
        found = out.fresh()
        path = parse(spec["at"], self.program.dialect) if "at" in spec else ()
        inner = scope.at(spell(path, self.program.dialect)) if path else scope
        node = out.node(base, path)
        if "when" in spec:
            test = self.leaves.condition(out, base, spec["when"])
            call = self.function(_without(spec, "at", "when"), struct, inner)
            out.line(f"{found} = {call}({node}, x) if {test} else None")
        elif path:
            # Most subtrees are absent from most payloads: one look, and all their fields are done.
            call = self.function(_without(spec, "at"), struct, inner)
            out.line(f"{found} = {call}({node}, x) if {node} is not None else None")
        else:
            out.line(f"{found} = {self.build(out, node, spec, struct, inner)}")
        return found

    def _structs(self, out: Function, base: str, specs: Any, struct: Any, scope: Scope) -> str:
        found = out.fresh()
        out.line(f"{found} = []")
        out.line("x.indexes.append(0)")
        for number, spec in enumerate(specs if isinstance(specs, list) else [specs]):
            if number:
                out.line(f"x.indexes[-1] = len({found})")
            test = self.leaves.condition(out, base, spec["when"]) if "when" in spec else ""
            if "each" in spec:
                self._loop(out, base, spec, struct, scope, found, test)
            else:
                self._append(out, base, spec, struct, scope, found, test)
        out.line("x.indexes.pop()")
        return found

    def _loop(
        self,
        out: Function,
        base: str,
        spec: dict[str, Any],
        struct: Any,
        scope: Scope,
        found: str,
        test: str,
    ) -> None:
        path = parse(spec["each"], self.program.dialect)
        items = out.nodes(base, path)
        inner = scope.every(spell(path, self.program.dialect))
        call = self.function(_without(spec, "each", "when", "nested"), struct, inner)
        below = self._nested(spec, struct, inner) if "nested" in spec else ""
        out.line(f"if {items}{f' and {test}' if test else ''}:")
        out.line("    x.positions.append(0)")
        out.line(f"    for i, c in enumerate({items}):")
        out.line("        x.positions[-1] = i")
        out.line(f"        m = {call}(c, x)")
        out.line("        if m is None: continue")
        out.line(f"        {found}.append(m); x.indexes[-1] += 1")
        if below:
            out.line(f"        {below}(c, x, m.id, {found})")
        out.line("    x.positions.pop()")

    def _nested(self, spec: dict[str, Any], struct: Any, scope: Scope) -> str:
        """The name of a function that adds the lines within a line, and those within them."""
        nested = spec["nested"]
        fields = {**spec.get("fields", {}), **nested.get("fields", {})}
        path = parse(nested["each"], self.program.dialect)
        inner = scope.every(spell(path, self.program.dialect))
        whole = {**_without(spec, "each", "when", "nested"), "fields": fields}
        call, clone = self.function(whole, struct, inner), self.program.constant(structs.replace)
        self.counter += 1
        made = Function(self.program, f"nested_{self.counter}", "n, x, parent, found")
        items = made.nodes("n", path)
        made.line("x.positions.append(0)")
        made.line(f"for i, c in enumerate({items}):")
        made.line("    x.positions[-1] = i")
        made.line(f"    m = {call}(c, x)")
        made.line("    if m is None: continue")
        made.line(f"    found.append({clone}(m, parent=parent)); x.indexes[-1] += 1")
        made.line(f"    {made.name}(c, x, m.id, found)")
        made.line("x.positions.pop()")
        return self.program.add(made)

    def _append(
        self,
        out: Function,
        base: str,
        spec: dict[str, Any],
        struct: Any,
        scope: Scope,
        found: str,
        test: str,
    ) -> None:
        path = parse(spec["at"], self.program.dialect) if "at" in spec else ()
        inner = scope.at(spell(path, self.program.dialect)) if path else scope
        node = out.node(base, path)
        one = out.fresh()
        if test:
            call = self.function(_without(spec, "at", "when"), struct, inner)
            out.line(f"{one} = {call}({node}, x) if {test} else None")
        elif path:
            call = self.function(_without(spec, "at"), struct, inner)
            out.line(f"{one} = {call}({node}, x) if {node} is not None else None")
        else:
            out.line(f"{one} = {self.build(out, node, spec, struct, inner)}")
        out.line(f"if {one} is not None: {found}.append({one})")

    def _texts(self, out: Function, base: str, spec: dict[str, Any], scope: Scope) -> str:
        found = out.fresh()
        out.line(f"{found} = {{}}")
        for name, value in spec.get("fields", {}).items():
            target = Target(name, "leaf", convert.text)
            one = self.leaves.one(out, base, value, target, scope.into(name))
            out.line(f"if {one} is not None: {found}[{name!r}] = {one}")
        return found


@cache
def _required(struct: type[msgspec.Struct]) -> tuple[str, ...]:
    """The fields without which there is no such object."""
    return tuple(f.name for f in msgspec.structs.fields(struct) if f.required)


def _without(spec: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in spec.items() if name not in names}


__all__ = ["Blocks", "Place"]
