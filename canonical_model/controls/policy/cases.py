"""A policy proves itself on its own cases."""

from __future__ import annotations

from typing import Annotated, Any

from canonical_model.base.scalars import Count, Maybe, Part, Text, says
from canonical_model.controls.policy.clauses import spelt
from canonical_model.controls.policy.decision import Decision
from canonical_model.controls.policy.directory import Directory
from canonical_model.controls.policy.evaluating import evaluate
from canonical_model.controls.policy.inputs import plain
from canonical_model.controls.policy.model import Case, Policy


class CaseResult(Part, frozen=True, kw_only=True):
    """What became of one case."""

    name: Annotated[Text, says("Name of the case")]
    passed: Annotated[bool, says("Whether all is as expected")]
    differences: Annotated[list[Text], says("What is not as expected")] = []
    decision: Annotated[Maybe[Decision], says("What was decided, where that is not expected")] = (
        None
    )


class CaseReport(Part, frozen=True, kw_only=True):
    """All cases of a policy, and what none of them has tried."""

    passed: Annotated[Count, says("Cases that came to what they expect")]
    failed: Annotated[Count, says("Cases that did not")]
    results: Annotated[list[CaseResult], says("Case by case")] = []
    untried: Annotated[list[Text], says("Rules that hit in no case, as table.rule")] = []


def run_cases(policy: Policy, directory: Directory | None = None) -> CaseReport:
    """Decide all cases of a policy and compare."""
    decided = [(case, _decide(policy, case, directory)) for case in policy.cases]
    results = [_result(case, decision) for case, decision in decided]
    tried = {f"{hit.table}.{hit.rule}" for _, decision in decided for hit in decision.hits}
    rules = [f"{table.name}.{rule.id}" for table in policy.tables for rule in table.rules]
    return CaseReport(
        passed=sum(each.passed for each in results),
        failed=sum(not each.passed for each in results),
        results=results,
        untried=[each for each in rules if each not in tried],
    )


def _decide(policy: Policy, case: Case, directory: Directory | None) -> Decision:
    return evaluate(policy, case.facts, on=case.day, directory=directory)


def _result(case: Case, decision: Decision) -> CaseResult:
    differences = list(_differences(case, decision))
    return CaseResult(
        name=case.name,
        passed=not differences,
        differences=differences,
        decision=decision if differences else None,
    )


def _differences(case: Case, decision: Decision) -> list[str]:
    wanted = case.expect
    compared: list[tuple[str, Any, Any]] = [
        ("outcome", wanted.outcome, decision.outcome),
        ("hits", wanted.hits, [hit.rule for hit in decision.hits]),
        ("steps", wanted.steps, [step.id for step in decision.steps]),
        ("missing", wanted.missing, decision.missing),
    ]
    compared += [(name, plain(v), decision.values.get(name)) for name, v in wanted.values.items()]
    said = [
        f"{what} is {spelt(found)}; expected {spelt(expected)}"
        for what, expected, found in compared
        if expected is not None and expected != found
    ]
    return said + [each.message for each in decision.problems if said]
