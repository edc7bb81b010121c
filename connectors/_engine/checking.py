"""All that is wrong with a map, found before the first document: names, paths, transforms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from canonical_model.documents import KINDS
from canonical_model.envelope import Source
from connectors._engine.contract import Problem
from connectors._engine.nearest import near
from connectors._engine.paths import Dialect, parse
from connectors._engine.run_state import Place, Run
from connectors._engine.targets import Target, targets
from connectors._engine.wires import NAMES as WIRES
from connectors._engine.yaml_file import Where
from connectors._transforms import find_transform
from connectors.errors import MapError, PathError


def each_paths(spec: Mapping[str, Any]) -> list[str]:
    """The places where a map looks for its records, in turn."""
    found = spec.get("each", ".")
    return [str(path) for path in found] if isinstance(found, list) else [str(found)]


_CODECS = (*WIRES, "iso20022", "ndjson")


class Checker:
    """Walks one read map beside the canonical classes it fills."""

    def __init__(
        self, spec: Mapping[str, Any], dialect: Dialect, tables: Mapping[str, Any]
    ) -> None:
        self.spec = spec
        self.dialect: Dialect = dialect
        self.tables = {**tables, **spec.get("tables", {})}
        self.fragments = spec.get("fragments", {})
        self._inside: list[str] = []
        self._seen: set[tuple[str, int]] = set()
        """The fragments looked into, with the fields they were to fill: once is enough."""

    def problems(self) -> Iterator[Problem]:
        """All problems beyond the contract's."""
        kind = self.spec["document"]
        if kind not in KINDS:
            yield ("document",), f"unknown document {kind!r}; {near(kind, KINDS)}"
            return
        yield from self.sight()
        for path in each_paths(self.spec):
            yield from self._path(path, ("each",))
            yield from _nothing_above(path, ("each",))
        yield from self._when(self.spec.get("when", []), ("when",))
        if not {"use", "fields"} & self.spec.keys():
            yield (), "no fields; a map has `fields`, or `use` with the fragment that has them"
        yield from self._fields(self.spec.get("source", {}), targets(Source), ("source",))
        if "use" in self.spec:
            yield from self._fragment(self.spec["use"], targets(KINDS[kind]), ("use",))
        yield from self._fields(self.spec.get("fields", {}), targets(KINDS[kind]), ("fields",))

    def sight(self) -> Iterator[Problem]:
        """The problems of what says which payloads are the map's."""
        codec = self.spec["codec"]
        if codec not in _CODECS:
            yield ("codec",), f"unknown codec {codec!r}; {near(codec, _CODECS)}"
        looks = self.spec.get("recognises", {})
        for index, look in enumerate(looks if isinstance(looks, list) else [looks]):
            at: Where = ("recognises", index) if isinstance(looks, list) else ("recognises",)
            for number, path in enumerate(look.get("has", ())):
                yield from self._path(path, (*at, "has", number))
                yield from _nothing_above(path, (*at, "has", number))
            yield from self._when(look.get("where", []), (*at, "where"))

    def _fields(
        self, fields: Mapping[str, Any], known: Mapping[str, Target], at: Where
    ) -> Iterator[Problem]:
        for name, value in fields.items():
            if name not in known:
                yield (*at, name), f"unknown field {name!r}; {near(name, known)}"
            else:
                yield from self._field(value, known[name], (*at, name))

    def _field(self, value: Any, target: Target, at: Where) -> Iterator[Problem]:
        if target.sort in ("struct", "structs") and target.struct is not None:
            many = isinstance(value, list)
            for index, block in enumerate(value if many else [value]):
                here = (*at, index) if many else at
                if target.sort == "struct" and isinstance(block, dict) and "each" in block:
                    yield (*here, "each"), f"{target.name} is one object; give its place with `at`"
                yield from self._block(block, targets(target.struct), here)
        elif target.sort == "texts":
            yield from self._texts(value, at)
        elif target.sort == "leaves" and isinstance(value, list):
            for index, each in enumerate(value):
                yield from self._leaf(each, target, (*at, index))
        else:
            yield from self._leaf(value, target, at)

    def _leaf(self, value: Any, target: Target, at: Where) -> Iterator[Problem]:
        found = list(self._value(value, at))
        yield from found
        convert = target.convert
        if found or convert is None:
            return
        for place, each in self._fixed(value, at):
            run = Run((Place("", target.name),))
            convert(each, run, 0)
            yield from ((place, issue.message) for issue in run.issues)

    def _fixed(self, value: Any, at: Where) -> Iterator[tuple[Where, Any]]:
        """What a field may become that the map itself says: constants and the table's entries."""
        if not isinstance(value, dict):
            return
        if "const" in value:
            yield (*at, "const"), value["const"]
        if "table" in value:
            yield from (((*at, "table"), each) for each in self.tables[value["table"]].values())
            otherwise = value.get("otherwise")
            if isinstance(otherwise, dict):
                yield (*at, "otherwise"), otherwise["const"]
        elif "through" not in value:
            for index, each in enumerate(value.get("first", ())):
                yield from self._fixed(each, (*at, "first", index))

    def _texts(self, value: Any, at: Where) -> Iterator[Problem]:
        if not isinstance(value, dict) or value.keys() != {"fields"}:
            yield at, "names with values are wanted: give them as `fields`"
            return
        for name, each in value["fields"].items():
            yield from self._value(each, (*at, "fields", name))

    def _block(self, block: Any, known: Mapping[str, Target], at: Where) -> Iterator[Problem]:
        if not isinstance(block, dict) or not {"fields", "use"} & block.keys():
            yield at, "an object is wanted: give its `fields`, and `at` or `each` for its place"
            return
        if {"at", "each"} <= block.keys():
            yield (*at, "at"), "both `at` and `each`; write the whole path in `each`"
        for name in ("as", "by"):
            if name in block:
                yield (*at, name), f"`{name}` is for writing"
        for name in ("at", "each"):
            if name in block:
                yield from self._path(block[name], (*at, name))
        yield from self._when(block.get("when", []), (*at, "when"))
        if "nested" in block:
            yield from self._nested(block, known, (*at, "nested"))
        if "use" in block:
            yield from self._fragment(block["use"], known, (*at, "use"))
        yield from self._fields(block.get("fields", {}), known, (*at, "fields"))

    def _nested(
        self, block: Mapping[str, Any], known: Mapping[str, Target], at: Where
    ) -> Iterator[Problem]:
        if "each" not in block or "parent" not in known:
            yield at, "only lines of a list hold lines, each of which names its parent"
            return
        yield from self._path(block["nested"]["each"], (*at, "each"))
        yield from self._fields(block["nested"].get("fields", {}), known, (*at, "fields"))

    def _fragment(self, name: str, known: Mapping[str, Target], at: Where) -> Iterator[Problem]:
        if name not in self.fragments:
            yield at, f"unknown fragment {name!r}; {near(name, self.fragments)}"
            return
        if name in self._inside:
            yield at, f"fragment {name!r} uses itself; write the innermost one out"
            return
        if (name, id(known)) in self._seen:
            return
        self._seen.add((name, id(known)))
        self._inside.append(name)
        fragment, here = self.fragments[name], ("fragments", name)
        for place in fragment.keys() - {"fields", "use"}:
            yield (*here, place), f"a fragment has no `{place}`; give it where the fragment is used"
        if "use" in fragment:
            yield from self._fragment(fragment["use"], known, (*here, "use"))
        yield from self._fields(fragment.get("fields", {}), known, (*here, "fields"))
        self._inside.pop()

    def _value(self, value: Any, at: Where) -> Iterator[Problem]:
        if isinstance(value, str):
            yield from self._path(value, at)
            return
        if not isinstance(value, dict) or {"fields", "use", "each", "at"} & value.keys():
            yield at, "a single value is wanted: a path, const, first or all"
            return
        if len({"path", "const", "first", "all"} & value.keys()) != 1:
            yield at, "a value has exactly one of path, const, first and all"
            return
        if "const" in value and value.keys() - {"const", "when"}:
            yield at, "a constant is what it is; only `when` can stand beside it"
        if "path" in value:
            yield from self._path(value["path"], (*at, "path"))
        for name in ("first", "all"):
            for index, each in enumerate(value.get(name, ())):
                yield from self._value(each, (*at, name, index))
        yield from self._through(value, at)
        yield from self._when(value.get("when", []), (*at, "when"))
        table = value.get("table")
        if table is not None and table not in self.tables:
            yield (*at, "table"), f"unknown table {table!r}; {near(table, self.tables)}"

    def _when(self, when: Any, at: Where) -> Iterator[Problem]:
        for test in when if isinstance(when, list) else [when]:
            yield from self._path(test if isinstance(test, str) else test["path"], at)

    def _through(self, value: Mapping[str, Any], at: Where) -> Iterator[Problem]:
        """Each transform takes what the one before it gives: one value, or several."""
        steps = value.get("through", ())
        several = "all" in value
        if several and not steps:
            yield at, "all of several want a transform that takes several, such as join or sum"
        for index, spec in enumerate(steps):
            name, given = (spec, {}) if isinstance(spec, str) else next(iter(spec.items()))
            here = (*at, "through", index)
            try:
                found = find_transform(name)
            except MapError as error:
                yield here, str(error)
                return
            for problem in found.problems(given):
                yield here, problem
            several = several or (not index and "path" in value and found.takes_several)
            if several != found.takes_several:
                wanted = "several values" if found.takes_several else "one value"
                yield here, f"transform {name} takes {wanted}, and there {_is(several)}"
            several = found.gives_several

    def _path(self, path: Any, at: Where) -> Iterator[Problem]:
        try:
            parse(str(path), self.dialect)
        except PathError as error:
            yield at, str(error)


def _nothing_above(path: str, at: Where) -> Iterator[Problem]:
    if path.startswith("^"):
        yield at, f"{path}: nothing holds the payload; begin at its root"


def _is(several: bool) -> str:
    return "are several; join them first" if several else "is one; give it a path, or `all`"
