"""Objects and lists of a payload's tree to functions that build them of canonical documents."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from connectors._engine.emit import Function
from connectors._engine.holders import Outlook, chain_of, held
from connectors._engine.leaves import Leaves
from connectors._engine.paths import Path, parse, spell
from connectors._engine.program import Program
from connectors._engine.run_state import Run
from connectors._engine.scope import Scope
from connectors._engine.targets import Target


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
        call = f"{self.function(inside(spec), inner)}({node}, x)"
        test = self.leaves.condition(out, base, spec["when"]) if "when" in spec else "True"
        present = f"{node} is not None and {test}" if path else test
        if path and Outlook(self.fragments).looks_above(inside(spec)):
            chain, before = chain_of(out, base, path), out.fresh()
            out.line(f"{before} = x.up; x.up = {chain}")
            out.line(f"{found} = {call} if {present} else None; x.up = {before}")
        else:
            out.line(f"{found} = {call} if {present} else None")
        return found

    def _loop(self, out: Function, base: str, spec: dict[str, Any], scope: Scope) -> str:
        found = out.fresh()
        path = parse(spec["each"])
        items, each, after = self._items(out, base, path, spec)
        inner = scope.every(spell(path)).every_target()
        call = self.function(inside(spec), inner)
        test = f" and {self.leaves.condition(out, base, spec['when'])}" if "when" in spec else ""
        out.line(f"{found} = []")
        out.line(f"if {items}{test}:")
        out.line("    x.positions.append(0); x.indexes.append(0)")
        out.line(f"    for i, {each} in enumerate({items}):")
        out.line("        x.positions[-1] = x.indexes[-1] = i")
        out.line(f"        m = {call}(m, x)")
        out.line(f"        if m is not None: {found}.append({_row(spec.get('as', '.'))})")
        out.line(f"    x.positions.pop(); x.indexes.pop(){after}")
        return found

    def _items(
        self, out: Function, base: str, path: Path, spec: dict[str, Any]
    ) -> tuple[str, str, str]:
        """The items, what a loop over them sets, and what sets it back after the loop."""
        if not Outlook(self.fragments).looks_above(inside(spec)):
            items = out.nodes(base, path)
            return self._grouped(out, items, spec["by"]) if "by" in spec else items, "m", ""
        before = out.fresh()
        out.line(f"{before} = x.up")
        items = held(out, base, path)
        if "by" in spec:
            groups = self._grouped(out, f"[m for m, _ in {items}]", spec["by"])
            out.line(f"{items} = [(g, {items}[0][1]) for g in {groups}]")
        return items, "(m, x.up)", f"; x.up = {before}"

    def _grouped(self, out: Function, items: str, by: Sequence[str]) -> str:
        """A variable with the groups of items of which these paths say the same."""
        self.counter += 1
        same = Function(self.program, f"same_{self.counter}")
        nodes = [same.node("n", parse(path)) for path in by]
        same.line(f"return ({''.join(f'text_of({node}), ' for node in nodes)})")
        found, call = out.fresh(), self.program.constant(grouped)
        out.line(f"{found} = {call}({items}, {self.program.add(same)}, x)")
        return found


def grouped(
    items: Sequence[Any], same: Callable[[Any, Run], tuple[str | None, ...]], run: Run
) -> list[dict[str, list[Any]]]:
    """Groups of items in the order of their first ones, each as an object that holds `items`."""
    found: dict[tuple[str | None, ...], list[Any]] = {}
    for item in items:
        found.setdefault(same(item, run), []).append(item)
    return [{"items": group} for group in found.values()]


def inside(spec: dict[str, Any]) -> dict[str, Any]:
    """What a block has within it."""
    return {name: part for name, part in spec.items() if name in ("fields", "use")}


def _row(part: Any) -> str:
    """What an item is written as, in lists within lists: it, its fields and constants."""
    if isinstance(part, list):
        return f"[{', '.join(map(_row, part))}]"
    if part == ".":
        return "m"
    return f"m.get({part[1:]!r})" if str(part).startswith(".") else repr(part)


def _constant(value: Any, fragments: Mapping[str, Any]) -> bool:
    """Whether a value says nothing of the document: it is then written only beside what does."""
    if isinstance(value, list):
        return all(_constant(each, fragments) for each in value)
    if not isinstance(value, dict) or "each" in value or "at" in value:
        return False
    while "use" in value:
        below = fragments[value["use"]]
        fields = {**below.get("fields", {}), **value.get("fields", {})}
        value = {"fields": fields, **({"use": below["use"]} if "use" in below else {})}
    if "fields" in value:
        return all(_constant(each, fragments) for each in value["fields"].values())
    return "const" in value
