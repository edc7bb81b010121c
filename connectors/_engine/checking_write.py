"""All that is wrong with a write map, found before it runs: what it writes follows the codec, what
it takes is there in the canonical documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from canonical_model.documents import KINDS
from connectors._engine.canonical_paths import Kind, Spot
from connectors._engine.checking import Checker
from connectors._engine.contract import Problem
from connectors._engine.nearest import near
from connectors._engine.paths import Above, Field, Root, parse
from connectors._engine.rendering import CODECS
from connectors._engine.yaml_file import Where as At
from connectors._transforms import find_transform
from connectors.errors import MapError, PathError

_BLOCK = {"fields", "use", "each", "at"}


class WriteChecker(Checker):
    """Walks a write map beside the schema of the documents that it renders."""

    def __init__(self, spec: Mapping[str, Any], tables: Mapping[str, Any]) -> None:
        super().__init__(spec, "tree", tables)
        self._kind: Kind
        self._here: Spot
        self._holders: list[Spot] = []
        """What holds it, the nearest last."""

    def problems(self) -> Iterator[Problem]:
        """All problems beyond the contract's."""
        kind, codec = self.spec["document"], self.spec["codec"]
        if kind not in KINDS:
            yield ("document",), f"unknown document {kind!r}; {near(kind, KINDS)}"
            return
        if codec not in CODECS:
            yield ("codec",), f"no writer of {codec!r}; {near(codec, CODECS)}"
        if codec == "xml" and "root" not in self.spec:
            yield (), "no root; name the root element as `root`"
        self._kind = Kind(kind)
        self._here = self._kind.payload if self.spec.get("many") else self._kind.document
        yield from self._inner(self.spec, ())
        self._here = self._kind.document
        yield from self._when(self.spec.get("when", []), ("when",))
        for name in ("losses", "adds"):
            for index, path in enumerate(self.spec.get(name, ())):
                yield from self._path(path, (name, index))

    def _inner(self, block: Mapping[str, Any], at: At) -> Iterator[Problem]:
        """The problems of a block's own fields and those of its fragment."""
        if not {"fields", "use"} & block.keys():
            yield at, "no fields; give `fields`, or `use` with the fragment that has them"
        if "use" in block:
            yield from self._shared(block["use"], (*at, "use"))
        for name, value in block.get("fields", {}).items():
            here = (*at, "fields", name)
            yield from self._name(name, here)
            yield from self._target(value, here)

    def _shared(self, name: str, at: At) -> Iterator[Problem]:
        if name not in self.fragments:
            yield at, f"unknown fragment {name!r}; {near(name, self.fragments)}"
        elif name in self._inside:
            yield at, f"fragment {name!r} uses itself; write the innermost one out"
        else:
            self._inside.append(name)
            for place in self.fragments[name].keys() - {"fields", "use"}:
                words = f"a fragment has no `{place}`; give it where the fragment is used"
                yield ("fragments", name, place), words
            yield from self._inner(self.fragments[name], ("fragments", name))
            self._inside.pop()

    def _name(self, name: str, at: At) -> Iterator[Problem]:
        prefix, colon, _ = name.removeprefix("@").rpartition(":")
        known = self.spec.get("namespaces", {})
        if self.spec["codec"] == "xml" and colon and prefix not in {*known, "xml"}:
            yield at, f"the prefix {prefix!r} without a namespace; add it to `namespaces`"

    def _target(self, value: Any, at: At) -> Iterator[Problem]:
        if isinstance(value, list):
            for index, each in enumerate(value):
                yield from self._target(each, (*at, index))
        elif isinstance(value, dict) and _BLOCK & value.keys():
            yield from self._nested_block(value, at)
        else:
            yield from self._value(value, at)

    def _nested_block(self, block: Mapping[str, Any], at: At) -> Iterator[Problem]:
        if {"at", "each"} <= block.keys():
            yield (*at, "at"), "both `at` and `each`; write the whole path in `each`"
        if "as" in block:
            yield from self._row(block, (*at, "as"))
        yield from self._when(block.get("when", []), (*at, "when"))
        name = "each" if "each" in block else "at"
        try:
            found, holders = self._entered(block.get(name, "."))
        except PathError as error:
            yield (*at, name), str(error)
            return
        if name == "at" and found.sort == "array":
            yield (*at, name), "a list; give `each` for its items, or say which one"
            return
        item = self._kind.item(found)
        if "by" in block:
            yield from self._by(block, item, (*at, "by"))
            item = Spot({"type": "object", "properties": {"items": found.schema}})
        with self._inside_of(item, holders):
            yield from self._inner(block, at)

    def _row(self, block: Mapping[str, Any], at: At) -> Iterator[Problem]:
        """A row has the item in it, or some of its fields."""
        if "each" not in block:
            yield at, "rows of what is no list; give `each`"
        taken = [part[1:] for part in _parts(block["as"]) if str(part).startswith(".")]
        if not taken:
            yield at, "a row without its item; put `.` in its place, or `.name` for a field of it"
        known = self._names(block)
        for name in taken:
            if name and name not in known:
                yield at, f"unknown field {name!r} of the item; {near(name, known)}"

    def _names(self, block: Mapping[str, Any]) -> list[str]:
        """The names of a block's own fields and those of its fragments."""
        found, used = list(block.get("fields", ())), [block.get("use")]
        while (name := used[-1]) in self.fragments and name not in used[:-1]:
            found += self.fragments[name].get("fields", ())
            used.append(self.fragments[name].get("use"))
        return found

    def _by(self, block: Mapping[str, Any], item: Spot, at: At) -> Iterator[Problem]:
        if "each" not in block:
            yield at, "groups of what is no list; give `each`"
            return
        with self._inside_of(item, self._holders):
            for index, path in enumerate(block["by"]):
                yield from self._value(path, (*at, index))

    @contextmanager
    def _inside_of(self, spot: Spot, holders: list[Spot]) -> Iterator[None]:
        outer = self._here, self._holders
        self._here, self._holders = spot, holders
        yield
        self._here, self._holders = outer

    def _found(self, path: str) -> Spot:
        return self._entered(path)[0]

    def _entered(self, path: str) -> tuple[Spot, list[Spot]]:
        """What a path leads to, and what holds that."""
        here, holders = self._here, self._holders
        for step in parse(path):
            if isinstance(step, Above):
                if step.count > len(holders):
                    raise PathError(f"{path}: nothing holds the documents; begin at `$`")
                here, holders = holders[-step.count], holders[: -step.count]
                continue
            if isinstance(step, Field):
                holders = [*holders, here]
            here = self._kind.follow(here, (step,))
            holders = [] if isinstance(step, Root) else holders
        return here, holders

    def _path(self, path: Any, at: At) -> Iterator[Problem]:
        """Conditions and losses may name anything that is there."""
        try:
            self._found(str(path))
        except PathError as error:
            yield at, str(error)

    def _value(self, value: Any, at: At) -> Iterator[Problem]:
        """Besides what is wrong in any map: a path of a value has to lead to a single value."""
        known = list(super()._value(value, at))
        yield from known
        if known or not (path := value if isinstance(value, str) else value.get("path")):
            return
        found = self._found(path)
        if found.sort == "object" or (found.sort == "array" and not _takes_several(value)):
            here = at if isinstance(value, str) else (*at, "path")
            wanted = "`at` and `fields`" if found.sort == "object" else "`each` and `fields`"
            yield here, f"{path} is one {found.sort}, no single value; give {wanted}"


def _parts(row: Any) -> Iterator[Any]:
    """The values of a row, out of the lists within it."""
    for part in row:
        if isinstance(part, list):
            yield from _parts(part)
        else:
            yield part


def _takes_several(value: Any) -> bool:
    """Whether the first transform of a value takes a list."""
    steps = value.get("through", ()) if isinstance(value, dict) else ()
    if not steps:
        return False
    try:
        return find_transform(
            steps[0] if isinstance(steps[0], str) else next(iter(steps[0]))
        ).takes_several
    except MapError:
        return True  # told already
