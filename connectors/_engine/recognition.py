"""Which map a payload belongs to: the one whose conditions hold and that has most of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from connectors._engine.emit import Function
from connectors._engine.leaves import Leaves
from connectors._engine.nearest import near
from connectors._engine.paths import Dialect, parse
from connectors._engine.program import Program
from connectors._engine.run_state import Run
from connectors._engine.sight_index import SightIndex, Spot, conditions_of
from connectors._engine.values import text_of
from connectors.errors import UnknownConnector


@dataclass(frozen=True, slots=True)
class Sight:
    """What is seen of a payload before any map runs."""

    codec: str
    tree: Any
    root: str = ""
    namespace: str = ""
    type: str = ""


class Claims(NamedTuple):
    """The names of the maps that claim a payload."""

    names: tuple[str, ...]
    settled: bool
    """Whether it is clear whose the payload is: one map's, or of several that share it."""


@dataclass(eq=False)
class Recogniser:
    """The conditions of one map, compiled when they are first asked for."""

    name: str
    codec: str
    spec: dict[str, Any]
    dialect: Dialect
    conditions: list[list[Spot]] = field(default_factory=list)
    weight: int = field(init=False)

    def __post_init__(self) -> None:
        spec = self.spec
        where = spec.get("where", [])
        tests = where if isinstance(where, list) else [where]
        counted = (len(spec.get("has", ())), len(tests), "root" in spec, "type" in spec)
        self.weight = sum(counted) + ("namespace" in spec)
        self.conditions = self.conditions or conditions_of(spec, self.dialect)

    @property
    def connector(self) -> str:
        """Whose map it is."""
        return self.name.rpartition("/")[0]

    @property
    def shares(self) -> bool:
        """Whether it leaves to the connector's other maps what of a payload it does not take."""
        return bool(self.spec.get("shares"))

    def claims(self, sight: Sight) -> bool:
        """Whether the payload is this map's."""
        spec = self.spec
        if sight.codec != self.codec or not spec:
            return False
        if "root" in spec and spec["root"] != sight.root:
            return False
        if "namespace" in spec and spec["namespace"] not in sight.namespace:
            return False
        if "type" in spec and sight.type not in spec["type"]:
            return False
        return bool(self._holds(sight.tree, Run((), sight.tree)))

    @cached_property
    def _holds(self) -> Any:
        return _compiled(self.spec, self.dialect)


def _compiled(spec: dict[str, Any], dialect: Dialect) -> Any:
    program = Program(dialect)
    program.constants["text_of"] = text_of
    leaves = Leaves(program, {}, [], [])
    test = Function(program, "holds")
    parts = [
        f"{_there(test, path, dialect)} not in (None, '', [], {{}})" for path in spec.get("has", ())
    ]
    if "where" in spec:
        parts.append(leaves.condition(test, "n", spec["where"]))
    test.line(f"return {' and '.join(parts) or 'True'}")
    program.add(test)
    return program.function("holds")


def _there(test: Function, path: str, dialect: Dialect) -> str:
    return test.node("n", parse(path, dialect))


class Recognition:
    """All recognisers of a pack or connector, found by what a payload shows."""

    def __init__(self, recognisers: Iterable[Recogniser]) -> None:
        self.all = tuple(recognisers)
        self._narrowed: dict[str, Recognition] = {}
        self._index = SightIndex(each for each in self.all if each.spec)

    def only(self, resource: str) -> Recognition:
        """Those of the maps of one resource, whosever it is; `UnknownConnector` for none."""
        if resource not in self._narrowed:
            named = {each.name.rpartition("/")[2] for each in self.all}
            if resource not in named:
                raise UnknownConnector(
                    f"no connector reads {resource[:40]!r}; {near(resource, named)}"
                )
            chosen = (each for each in self.all if each.name.rpartition("/")[2] == resource)
            self._narrowed[resource] = Recognition(chosen)
        return self._narrowed[resource]

    def claims(self, sight: Sight) -> Claims:
        """The maps that claim a payload with most conditions."""
        plausible = self._index.plausible(sight.codec, sight.root, sight.type, sight.tree)
        ranked = sorted(dict.fromkeys(plausible), key=lambda each: -each.weight)
        best: list[Recogniser] = []
        for each in ranked:
            if best and each.weight < best[0].weight and not _alike(each, best[0]):
                continue
            if each.claims(sight):
                best.append(each)
        return _claims(best)


def _alike(one: Recogniser, other: Recogniser) -> bool:
    """Whether two maps share their payloads with each other."""
    return one.shares and other.shares and one.connector == other.connector


def _claims(claimed: list[Recogniser]) -> Claims:
    """Those with most conditions, with the lighter ones that share the payload with all of them."""
    heaviest = [each for each in claimed if each.weight == claimed[0].weight]
    if len({each.name for each in heaviest}) == 1 and not heaviest[0].shares:
        return Claims((heaviest[0].name,), settled=True)
    alike = all(_alike(each, heaviest[0]) for each in heaviest)
    names = dict.fromkeys(each.name for each in (claimed if alike else heaviest))
    return Claims(tuple(names), settled=alike and bool(names))
