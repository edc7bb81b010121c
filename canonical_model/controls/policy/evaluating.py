"""One decision: the tables in order, each with what those above it have set."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from canonical_model.controls.policy.approvers import People, resolve
from canonical_model.controls.policy.decision import ApprovalStep, Decision, Hit, Problem
from canonical_model.controls.policy.directory import Directory
from canonical_model.controls.policy.hits import covers, fire
from canonical_model.controls.policy.inputs import plain, take
from canonical_model.controls.policy.model import OUTCOMES, Effect, Input, Outcome, Policy, Table
from canonical_model.wire import content_hash


def evaluate(
    policy: Policy,
    facts: Mapping[str, Any],
    *,
    on: datetime.date,
    directory: Directory | None = None,
    barred: Collection[str] = (),
    today: datetime.date | None = None,
) -> Decision:
    """What the policy says to these facts on a day.

    Nothing raises: what cannot be decided holds, and `problems` say why. With a directory, steps
    name who may take them as it is `today`; never those who are `barred`.
    """
    given, problems = take(policy.inputs, facts)
    run = _Run(dict(given), [*_timing(policy, on), *problems])
    run.ask(policy.tables, on)
    people = People(directory, frozenset(barred), on, today or on)
    return _told(policy, run, given, people)


def _told(policy: Policy, run: _Run, given: Mapping[str, Any], people: People) -> Decision:
    steps, faults = resolve(run.effects, run.values, people)
    problems = [*run.problems, *faults]
    evidence = sorted({each for effect in run.effects for each in effect.evidence})
    missing = sorted(set(evidence) - set(run.values.get("evidence", ())))
    return Decision(
        policy=policy.policy,
        version=policy.version,
        policy_hash=policy.hash or content_hash(policy),
        on=people.on,
        outcome=_outcome(run.effects, steps, missing, problems),
        message=_message(run.hits, missing, problems),
        facts={name: plain(value) for name, value in given.items()},
        values={name: plain(value) for name, value in run.values.items() if name not in given},
        hits=run.hits,
        steps=steps,
        distinct_approvers=policy.distinct_approvers,
        evidence=evidence,
        missing=missing,
        problems=problems,
    )


def _timing(policy: Policy, on: datetime.date) -> Iterator[Problem]:
    if not covers(policy.effective, on):
        message = f"version {policy.version} of {policy.policy} is not in effect on {on}"
        yield Problem(code="not_in_effect", message=message)


@dataclass(slots=True)
class _Run:
    """A decision while its tables are asked."""

    values: dict[str, Any]
    problems: list[Problem]
    effects: list[Effect] = field(default_factory=list)
    hits: list[Hit] = field(default_factory=list)

    def ask(self, tables: Iterable[Table], on: datetime.date) -> None:
        """Each in turn, with what those above it have set."""
        for table in tables:
            fired = fire(table, self.values, on)
            self.problems += [fired.problem] if fired.problem is not None else []
            self.problems += _set(fired.effects, table.sets, self.values)
            self.effects += fired.effects
            self.hits += fired.hits


def in_effect(policies: Iterable[Policy], name: str, on: datetime.date) -> Policy | None:
    """The version of a policy that counts on a day: of several the one that began last."""
    found = [each for each in policies if each.policy == name and covers(each.effective, on)]
    return max(found, key=_began, default=None)


def _began(policy: Policy) -> tuple[datetime.date, int, str]:
    """Versions of one day by their number: 10 after 9."""
    version = policy.version
    return policy.effective.start or datetime.date.min, len(version), version


def _set(
    effects: Iterable[Effect], declared: Mapping[str, Input], values: dict[str, Any]
) -> list[Problem]:
    """Enter what a table sets; several values of one name are combined, or contradict."""
    problems = []
    for name, each in declared.items():
        found = [effect.set[name] for effect in effects if effect.set.get(name) is not None]
        if not found:
            continue
        if each.combine is None and any(value != found[0] for value in found):
            said = ", ".join(str(plain(value)) for value in found[:5])
            message = f"{name} is set to {said}; declare how to combine, or let one rule set it"
            problems.append(Problem(code="values_disagree", message=message))
        else:
            values[name] = _combined(found, each.combine)
    return problems


def _combined(found: list[Any], how: str | None) -> Any:
    if how == "sum":
        return sum(found, Decimal(0))
    if how == "least":
        return min(found)
    return max(found) if how == "most" else found[0]


def _outcome(
    effects: Iterable[Effect],
    steps: list[ApprovalStep],
    missing: list[str],
    problems: list[Problem],
) -> Outcome:
    """The strictest that anything asks for."""
    asked: list[Outcome] = [effect.outcome for effect in effects if effect.outcome is not None]
    if steps:
        asked.append("review")
    if missing or problems:
        asked.append("hold")
    return max(asked, key=OUTCOMES.index, default="allow")


def _message(hits: Iterable[Hit], missing: list[str], problems: Iterable[Problem]) -> str:
    said = [each.message for each in problems]
    said += [f"missing: {', '.join(missing)}"] if missing else []
    said += [hit.says or f"rule {hit.rule} of {hit.table}" for hit in hits if _bears(hit)]
    return "; ".join(dict.fromkeys(said)) or "nothing speaks against it"


def _bears(hit: Hit) -> bool:
    return hit.rule != "otherwise" or hit.outcome not in (None, "allow")
