"""From a parsed tree to a policy, or to everything that is wrong with it."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, get_args

from msgspec import structs

from canonical_model.base.issue import Issue
from canonical_model.controls.policy.conditions import read_conditions
from canonical_model.controls.policy.faults import Faults, InvalidPolicy
from canonical_model.controls.policy.inputs import read_inputs, read_value
from canonical_model.controls.policy.model import (
    OUTCOMES,
    Act,
    Case,
    Direction,
    Effect,
    Expectation,
    HitPolicy,
    Input,
    Policy,
    Reach,
    Rule,
    Span,
    StepPlan,
    Table,
)
from canonical_model.controls.policy.tree import Node
from canonical_model.documents import KINDS
from canonical_model.wire import content_hash

_SOME_DAY = datetime.date(2000, 1, 1)  # in a case that is refused for having none
_HITS: tuple[str, ...] = get_args(HitPolicy)
_REACH: dict[str, tuple[str, ...]] = {
    "kinds": tuple(KINDS),
    "directions": get_args(Direction),
    "acts": get_args(Act),
}
Scope = dict[str, Input]


def read_policy(tree: Any) -> Policy:
    """The policy in a tree of mappings, lists and values; `InvalidPolicy` carries all faults."""
    faults = Faults()
    policy = _policy(tree, faults)
    if policy is None or faults.issues:
        raise InvalidPolicy(faults.issues)
    return structs.replace(policy, hash=content_hash(policy))


def find_faults(tree: Any) -> list[Issue]:
    """All faults of a tree; empty when it is a policy."""
    try:
        read_policy(tree)
    except InvalidPolicy as error:
        return list(error.issues)
    return []


def _policy(tree: Any, faults: Faults) -> Policy | None:
    if not isinstance(tree, dict):
        faults.add("", "wrong_type", "found no mapping; one with `policy` and `version` works")
        return None
    node = Node(tree, "", faults)
    node.only("policy", "version", "title", "effective", "applies_to", "distinct_approvers",
              "inputs", "tables", "cases")  # fmt: skip
    inputs = read_inputs(node, "inputs", {})
    scope: Scope = dict(inputs)
    tables = [_table(each, scope) for each in node.nodes("tables")]
    _unique(node, "tables", [each.name for each in tables])
    if not tables and "tables" not in tree:
        faults.add("tables", "missing", "tables is missing; state at least one")
    name, version = (node.value(key, "text", needed=True) for key in ("policy", "version"))
    return Policy(
        policy=name or "?",
        version=version or "?",
        title=node.value("title", "text"),
        effective=node.span("effective") or Span(),
        applies_to=_reach(node.node("applies_to")),
        distinct_approvers=bool(node.value("distinct_approvers", "flag")),
        inputs=inputs,
        tables=tables,
        cases=[_case(each, inputs, scope, tables) for each in node.nodes("cases")],
    )


def _reach(node: Node | None) -> Reach | None:
    """What it is asked about by itself; nothing where it does not say."""
    if node is None:
        return None
    node.only(*_REACH)
    found: dict[str, list[Any]] = {}
    for key, known in _REACH.items():
        found[key] = node.value(key, "list") or []
        for name in found[key]:
            if name not in known:
                node.faults.unknown(node.at(key), key.removesuffix("s"), name, known)
    if not any(node.body.get(key) for key in ("kinds", "acts")):
        node.faults.add(node.path, "missing", "nothing is named; state `kinds` or `acts`")
    return Reach(**found)


def _table(node: Node, scope: Scope) -> Table:
    """A table; what it sets is in scope for those that follow."""
    node.only("name", "says", "hit", "sets", "rules", "otherwise")
    sets = read_inputs(node, "sets", scope)
    rules = [_rule(each, scope, sets) for each in node.nodes("rules")]
    hit: Any = node.choice("hit", _HITS, needed=True) or "collect"
    _unique(node, "rules", [each.id for each in rules])
    if hit == "first":
        _reachable(node, rules)
    otherwise = node.node("otherwise")
    effect = None if otherwise is None else _effect(otherwise, scope, sets)
    scope |= sets
    return Table(
        name=node.value("name", "text", needed=True) or "?",
        says=node.value("says", "text"),
        hit=hit,
        sets=sets,
        rules=rules,
        otherwise=effect,
    )


def _unique(node: Node, key: str, names: Iterable[str]) -> None:
    for name, count in Counter(names).items():
        if count > 1 and name != "?":
            node.faults.add(node.at(key), "duplicate", f"{count} are named {name!r}; rename them")


def _reachable(node: Node, rules: list[Rule]) -> None:
    """Of a table whose first hit counts, nothing comes after a rule without conditions."""
    for at, rule in enumerate(rules[:-1]):
        if not rule.when and rule.effective is None:
            message = f"rule {rule.id!r} always hits, so that none after it can; move it to the end"
            node.faults.add(f"{node.at('rules')}[{at}]", "unreachable", message)


def _rule(node: Node, scope: Scope, sets: Scope) -> Rule:
    node.only("id", "says", "effective", "priority", "when", "then")
    then = node.node("then")
    if then is None and "then" not in node.body:
        node.faults.add(node.at("then"), "missing", "then is missing; state what follows")
    return Rule(
        id=node.value("id", "text", needed=True) or "?",
        says=node.value("says", "text"),
        effective=node.span("effective"),
        priority=node.count("priority", 0),
        when=read_conditions(node.node("when"), scope),
        then=Effect() if then is None else _effect(then, scope, sets),
    )


def _effect(node: Node, scope: Scope, sets: Scope) -> Effect:
    node.only("outcome", "set", "steps", "evidence")
    evidence = node.value("evidence", "list") or []
    if evidence and getattr(scope.get("evidence"), "type", None) != "list":
        message = "evidence is asked for; declare an input `evidence` of type list"
        node.faults.add(node.at("evidence"), "missing", message)
    steps = [_step(each, scope) for each in node.nodes("steps")]
    return Effect(
        outcome=node.choice("outcome", OUTCOMES),
        set=_values(node.node("set"), sets),
        steps=steps,
        evidence=evidence,
    )


def _values(node: Node | None, declared: Mapping[str, Input]) -> dict[str, Any]:
    """Values by name, each of its declared type."""
    found: dict[str, Any] = {}
    for name in node.body if node is not None else ():
        assert node is not None  # noqa: S101  (tells the type checker)
        if name not in declared:
            node.faults.unknown(node.at(str(name)[:40]), "value", name, declared)
        else:
            found[name] = read_value(node, name, declared[name])
    return found


def _step(node: Node, scope: Scope) -> StepPlan:
    node.only("id", "stage", "role", "people", "need", "days", "never")
    role, people = node.value("role", "text"), node.value("people", "list") or []
    if role is None and not people:
        node.faults.add(node.path, "missing", "nobody is named; state `role` or `people`")
    never = node.value("never", "list") or []
    for name in never:
        if name not in scope:
            node.faults.unknown(node.at("never"), "input", name, scope)
    need = 0 if node.body.get("need") == "all" else node.count("need", 1)
    return StepPlan(
        id=node.value("id", "text") or role or "?",
        stage=node.count("stage", 1),
        role=role,
        people=people,
        need=need,
        days=node.count("days", None),
        never=never,
    )


def _case(node: Node, inputs: Scope, scope: Scope, tables: list[Table]) -> Case:
    node.only("name", "day", "facts", "expect")
    facts, expect = node.node("facts"), node.node("expect")
    known = {name: each for name, each in inputs.items() if not each.sum_of}
    if expect is None and "expect" not in node.body:
        node.faults.add(node.at("expect"), "missing", "expect is missing; state the outcome")
    day = node.value("day", "date", needed=True)
    return Case(
        name=node.value("name", "text", needed=True) or "?",
        day=day if day is not None else _SOME_DAY,
        facts=_values(facts, known),
        expect=Expectation() if expect is None else _expectation(expect, scope, tables),
    )


def _expectation(node: Node, scope: Scope, tables: list[Table]) -> Expectation:
    node.only("outcome", "values", "hits", "steps", "missing")
    ids = {rule.id for table in tables for rule in table.rules} | {"otherwise"}
    for name in node.value("hits", "list") or []:
        if name not in ids:
            node.faults.unknown(node.at("hits"), "rule", name, ids)
    settable = {name for table in tables for name in table.sets}
    values = _values(node.node("values"), {n: scope[n] for n in settable})
    return Expectation(
        outcome=node.choice("outcome", OUTCOMES),
        values=values,
        hits=node.value("hits", "list"),
        steps=node.value("steps", "list"),
        missing=node.value("missing", "list"),
    )
