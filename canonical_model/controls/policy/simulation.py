"""What a policy would have said to past facts, before it is put into effect."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from msgspec.structs import replace

from canonical_model.base.scalars import Count, Part, Text, says
from canonical_model.controls.policy.decision import Decision
from canonical_model.controls.policy.directory import Directory
from canonical_model.controls.policy.evaluating import evaluate
from canonical_model.controls.policy.model import OUTCOMES, Policy, Span

_MOST_CHANGES = 100


class Changed(Part, frozen=True, kw_only=True):
    """Facts that two versions decide differently."""

    position: Annotated[Count, says("Place among the facts, from 0")]
    old: Annotated[Text, says("Outcome of the version compared with")]
    new: Annotated[Text, says("Outcome of the version simulated")]
    why: Annotated[Text, says("What the version simulated says")]


class Simulation(Part, frozen=True, kw_only=True):
    """What many decisions come to."""

    decisions: Annotated[Count, says("How many there were")]
    outcomes: Annotated[dict[str, int], says("How many of each")] = {}
    rules: Annotated[dict[str, int], says("How often each rule hit, as table.rule")] = {}
    never: Annotated[list[Text], says("Rules that never hit, as table.rule")] = []
    problems: Annotated[dict[str, int], says("How often what could not be decided")] = {}
    people: Annotated[dict[str, int], says("Steps by role or person who would be asked")] = {}
    stricter: Annotated[Count, says("Decided more strictly than by the other version")] = 0
    milder: Annotated[Count, says("Decided more mildly")] = 0
    changed: Annotated[list[Changed], says("The first hundred of these")] = []


def simulate(
    policy: Policy,
    facts_list: Iterable[Mapping[str, Any]],
    *,
    on: datetime.date,
    against: Policy | None = None,
    directory: Directory | None = None,
) -> Simulation:
    """Decide all facts as on one day; `against` is the version that is in effect now.

    The policy's own effective dates do not count here: it is tried before they begin.
    """
    tally = _Tally()
    timeless = [
        None if each is None else replace(each, effective=Span()) for each in (policy, against)
    ]
    for at, facts in enumerate(facts_list):
        new, old = (
            None if each is None else evaluate(each, facts, on=on, directory=directory)
            for each in timeless
        )
        if new is not None:
            tally.count(new)
        if new is not None and old is not None:
            tally.compare(at, old, new)
    return tally.told(policy)


@dataclass(slots=True)
class _Tally:
    """Counts while decisions are made."""

    outcomes: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    problems: Counter[str] = field(default_factory=Counter)
    people: Counter[str] = field(default_factory=Counter)
    ways: Counter[str] = field(default_factory=Counter)
    changed: list[Changed] = field(default_factory=list)

    def count(self, decision: Decision) -> None:
        self.outcomes[decision.outcome] += 1
        self.rules.update(f"{hit.table}.{hit.rule}" for hit in decision.hits)
        self.problems.update({each.code for each in decision.problems})
        for step in decision.steps:
            self.people.update({each.person for each in step.candidates} or {step.role or step.id})

    def compare(self, at: int, old: Decision, new: Decision) -> None:
        before, after = OUTCOMES.index(old.outcome), OUTCOMES.index(new.outcome)
        if before == after:
            return
        self.ways["stricter" if after > before else "milder"] += 1
        if len(self.changed) < _MOST_CHANGES:
            said = Changed(position=at, old=old.outcome, new=new.outcome, why=new.message)
            self.changed.append(said)

    def told(self, policy: Policy) -> Simulation:
        rules = [f"{table.name}.{rule.id}" for table in policy.tables for rule in table.rules]
        return Simulation(
            decisions=sum(self.outcomes.values()),
            outcomes=dict(sorted(self.outcomes.items())),
            rules=dict(sorted(self.rules.items())),
            never=[each for each in rules if each not in self.rules],
            problems=dict(sorted(self.problems.items())),
            people=dict(sorted(self.people.items())),
            stricter=self.ways["stricter"],
            milder=self.ways["milder"],
            changed=self.changed,
        )
