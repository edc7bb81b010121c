"""From the steps that rules ask for to the persons who may take them."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from msgspec import structs

from canonical_model.controls.policy.clauses import Values
from canonical_model.controls.policy.decision import ApprovalStep, Candidate, Problem
from canonical_model.controls.policy.directory import Directory
from canonical_model.controls.policy.model import Effect, StepPlan

CREATOR = "creator"
"""Fact that names who made the document; whoever it is approves nothing of it."""


@dataclass(frozen=True, slots=True)
class People:
    """Among whom approvers are looked for."""

    directory: Directory | None
    barred: frozenset[str]
    on: datetime.date
    """Day of the decision: days to do it in count from then."""
    today: datetime.date


def resolve(
    effects: Iterable[Effect], values: Values, people: People
) -> tuple[list[ApprovalStep], list[Problem]]:
    """The steps in order of their stages, and those that nobody may take."""
    plans = merged(plan for effect in effects for plan in effect.steps)
    found = [_step(plan, values, people) for plan in plans]
    problems = [
        Problem(code="nobody_may_act", message=_nobody(step))
        for step, plan in zip(found, plans, strict=True)
        if (people.directory is not None or plan.people) and len(_authorities(step)) < step.need
    ]
    return found, problems


def merged(plans: Iterable[StepPlan]) -> list[StepPlan]:
    """One of each: where several rules ask for the same approval, the strictest counts."""
    found: dict[tuple[object, ...], StepPlan] = {}
    for plan in plans:
        key = (plan.stage, plan.id, plan.role, *sorted(plan.people))
        found[key] = _stricter(found[key], plan) if key in found else plan
    return sorted(found.values(), key=lambda plan: plan.stage)


def _stricter(one: StepPlan, other: StepPlan) -> StepPlan:
    days = [each.days for each in (one, other) if each.days is not None]
    return structs.replace(
        one,
        need=0 if 0 in (one.need, other.need) else max(one.need, other.need),
        days=min(days, default=None),
        never=sorted({*one.never, *other.never}),
    )


def _step(plan: StepPlan, values: Values, people: People) -> ApprovalStep:
    barred = _barred(plan, values) | people.barred
    named = list(plan.people)
    if people.directory is not None and plan.role is not None:
        named += people.directory.holders(plan.role, values, people.today)
    holders = [each for each in dict.fromkeys(named) if each not in barred]
    candidates = list(_candidates(holders, plan, values, people, barred))
    return ApprovalStep(
        id=plan.id,
        stage=plan.stage,
        role=plan.role,
        need=plan.need or max(len(holders), 1),
        due=None if plan.days is None else _later(people.on, plan.days),
        candidates=candidates,
        barred=sorted(barred),
    )


def _later(on: datetime.date, days: int) -> datetime.date:
    """Days after; the last day of the calendar where there is no later one."""
    return datetime.date.fromordinal(min(on.toordinal() + days, datetime.date.max.toordinal()))


def _barred(plan: StepPlan, values: Values) -> set[str]:
    """All persons named by the facts that exclude from this step."""
    stated = (values.get(name) for name in (CREATOR, *plan.never))
    lists = (each if isinstance(each, list) else [each] for each in stated if each is not None)
    return {str(person) for each in lists for person in each}


def _candidates(
    holders: list[str],
    plan: StepPlan,
    values: Values,
    people: People,
    barred: Iterable[str],
) -> Iterator[Candidate]:
    """Those who are there, and those who stand in; nobody twice, nobody who is barred."""
    directory, on = people.directory, people.today
    if directory is None:
        yield from (Candidate(person=person) for person in holders)
        return
    seen = set(barred)
    for holder in holders:
        queue = [holder]
        for person in queue:
            if person in seen or (person != holder and person in holders):
                continue
            seen.add(person)
            away = directory.is_away(person, on)
            if not away:
                yield Candidate(person=person, instead_of=None if person == holder else holder)
            if away or person == holder:
                queue += directory.stand_ins(person, plan.role, values, on)


def _authorities(step: ApprovalStep) -> set[str]:
    """Persons for whom somebody can act: one and his stand-in are not two."""
    return {each.instead_of or each.person for each in step.candidates}


def _nobody(step: ApprovalStep) -> str:
    who = step.role or "the persons named"
    barred = f", as {', '.join(step.barred)} may not" if step.barred else ""
    there = f"only {len(step.candidates)}" if step.candidates else "nobody"
    return f"step {step.id} needs {step.need} of {who} and {there} can take it{barred}"
