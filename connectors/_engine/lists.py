"""Lists of objects: blocks that repeat, blocks that add one item, lines within lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from msgspec import structs

from connectors._engine.emit import Function
from connectors._engine.holders import held
from connectors._engine.paths import Path, parse, spell
from connectors._engine.scope import Scope

if TYPE_CHECKING:
    from connectors._engine.blocks import Blocks


@dataclass
class Lists:
    """Writes the code of lists into functions."""

    blocks: Blocks

    def structs(self, out: Function, base: str, specs: Any, struct: Any, scope: Scope) -> str:
        """A variable with the list of the structs of one block or several."""
        found = out.fresh()
        out.line(f"{found} = []")
        pushed = False
        for number, spec in enumerate(specs if isinstance(specs, list) else [specs]):
            at = f"len({found})" if number else "0"
            if "each" in spec:
                if pushed:
                    out.line("x.indexes.pop()")
                self._repeated(out, base, spec, struct, scope, found)
                pushed = False
                continue
            out.line(f"x.indexes[-1] = {at}" if pushed else f"x.indexes.append({at})")
            one = self.blocks.one(out, base, spec, struct, scope)
            out.line(f"if {one} is not None: {found}.append({one})")
            pushed = True
        if pushed:
            out.line("x.indexes.pop()")
        return found

    def _repeated(
        self, out: Function, base: str, spec: dict[str, Any], struct: Any, scope: Scope, found: str
    ) -> None:
        """A loop, or none where its condition does not hold."""
        if "when" not in spec:
            self._loop(out, base, spec, struct, scope, found)
            return
        with out.inside(f"if {self.blocks.leaves.condition(out, base, spec['when'])}:"):
            self._loop(out, base, spec, struct, scope, found)

    def _loop(
        self, out: Function, base: str, spec: dict[str, Any], struct: Any, scope: Scope, found: str
    ) -> None:
        blocks = self.blocks
        path = parse(spec["each"], blocks.program.dialect)
        inner = scope.every(spell(path, blocks.program.dialect))
        call = blocks.function(without(spec, "each", "when", "nested"), struct, inner)
        below = self._nested(spec, struct, inner) if "nested" in spec else ""
        items, each, after = self._items(out, base, path, spec)
        out.line(f"if {items}:")
        out.line(f"    x.positions.append(0); x.indexes.append(len({found}))")
        out.line(f"    for i, {each} in enumerate({items}):")
        out.line("        x.positions[-1] = i")
        out.line(f"        m = {call}(c, x)")
        out.line("        if m is None: continue")
        out.line(f"        {found}.append(m); x.indexes[-1] += 1")
        if below:
            out.line(f"        {below}(c, x, m.id, {found})")
        out.line(f"    x.positions.pop(); x.indexes.pop(){after}")

    def _items(
        self, out: Function, base: str, path: Path, spec: dict[str, Any]
    ) -> tuple[str, str, str]:
        """The items, what a loop over them sets, and what sets it back after the loop."""
        if not self.blocks.outlook.looks_above(spec):
            return out.nodes(base, path), "c", ""
        before = out.fresh()
        out.line(f"{before} = x.up")
        return held(out, base, path), "(c, x.up)", f"; x.up = {before}"

    def _nested(self, spec: dict[str, Any], struct: Any, scope: Scope) -> str:
        """The name of a function that adds the lines within a line, and those within them."""
        blocks, nested = self.blocks, spec["nested"]
        fields = {**spec.get("fields", {}), **nested.get("fields", {})}
        path = parse(nested["each"], blocks.program.dialect)
        inner = scope.every(spell(path, blocks.program.dialect))
        whole = {**without(spec, "each", "when", "nested"), "fields": fields}
        call = blocks.function(whole, struct, inner)
        clone = blocks.program.constant(structs.replace)
        blocks.counter += 1
        made = Function(blocks.program, f"nested_{blocks.counter}", "n, x, parent, found")
        items, each, after = self._items(made, "n", path, whole)
        made.line("x.positions.append(0)")
        made.line(f"for i, {each} in enumerate({items}):")
        made.line("    x.positions[-1] = i")
        made.line(f"    m = {call}(c, x)")
        made.line("    if m is None: continue")
        made.line(f"    found.append({clone}(m, parent=parent)); x.indexes[-1] += 1")
        made.line(f"    {made.name}(c, x, m.id, found)")
        made.line(f"x.positions.pop(){after}")
        return blocks.program.add(made)


def without(spec: dict[str, Any], *names: str) -> dict[str, Any]:
    """A block without some of its parts."""
    return {name: value for name, value in spec.items() if name not in names}
