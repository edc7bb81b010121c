"""Blocks of a read map to functions that build canonical structs."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any

import msgspec

from canonical_model.documents.journal_entry import JournalLine
from canonical_model.documents.order_response import ResponseLine
from canonical_model.documents.tax_determination import DeterminedLine
from canonical_model.parts.line import Line
from canonical_model.parts.movement import MoveLine
from connectors._engine import convert
from connectors._engine.emit import Function
from connectors._engine.holders import Outlook, chain_of
from connectors._engine.leaves import Leaves
from connectors._engine.lists import Lists, without
from connectors._engine.paths import parse, spell
from connectors._engine.presence import Presence
from connectors._engine.program import Program
from connectors._engine.run_state import Place
from connectors._engine.scope import Scope
from connectors._engine.targets import Target, targets

# A line without an id gets its position (CANONICAL: only `kind` is required of a document).
_NOTHING = {"leaf": "None", "struct": "None", "leaves": "[]", "structs": "[]", "texts": "{}"}
_NUMBERED = (Line, MoveLine, JournalLine, ResponseLine, DeterminedLine)


@dataclass
class Blocks:
    """Writes one function for each block that repeats or is conditional; the rest in line."""

    program: Program
    leaves: Leaves
    fragments: dict[str, Any] = field(default_factory=dict)
    counter: int = 0
    outlook: Outlook = field(init=False)
    _presence: Presence = field(init=False)
    _made: dict[tuple[str, Any, Scope, bool], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.outlook = Outlook(self.fragments)
        self._presence = Presence(
            self.program.dialect, self.fragments, self.leaves.is_nothing_of_nothing
        )

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
        rest = {name: value for name, value in fields.items() if name not in values}
        for child, names in self._presence.grouped(rest, known):
            if child is None:
                for name in names:
                    values[name] = self._field(out, base, rest[name], known[name], scope, stated)
            else:
                part = {name: (rest[name], known[name]) for name in names}
                values |= self._below(out, base, child, part, scope, stated)
        if before:
            out.line(f"x.exponent, x.currency = {before}")
        return self._struct(out, struct, values, None if always else stated)

    def _below(
        self,
        out: Function,
        base: str,
        child: str,
        fields: dict[str, tuple[Any, Target]],
        scope: Scope,
        stated: list[str],
    ) -> dict[str, str]:
        """Variables of fields that are nothing where a child is absent."""
        there = out.named_anew(out.child(base, child))
        values = {name: out.named_anew(_NOTHING[t.sort]) for name, (_, t) in fields.items()}
        with out.inside(f"if {there} is not None:"):
            for name, (value, target) in fields.items():
                found = self._field(out, base, value, target, scope, [])
                out.line(f"{values[name]} = {found}")
        for name, (_, target) in fields.items():
            plural = _NOTHING[target.sort] != "None"
            stated.append(values[name] if plural else f"{values[name]} is not None")
        return values

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
        out.line(f"{before} = x.exponent, x.currency")
        exponent = self.program.constant(convert.exponent_of)
        out.line(f"if {code} is not None: x.exponent, x.currency = {exponent}({code}), {code}")
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
        if stated is not None and not set(needed) & set(stated):
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
            found = self.one(out, base, value, target.struct, inner)
        elif target.sort == "structs":
            found = Lists(self).structs(out, base, value, target.struct, inner.every_target())
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
        first, *others = specs
        found = out.named_anew(self.one(out, base, first, struct, scope))
        for spec in others:
            with out.inside(f"if {found} is None:"):
                out.line(f"{found} = {self.one(out, base, spec, struct, scope)}")
        return found

    def one(self, out: Function, base: str, spec: Any, struct: Any, scope: Scope) -> str:
        """A variable with the struct of a block, or of the first that finds anything, or None."""
        if isinstance(spec, list):
            return self._first_struct(out, base, spec, struct, scope)
        path = parse(spec["at"], self.program.dialect) if "at" in spec else ()
        inner = scope.at(spell(path, self.program.dialect)) if path else scope
        found, node = out.fresh(), out.node(base, path)
        rest = without(spec, "at", "when")
        # Most subtrees are absent from most payloads: one look, and all their fields are done.
        tests = [f"{node} is not None"] if path else []
        if "when" in spec:
            tests.append(self.leaves.condition(out, base, spec["when"]))
        if not tests:
            out.line(f"{found} = {self.build(out, node, rest, struct, inner)}")
            return found
        call, test = f"{self.function(rest, struct, inner)}({node}, x)", " and ".join(tests)
        if path and self.outlook.looks_above(rest):
            chain, before = chain_of(out, base, path), out.fresh()
            out.line(f"{before} = x.up; x.up = {chain}; {found} = {call} if {test} else None")
            out.line(f"x.up = {before}")
        else:
            out.line(f"{found} = {call} if {test} else None")
        return found

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
    names, defaults = struct.__struct_fields__, struct.__struct_defaults__
    needed = {*names[: len(names) - len(defaults)]}
    late = names[len(names) - len(defaults) :]
    needed |= {n for n, d in zip(late, defaults, strict=True) if d is msgspec.NODEFAULT}
    return tuple(name for name in names if name in needed)


__all__ = ["Blocks", "Place"]
