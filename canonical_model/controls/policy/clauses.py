"""Asking the tests of a rule: no expressions, only named comparisons of values with values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from canonical_model.controls.policy.model import Clause, Condition

Values = Mapping[str, Any]


def holds(condition: Condition, values: Values) -> bool:
    """Whether all tests of one input hold."""
    return all(_holds(clause, condition.input, values) for clause in condition.tests)


def reason(condition: Condition, values: Values) -> str:
    """The condition and the fact in words."""
    asked = " and ".join(_words(clause) for clause in condition.tests)
    return f"{condition.input} ({spelt(values.get(condition.input))}) {asked}"


def spelt(value: Any) -> str:
    """A value as people read it."""
    if value is None or value == []:
        return "absent"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ", ".join(spelt(each) for each in value)
    return str(value)


def _holds(clause: Clause, name: str, values: Values) -> bool:
    value = values.get(name)
    absent = value is None or value == []
    if clause.op == "present":
        return clause.value is not absent
    if clause.op == "any":
        return any(_holds(each, name, values) for each in clause.tests)
    if clause.op == "all":
        return all(_holds(each, name, values) for each in clause.tests)
    # Of what is not there nothing can be said, not even that it is not so.
    if absent:
        return False
    if clause.op == "not":
        return not all(_holds(each, name, values) for each in clause.tests)
    operand = clause.value if clause.input is None else values.get(clause.input)
    return operand is not None and _COMPARE[clause.op](value, operand)


def _matches(value: Any, patterns: Any) -> bool:
    values = value if isinstance(value, list) else [value]
    asked = patterns if isinstance(patterns, list) else [patterns]
    return any(fnmatchcase(each, pattern) for each in values for pattern in asked)


def _contains(value: Any, wanted: Any) -> bool:
    return set(wanted if isinstance(wanted, list) else [wanted]) <= set(value)


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "equals": lambda value, operand: bool(value == operand),
    "in": lambda value, operand: value in operand,
    "at_least": lambda value, operand: bool(value >= operand),
    "at_most": lambda value, operand: bool(value <= operand),
    "above": lambda value, operand: bool(value > operand),
    "below": lambda value, operand: bool(value < operand),
    "between": lambda value, operand: bool(operand[0] <= value <= operand[1]),
    "matches": _matches,
    "contains": _contains,
}

_VERBS = {
    "equals": "is",
    "in": "is one of",
    "at_least": "is at least",
    "at_most": "is at most",
    "above": "is above",
    "below": "is below",
    "between": "is between",
    "matches": "looks like",
    "contains": "contains",
}


def _words(clause: Clause) -> str:
    if clause.op == "present":
        return "is stated" if clause.value else "is not stated"
    if clause.op in ("not", "any", "all"):
        glue, head = (" or ", "") if clause.op == "any" else (" and ", "not: ")
        return head + glue.join(_words(each) for each in clause.tests)
    operand = clause.input if clause.input is not None else spelt(clause.value)
    return f"{_VERBS[clause.op]} {operand}"
