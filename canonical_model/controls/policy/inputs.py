"""Reading declarations of inputs and values of them, in a policy and in facts."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, get_args

from canonical_model.controls.policy.decision import Problem
from canonical_model.controls.policy.literals import NotOfType, literal
from canonical_model.controls.policy.model import Combine, Input, InputType
from canonical_model.controls.policy.tree import Node

_TYPES: tuple[str, ...] = get_args(InputType)
_COMBINES: tuple[str, ...] = get_args(Combine)


def read_inputs(node: Node, key: str, scope: Mapping[str, Input]) -> dict[str, Input]:
    """Declarations by name; a sum may only be made of numbers declared before it."""
    found: dict[str, Input] = {}
    for name, each in node.named(key):
        if name in scope:
            each.faults.add(each.path, "duplicate", f"{name!r} is declared above; choose another")
        found[name] = _input(each, {**scope, **found}, set_by_table=key == "sets")
    return found


def _input(node: Node, scope: Mapping[str, Input], *, set_by_table: bool) -> Input:
    own = ("combine",) if set_by_table else ("optional", "usual", "sum_of")
    node.only("type", "says", "one_of", *own)
    kind: Any = node.choice("type", _TYPES, needed=True) or "text"
    sum_of = node.value("sum_of", "list") or []
    for name in sum_of:
        if getattr(scope.get(name), "type", None) != "number":
            numbers = [each for each, declared in scope.items() if declared.type == "number"]
            node.faults.unknown(node.at("sum_of"), "number", name, numbers)
    declared = Input(
        type=kind,
        says=node.value("says", "text"),
        one_of=node.value("one_of", "list") or [],
        optional=bool(node.value("optional", "flag")),
        sum_of=sum_of,
        combine=node.choice("combine", _COMBINES),
    )
    if "usual" not in node.body:
        return declared
    return Input(
        type=declared.type,
        says=declared.says,
        one_of=declared.one_of,
        optional=declared.optional,
        usual=read_value(node, "usual", declared),
    )


def read_value(node: Node, key: str, declared: Input) -> Any:
    """A value of a declared input; a fault where it is of another type or not among the choices."""
    value = node.value(key, declared.type)
    if value is not None and (strange := _stranger(value, declared)) is not None:
        node.faults.unknown(node.at(key), "choice", strange, declared.one_of)
    return value


def _stranger(value: Any, declared: Input) -> Any:
    values = value if isinstance(value, list) else [value]
    return next((v for v in values if declared.one_of and v not in declared.one_of), None)


def take(
    inputs: Mapping[str, Input], facts: Mapping[str, Any]
) -> tuple[dict[str, Any], list[Problem]]:
    """The declared facts in their types, and what is wrong with them; others are left out."""
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, declared in inputs.items():
        try:
            value = _take(name, declared, facts, values)
        except NotOfType as fault:
            problems.append(Problem(code="fact_invalid", message=f"{name}: {fault}"))
            continue
        if value is not None:
            values[name] = value
        elif not declared.optional:
            message = f"{name} is not known; the policy cannot be applied without it"
            problems.append(Problem(code="fact_missing", message=message))
    return values, problems


def _take(name: str, declared: Input, facts: Mapping[str, Any], values: Mapping[str, Any]) -> Any:
    if declared.sum_of:
        parts = [values[each] for each in declared.sum_of if each in values]
        return sum(parts, Decimal(0)) if len(parts) == len(declared.sum_of) else None
    given = facts.get(name)
    if given is None or given == "":
        return declared.usual
    value = literal(given, declared.type)
    if (strange := _stranger(value, declared)) is not None:
        raise NotOfType(f"found {strange!r}; one of {', '.join(declared.one_of)} works")
    return value


def plain(value: Any) -> Any:
    """A value as JSON has it: decimals and days as text."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime.date):
        return value.isoformat()
    return list(value) if isinstance(value, list) else value
