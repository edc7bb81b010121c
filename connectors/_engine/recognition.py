"""Which map a payload belongs to: the one whose conditions hold and that has most of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from connectors._engine.emit import Function, Program
from connectors._engine.leaves import Leaves
from connectors._engine.paths import Dialect, parse
from connectors._engine.run_state import Run
from connectors._engine.values import text_of


@dataclass(frozen=True, slots=True)
class Sight:
    """What is seen of a payload before any map runs."""

    codec: str
    tree: Any
    root: str = ""
    namespace: str = ""
    type: str = ""


@dataclass(slots=True)
class Recogniser:
    """The conditions of one map, compiled."""

    name: str
    codec: str
    spec: dict[str, Any]
    dialect: Dialect
    weight: int = 0
    _holds: Any = field(default=None)

    def __post_init__(self) -> None:
        spec = self.spec
        where = spec.get("where", [])
        tests = where if isinstance(where, list) else [where]
        counted = (len(spec.get("has", ())), len(tests), "root" in spec, "type" in spec)
        self.weight = sum(counted) + ("namespace" in spec)
        self._holds = _compiled(spec, self.dialect)

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
    return program.load()["holds"]


def _there(test: Function, path: str, dialect: Dialect) -> str:
    return test.node("n", parse(path, dialect))


def choose(recognisers: Iterable[Recogniser], sight: Sight) -> list[Recogniser]:
    """The maps that claim it with most conditions; several when they cannot be told apart."""
    claimed = [each for each in recognisers if each.claims(sight)]
    most = max((each.weight for each in claimed), default=0)
    return list({each.name: each for each in claimed if each.weight == most}.values())
