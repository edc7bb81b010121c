"""Reading the conditions of a rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from canonical_model.controls.policy.faults import Faults, quoted
from canonical_model.controls.policy.literals import NotOfType, literal
from canonical_model.controls.policy.model import Clause, Condition, Input, Op
from canonical_model.controls.policy.tree import Node

_EVERY: tuple[Op, ...] = ("equals", "present", "not", "any")
_ORDERED: tuple[Op, ...] = ("in", "at_least", "at_most", "above", "below", "between")
OPS: dict[str, tuple[Op, ...]] = {
    "text": (*_EVERY, "in", "matches"),
    "number": (*_EVERY, *_ORDERED),
    "date": (*_EVERY, *_ORDERED),
    "flag": _EVERY,
    "list": (*_EVERY, "contains", "matches"),
}
"""What may be asked of an input of each type."""

_DEEPEST = 8


def read_conditions(node: Node | None, scope: Mapping[str, Input]) -> list[Condition]:
    """`{amount: {at_least: 500}, entity: [DE01, FR01], creator: ann}`."""
    found = []
    for name, asked in node.body.items() if node is not None else ():
        assert node is not None  # noqa: S101  (tells the type checker)
        if name not in scope:
            node.faults.unknown(node.at(str(name)[:40]), "input", name, scope)
            continue
        reader = _Reader(scope[name], scope, node.faults)
        if clauses := reader.read(asked, node.at(name)):
            found.append(Condition(input=name, tests=clauses))
    return found


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads what is asked of one input."""

    input: Input
    scope: Mapping[str, Input]
    faults: Faults

    def read(self, asked: Any, path: str, depth: int = 0) -> list[Clause]:
        if depth > _DEEPEST:
            self.faults.add(path, "too_deep", f"nested more than {_DEEPEST} deep; make two rules")
            return []
        if isinstance(asked, list) and self.input.type != "list":
            asked = {"in": asked}
        elif not isinstance(asked, dict):
            asked = {"equals": asked}
        clauses = [self._clause(op, value, f"{path}.{op}", depth) for op, value in asked.items()]
        if not clauses:
            self.faults.add(path, "empty", "nothing is asked; state a test, or leave it out")
        return [each for each in clauses if each is not None]

    def _clause(self, op: Any, value: Any, path: str, depth: int) -> Clause | None:
        allowed = OPS[self.input.type]
        if op not in allowed:
            self.faults.unknown(path, f"test of a {self.input.type}", op, allowed)
            return None
        if op == "not":
            return Clause(op="not", tests=self.read(value, path, depth + 1))
        if op == "any":
            return self._alternatives(value, path, depth)
        if isinstance(value, dict):
            return self._against_input(op, value, path)
        read = self._literal(op, value, path)
        return None if read is None else Clause(op=op, value=read)

    def _alternatives(self, value: Any, path: str, depth: int) -> Clause | None:
        if not isinstance(value, list) or not value:
            self.faults.add(path, "wrong_type", f"found {quoted(value)}; a list of tests works")
            return None
        read = [self.read(each, f"{path}[{at}]", depth + 1) for at, each in enumerate(value)]
        return Clause(op="any", tests=[Clause(op="all", tests=each) for each in read])

    def _against_input(self, op: Any, value: dict[Any, Any], path: str) -> Clause | None:
        other = value.get("input")
        if set(value) != {"input"} or not isinstance(other, str):
            self.faults.add(path, "wrong_type", "found a mapping; a value or {input: name} works")
        elif other not in self.scope:
            self.faults.unknown(f"{path}.input", "input", other, self.scope)
        elif self.scope[other].type != _wanted(op, self.input.type):
            wanted = _wanted(op, self.input.type) or "literal"
            message = f"{other} is a {self.scope[other].type}; {op} needs a {wanted} here"
            self.faults.add(f"{path}.input", "wrong_type", message)
        else:
            return Clause(op=op, input=other)
        return None

    def _literal(self, op: str, value: Any, path: str) -> Any:
        try:
            read = _read(op, value, self.input.type)
        except NotOfType as fault:
            self.faults.add(path, "wrong_type", str(fault))
            return None
        for each in read if isinstance(read, list) else [read]:
            if (
                op in ("equals", "in", "contains")
                and self.input.one_of
                and each not in self.input.one_of
            ):
                self.faults.unknown(path, "choice", each, self.input.one_of)
        return read


def _wanted(op: str, kind: str) -> str | None:
    """The type that another input must have to be compared with."""
    if op in ("between", "matches", "present"):
        return None
    if op == "in":
        return "list" if kind == "text" else None
    return "text" if op == "contains" else kind


def _read(op: str, value: Any, kind: str) -> Any:
    if op == "present":
        return literal(value, "flag")
    if op in ("matches", "contains"):
        return literal(value, "list" if isinstance(value, list) else "text")
    if op not in ("in", "between"):
        return literal(value, kind)
    if not isinstance(value, list) or not value:
        raise NotOfType(f"found {quoted(value)}; a list of values works")
    read = [literal(each, kind) for each in value]
    if op == "between" and (len(read) != 2 or read[0] > read[1]):
        raise NotOfType("found no lower and upper bound; two values work, the lower first")
    return read
