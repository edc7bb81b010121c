"""Values of a map to code: paths, constants, tables, transforms, the first present of several."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from connectors._engine.emit import Function, Program
from connectors._engine.lineage import Lineage
from connectors._engine.paths import Every, Path, Where, parse, spell
from connectors._engine.run_state import POSITION, Place
from connectors._engine.targets import Target
from connectors._engine.values import (
    OfCurrency,
    is_among,
    look_up,
    text_of,
    through,
    through_of_currency,
)
from connectors._transforms import find_transform


@dataclass(frozen=True)
class Scope:
    """Where a block stands: its place in the source and in the document."""

    source: str = ""
    target: str = ""
    joint: str = "."

    def into(self, name: str) -> Scope:
        """The scope of a field."""
        return replace(self, target=f"{self.target}.{name}".removeprefix("."))

    def at(self, path: str) -> Scope:
        """The scope of a node below this one."""
        return replace(self, source=self.join(path))

    def every(self, path: str) -> Scope:
        """The scope of each item of a list."""
        path = path.removesuffix("[*]")
        return replace(self, source=self.join(path) + POSITION)

    def every_target(self) -> Scope:
        """The scope of each item of the list that is built."""
        return replace(self, target=self.target + POSITION)

    def join(self, path: str) -> str:
        """A path below this scope, as a person would write it."""
        if path == ".":
            return self.source
        if path.startswith(("$", "/")):
            return path
        if path.startswith("^"):
            return self._outside(path)
        return f"{self.source}{self.joint if self.source else ''}{path}"

    def _outside(self, path: str) -> str:
        """A path from what holds this scope, as one from the root."""
        rest = path.lstrip("^")
        steps = self.source.split(self.joint)[: len(rest) - len(path)] if self.source else []
        return self.joint.join([*steps, *filter(None, [rest.removeprefix(self.joint)])])


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
        raw = self._value(out, base, value, place)
        return self._converted(out, raw, target, place)

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
        is_one = self.program.constant(is_among)
        if "equals" in test:
            return f"{is_one}({value}, ({_word(test['equals'])!r},))"
        if "in" in test:
            return f"{is_one}({value}, {tuple(_word(v) for v in test['in'])!r})"
        if "not_in" in test:
            return f"not {is_one}({value}, {tuple(_word(v) for v in test['not_in'])!r})"
        present = f"{node} not in (None, '', [], {{}})"
        return present if test.get("present", True) else f"not ({present})"

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
            found = self._first(out, base, value["first"], place)
        elif "all" in value:
            found = self._all(out, base, value["all"], place)
        else:
            found = self._pathed(out, base, value)
        return self._worked(out, found, value, place)

    def _pathed(self, out: Function, base: str, value: dict[str, Any]) -> str:
        """One value, or all of them where a transform takes several."""
        path = self._path(value["path"])
        first = next(iter(value.get("through", ())), None)
        if first is not None and self._transform(first)[1]:
            return self._list_of(out, base, path)
        return self._leaf(out, base, path)

    def _conditional(self, out: Function, base: str, value: dict[str, Any], place: int) -> str:
        found = out.fresh()
        test = self.condition(out, base, value["when"])
        out.line(f"{found} = None")
        out.line(f"if {test}:")
        out.depth += 1
        rest = {name: part for name, part in value.items() if name != "when"}
        out.line(f"{found} = {self._value(out, base, rest, place)}")
        out.depth -= 1
        return found

    def _first(self, out: Function, base: str, values: list[Any], place: int) -> str:
        found = out.fresh()
        depth = out.depth
        out.line(f"{found} = {self._value(out, base, values[0], place)}")
        for value in values[1:]:
            out.line(f"if {found} is None or {found}.__class__ is str and not {found}.strip():")
            out.depth += 1
            out.line(f"{found} = {self._value(out, base, value, place)}")
        out.depth = depth
        return found

    def _all(self, out: Function, base: str, values: list[Any], place: int) -> str:
        found = out.fresh()
        parts: list[str] = []
        for value in values:
            path = self._path(value) if isinstance(value, str) else ()
            if any(isinstance(step, Every | Where) for step in path):
                parts.append(f"*{self._list_of(out, base, path)}")
            else:
                parts.append(self._value(out, base, value, place))
        out.line(f"{found} = [{', '.join(parts)}]")
        return found

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
            functions = tuple(self._transform(each)[0] for each in value["through"])
            of_currency = any(isinstance(each, OfCurrency) for each in functions)
            call = self.program.constant(through_of_currency if of_currency else through)
            result = out.fresh()
            made = f"{call}({found}, x, {place}, {self.program.constant(functions)})"
            out.line(f"{result} = {made} if {found} is not None else None")
            found = result
        if "table" in value:
            table = self.program.constant(self.tables[value["table"]])
            otherwise = self.program.constant(_otherwise(value.get("otherwise", "refuse")))
            result = out.fresh()
            call = self.program.constant(look_up)
            made = f"{call}({found}, x, {place}, {table}, {otherwise})"
            out.line(f"{result} = {made} if {found} is not None else None")
            found = result
        return found

    @staticmethod
    def _transform(spec: Any) -> tuple[Callable[[Any], Any], bool]:
        """A transform with its arguments bound, and whether it takes several values."""
        name, arguments = (spec, {}) if isinstance(spec, str) else next(iter(spec.items()))
        found = find_transform(name)
        bound = partial(found.function, **arguments) if arguments else found.function
        if found.of_currency:
            bound = OfCurrency(bound)
        return bound, found.takes_several

    def _converted(self, out: Function, raw: str, target: Target, place: int) -> str:
        found = out.fresh()
        convert = self.program.constant(target.convert)
        if raw.startswith(("'", '"')) or raw in ("True", "False") or raw.lstrip("-").isdigit():
            out.line(f"{found} = {convert}({raw}, x, {place})")
        else:
            out.line(f"{found} = {convert}({raw}, x, {place}) if {raw} is not None else None")
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
