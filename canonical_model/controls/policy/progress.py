"""How far an approval is, from what was done: who may still act, and whose act does not count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Literal

from canonical_model.base.scalars import Code, Count, Instant, Maybe, Part, Text, in_utc, says
from canonical_model.controls.policy.decision import ApprovalStep, Decision

State = Literal["waiting", "open", "approved", "rejected"]


class Act(Part, frozen=True, kw_only=True):
    """Somebody approved or rejected in a step."""

    step: Annotated[Code, says("Step it was taken in")]
    person: Annotated[Text, says("Who")]
    verdict: Annotated[Literal["approve", "reject"], says("Which way")]
    at: Annotated[Maybe[Instant], says("When")] = None
    note: Annotated[Maybe[Text], says("Remark")] = None

    def __post_init__(self) -> None:
        in_utc(self, "at")


class StepProgress(Part, frozen=True, kw_only=True):
    """How far one step is."""

    id: Annotated[Code, says("Name of the step")]
    stage: Annotated[Count, says("Stage")]
    state: Annotated[State, says("Waiting for earlier stages, open, approved, rejected")]
    approved_by: Annotated[list[Text], says("Who has approved")] = []
    missing: Annotated[Count, says("How many are still needed")] = 0
    may: Annotated[list[Text], says("Who may act now")] = []


class RefusedAct(Part, frozen=True, kw_only=True):
    """An act that does not count."""

    act: Annotated[Act, says("What was tried")]
    why: Annotated[Text, says("Why it does not count")]


class Progress(Part, frozen=True, kw_only=True):
    """How far an approval is."""

    state: Annotated[State, says("Open, approved or rejected")]
    steps: Annotated[list[StepProgress], says("Step by step")] = []
    refused: Annotated[list[RefusedAct], says("Acts that do not count")] = []


def progress(decision: Decision, acts: Sequence[Act]) -> Progress:
    """What acts, in the order in which they were taken, come to.

    Who may act is what the decision says; one that holds or refuses is approved by nobody.
    """
    run = _Run(decision)
    for act in acts:
        if why := run.take(act):
            run.refused.append(RefusedAct(act=act, why=why))
    steps = [run.told(step) for step in decision.steps]
    states = {each.state for each in steps}
    state: State = "rejected" if "rejected" in states else "open"
    done = states == {"approved"} and decision.outcome == "review"
    if done or (decision.outcome == "allow" and not steps):
        state = "approved"
    return Progress(state=state, steps=steps, refused=run.refused)


@dataclass(slots=True)
class _Run:
    """An approval while its acts are read."""

    decision: Decision
    approved: dict[str, list[str]] = field(default_factory=dict)
    rejected: set[str] = field(default_factory=set)
    refused: list[RefusedAct] = field(default_factory=list)

    def take(self, act: Act) -> str | None:
        """Let it count; else say why it does not."""
        step = next((each for each in self.decision.steps if each.id == act.step), None)
        if step is None:
            names = ", ".join(each.id for each in self.decision.steps) or "none"
            return f"there is no step {act.step}; steps: {names}"
        why = self._why_not(step, act.person)
        if why is None and act.verdict == "reject":
            self.rejected.add(step.id)
        elif why is None:
            self.approved.setdefault(step.id, []).append(act.person)
        return why

    def _why_not(self, step: ApprovalStep, person: str) -> str | None:
        if self.decision.outcome in ("hold", "refuse"):
            return f"the decision is {self.decision.outcome}; nobody can approve it"
        if self.rejected:
            return "it was rejected before"
        if person in step.barred:
            return "who took part before may not approve"
        if person not in {each.person for each in step.candidates}:
            return "not one of those who may take this step"
        if not self._is_open(step):
            return "an earlier stage, or this step itself, is not as far"
        acted = self.approved if self.decision.distinct_approvers else {step.id: self._by(step)}
        if any(person in each for each in acted.values()):
            return "has approved already"
        if _authority(step, person) in {_authority(step, each) for each in self._by(step)}:
            return "one and his stand-in are not two"
        return None

    def _by(self, step: ApprovalStep) -> list[str]:
        return self.approved.get(step.id, [])

    def _missing(self, step: ApprovalStep) -> int:
        return max(step.need - len(self._by(step)), 0)

    def _is_open(self, step: ApprovalStep) -> bool:
        earlier = (each for each in self.decision.steps if each.stage < step.stage)
        return not any(map(self._missing, earlier)) and self._missing(step) > 0

    def told(self, step: ApprovalStep) -> StepProgress:
        """How far a step is."""
        state: State = "open" if self._is_open(step) and not self.rejected else "waiting"
        if step.id in self.rejected:
            state = "rejected"
        elif not self._missing(step):
            state = "approved"
        people = [each.person for each in step.candidates]
        may = [each for each in people if state == "open" and self._why_not(step, each) is None]
        return StepProgress(
            id=step.id,
            stage=step.stage,
            state=state,
            approved_by=self._by(step),
            missing=self._missing(step),
            may=may,
        )


def _authority(step: ApprovalStep, person: str) -> str:
    """In whose right somebody acts."""
    found = (each.instead_of for each in step.candidates if each.person == person)
    return next(found, None) or person
