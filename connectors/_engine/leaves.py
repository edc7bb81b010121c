"""Values of a map to code: paths, constants, tables, transforms, the first present of several."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import Any

from connectors._engine.conversions import Ready, conversion, prepared_value
from connectors._engine.emit import Function
from connectors._engine.lineage import Lineage
from connectors._engine.paths import Every, Path, Where, parse, spell
from connectors._engine.program import Program
from connectors._engine.run_state import POSITION, Place
from connectors._engine.scope import Scope
from connectors._engine.targets import Target
from connectors._engine.values import (
    OfCurrency,
    is_among,
    look_up,
    text_of,
    through,
    through_of_currency,
    through_one,
)
from connectors._transforms import find_transform
from connectors.errors import TransformError


@dataclass
class Leaves:
    """Writes the code of single values into functions; notes where each comes from."""

    program: Program
    tables: Mapping[str, Mapping[str, Any]]
    places: list[Place]
    lineage: list[Lineage]

    def one(self, out: Function, base: str, value: Any, target: Target, scope: Scope) -> str:
        """A variable with the converted value of a leaf field."""
        place = self._place(value, scope)
        if isinstance(value, str):
            node = out.node(base, self._path(value))
            return self._conversion(out, node, target, place, self.program.leaf_of(node))
        prepared = prepared_value(value, self.tables, target.convert)
        raw = out.named(self._value(out, base, prepared or value, place))
        return raw if prepared else self._conversion(out, raw, target, place, raw)

    def many(self, out: Function, base: str, value: Any, target: Target, scope: Scope) -> str:
        """A variable with the list of converted values of a list of leaves."""
        place = self._place(value, scope)
        found, item = out.fresh(), out.fresh()
        out.line(f"{found} = []")
        for each in value if isinstance(value, list) else [value]:
            items = self._list(out, base, each, place)
            out.line(f"for {item} in {items}:")
            convert = self.program.constant(target.convert)
            out.line(f"    {item} = {convert}({item}, x, {place})")
            out.line(f"    if {item} is not None: {found}.append({item})")
        return found

    def said(self, out: Function, base: str, value: Any, found: str) -> str | None:
        """What is not None where the source says a value: constants of the map prove nothing."""
        paths = self._paths(value)
        if (
            not paths
            or not isinstance(value, dict)
            or not any(map(_constant, value.get("first", ())))
        ):
            return found if paths else None
        said = out.fresh()
        nodes = dict.fromkeys(out.node(base, path) for path in paths)
        test = " or ".join(f"{node} not in (None, '', [])" for node in nodes)
        out.line(f"{said} = {found} if {test} else None")
        return said

    def condition(self, out: Function, base: str, when: Any) -> str:
        """An expression that tells whether a condition holds."""
        tests = when if isinstance(when, list) else [when]
        parts = [self._test(out, base, {"path": t} if isinstance(t, str) else t) for t in tests]
        return f"({' and '.join(parts)})"

    def _test(self, out: Function, base: str, test: dict[str, Any]) -> str:
        node = out.node(base, self._path(test["path"]))
        value = self.program.leaf(out, node) if "present" not in test else node
        if "equals" in test:
            return self._is_among(value, [test["equals"]])
        if "in" in test:
            return self._is_among(value, test["in"])
        if "not_in" in test:
            return f"not {self._is_among(value, test['not_in'])}"
        present = f"{node} not in (None, '', [], {{}})"
        return present if test.get("present", True) else f"not ({present})"

    def _is_among(self, value: str, texts: list[Any]) -> str:
        words = tuple(map(_word, texts))
        call = f"{self.program.constant(is_among)}({value}, {words!r})"
        return f"({value} in {words!r} if {value}.__class__ is str else {call})"

    def _path(self, text: str) -> Path:
        return parse(text, self.program.dialect)

    def _place(self, value: Any, scope: Scope) -> int:
        paths = [scope.join(spell(p, self.program.dialect)) for p in self._paths(value)]
        source = paths[0] if paths else scope.source
        above = bool(paths) and source.count(POSITION) < scope.source.count(POSITION)
        inside = scope.source.count(POSITION) - source.count(POSITION) if above else 0
        self.places.append(Place(source, scope.target, inside))
        shown = [path.replace(POSITION, "[*]") for path in paths]
        self.lineage.append(Lineage.of(scope.target.replace(POSITION, "[*]"), shown, value))
        return len(self.places) - 1

    def _paths(self, value: Any) -> list[Path]:
        """All source paths that a value may come from."""
        if isinstance(value, str):
            return [self._path(value)]
        if isinstance(value, list):
            return [path for each in value for path in self._paths(each)]
        found = [self._path(value["path"])] if "path" in value else []
        return found + self._paths([*value.get("first", ()), *value.get("all", ())])

    def _value(self, out: Function, base: str, value: Any, place: int) -> str:
        """A variable with the raw value, after its tables and transforms."""
        if isinstance(value, str):
            return self._leaf(out, base, self._path(value))
        if "when" in value:
            return self._conditional(out, base, value, place)
        if "const" in value:
            return repr(value["const"])
        if "first" in value:
            found = self._first(out, base, value["first"], place, ready="ready" in value)
        elif "all" in value:
            found = self._all(out, base, value, place)
        else:
            found = self._pathed(out, base, value)
        return self._worked(out, found, value, place)

    def _pathed(self, out: Function, base: str, value: dict[str, Any]) -> str:
        """One value, or all of them where a transform takes several."""
        path = self._path(value["path"])
        first = next(iter(value.get("through", ())), None)
        if first is None or not self._transform(first)[1]:
            return self._leaf(out, base, path)
        items = self._list_of(out, base, path)
        return out.named(f"{items} or None") if self.is_nothing_of_nothing(value, 0) else items

    def _conditional(self, out: Function, base: str, value: dict[str, Any], place: int) -> str:
        found = out.fresh()
        test = self.condition(out, base, value["when"])
        out.line(f"{found} = None")
        rest = {name: part for name, part in value.items() if name != "when"}
        with out.inside(f"if {test}:"):
            out.line(f"{found} = {self._value(out, base, rest, place)}")
        return found

    def _first(
        self, out: Function, base: str, values: list[Any], place: int, *, ready: bool = False
    ) -> str:
        found = out.fresh()
        blank = f" or {found}.__class__ is str and not {found}.strip()" if not ready else ""
        out.line(f"{found} = {self._value(out, base, values[0], place)}")
        with ExitStack() as below:
            for value in values[1:]:
                below.enter_context(out.inside(f"if {found} is None{blank}:"))
                out.line(f"{found} = {self._value(out, base, value, place)}")
        return found

    def _all(self, out: Function, base: str, spec: dict[str, Any], place: int) -> str:
        """The list of several values; None where nothing is there and nothing comes of that."""
        found = out.fresh()
        parts: list[str] = []
        for value in spec["all"]:
            path = self._path(value) if isinstance(value, str) else ()
            if any(isinstance(step, Every | Where) for step in path):
                parts.append(f"*{self._list_of(out, base, path)}")
            else:
                parts.append(out.named(self._value(out, base, value, place)))
        made = f"[{', '.join(parts)}]"
        if self.is_nothing_of_nothing(spec, len(parts)):
            some = (part[1:] if part[0] == "*" else f"{part} is not None" for part in parts)
            made += f" if {' or '.join(some)} else None"
        out.line(f"{found} = {made}")
        return found

    def is_nothing_of_nothing(self, spec: dict[str, Any], count: int) -> bool:
        """Whether the first transform makes nothing of so many values that are not there."""
        if not spec.get("through"):
            return False
        function = self._transform(spec["through"][0])[0]
        try:
            return all(function([None] * fewer) is None for fewer in range(count + 1))
        except TransformError:
            return False

    def _list(self, out: Function, base: str, value: Any, place: int) -> str:
        """The list of raw values for a field that holds several."""
        if isinstance(value, str):
            return self._list_of(out, base, self._path(value))
        if set(value) == {"path"}:
            return self._list_of(out, base, self._path(value["path"]))
        found = out.fresh()
        one = self._value(out, base, value, place)
        out.line(f"{found} = {one} if ({one}).__class__ is list else ({one},)")
        return found

    def _list_of(self, out: Function, base: str, path: Path) -> str:
        items = out.nodes(base, path)
        if self.program.dialect != "xml":
            return items
        found = out.fresh()
        out.line(f"{found} = [i.get('#') if i.__class__ is _D else i for i in {items}]")
        return found

    def _leaf(self, out: Function, base: str, path: Path) -> str:
        """The value at a path; in XML the text of an element that may also carry attributes."""
        return self.program.leaf(out, out.node(base, path))

    def _worked(self, out: Function, found: str, value: dict[str, Any], place: int) -> str:
        """The value after its transforms and its table."""
        if "through" in value:
            found = self._transformed(out, found, value, place)
        if "table" in value:
            found = self._looked_up(out, found, value, place)
        return found

    def _transformed(self, out: Function, found: str, value: dict[str, Any], place: int) -> str:
        functions = tuple(self._transform(each)[0] for each in value["through"])
        given: Any = functions
        if any(isinstance(each, OfCurrency) for each in functions):
            way: Callable[..., Any] = through_of_currency
        else:
            way, given = (
                (through_one, functions[0]) if len(functions) == 1 else (through, functions)
            )
        result = out.fresh()
        made = f"{self.program.constant(way)}({found}, x, {place}, {self.program.constant(given)})"
        out.line(f"{result} = None if {found} is None else {made}")
        return result

    def _looked_up(self, out: Function, found: str, value: dict[str, Any], place: int) -> str:
        of, result = value["table"], out.fresh()
        if isinstance(of, Ready) and not of.entries:
            # A table without entries tells whether there is anything.
            constant = _otherwise(value["otherwise"])[1]
            blank = f"{found} is None or {found}.__class__ is str and not {found}.strip()"
            out.line(f"{result} = None if {blank} else {constant!r}")
            return result
        table = self.program.constant(of.entries if isinstance(of, Ready) else self.tables[of])
        otherwise = self.program.constant(_otherwise(value.get("otherwise", "refuse")))
        call = f"{self.program.constant(look_up)}({found}, x, {place}, {table}, {otherwise})"
        plain = f"{table}[{found}] if {found}.__class__ is str and {found} in {table}"
        if value.get("otherwise") == "keep":
            plain = f"{table}.get({found}.strip(), {found}) if {found}.__class__ is str"
        out.line(f"{result} = None if {found} is None else {plain} else {call}")
        return result

    @staticmethod
    def _transform(spec: Any) -> tuple[Callable[[Any], Any], bool]:
        """A transform with its arguments bound, and whether it takes several values."""
        name, arguments = (spec, {}) if isinstance(spec, str) else next(iter(spec.items()))
        found = find_transform(name)
        bound = partial(found.function, **arguments) if arguments else found.function
        if found.of_currency:
            bound = OfCurrency(bound)
        return bound, found.takes_several

    def _conversion(self, out: Function, node: str, target: Target, place: int, rest: str) -> str:
        found = out.fresh()
        out.line(f"{found} = {conversion(self.program, target.convert, node, place, rest)}")
        return found


def _word(value: Any) -> str:
    """A constant of a condition as the text it is compared as."""
    return str(text_of(value))


def _constant(value: Any) -> bool:
    return isinstance(value, dict) and "const" in value


def _otherwise(manner: Any) -> tuple[str, Any]:
    if isinstance(manner, dict):
        return "const", manner["const"]
    return str(manner), None
