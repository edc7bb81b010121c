"""Which rules of a table decide: the hit policies of decision tables (DMN 1.5, 8.2.8)."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import NamedTuple

from canonical_model.controls.policy.clauses import Values, holds, reason
from canonical_model.controls.policy.decision import Hit, Problem
from canonical_model.controls.policy.model import Effect, Rule, Span, Table


class Fired(NamedTuple):
    """What a table came to: effects with the rules behind them, or why there is no saying."""

    effects: list[Effect]
    hits: list[Hit]
    problem: Problem | None = None


def fire(table: Table, values: Values, on: datetime.date) -> Fired:
    """The effects of the rules that decide, in the order of the table."""
    hitting = [rule for rule in table.rules if _hits(rule, values, on)]
    if not hitting:
        return _otherwise(table)
    problem = None
    if table.hit == "unique" and len(hitting) > 1:
        problem = _problem(table, "rules_overlap", hitting, "only one may")
    elif table.hit == "any" and any(rule.then != hitting[0].then for rule in hitting):
        problem = _problem(table, "rules_disagree", hitting, "all must say the same")
    elif table.hit in ("first", "any"):
        hitting = hitting[:1]
    elif table.hit == "priority":
        hitting = [max(hitting, key=lambda rule: rule.priority)]
    hits = [_hit(table, rule, values) for rule in hitting]
    # Without a decision nothing of it may take effect but the hold.
    return Fired([] if problem else [rule.then for rule in hitting], hits, problem)


def covers(span: Span | None, on: datetime.date) -> bool:
    """Whether a day lies in a span."""
    if span is None:
        return True
    return (span.start is None or span.start <= on) and (span.end is None or on <= span.end)


def _hits(rule: Rule, values: Values, on: datetime.date) -> bool:
    return covers(rule.effective, on) and all(holds(each, values) for each in rule.when)


def _otherwise(table: Table) -> Fired:
    if table.otherwise is not None:
        hit = Hit(table=table.name, rule="otherwise", outcome=table.otherwise.outcome)
        return Fired([table.otherwise], [hit])
    if table.hit == "collect":
        return Fired([], [])
    message = f"no rule of table {table.name} covers these facts; add one, or `otherwise`"
    return Fired([], [], Problem(code="no_rule", message=message))


def _problem(table: Table, code: str, hitting: Sequence[Rule], wanted: str) -> Problem:
    names = ", ".join(rule.id for rule in hitting[:5])
    message = f"rules {names} of table {table.name} hit; {wanted}"
    return Problem(code=code, message=message)


def _hit(table: Table, rule: Rule, values: Values) -> Hit:
    return Hit(
        table=table.name,
        rule=rule.id,
        says=rule.says,
        because=[reason(each, values) for each in rule.when],
        outcome=rule.then.outcome,
    )
