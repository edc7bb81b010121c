"""What a decision is: an outcome with everything that it rests on."""

from __future__ import annotations

from typing import Annotated, Any

from canonical_model.base.scalars import Code, Count, Date, Maybe, Part, Text, says
from canonical_model.controls.policy.model import Outcome


class Hit(Part, frozen=True, kw_only=True):
    """A rule that decided, and why."""

    table: Annotated[Code, says("Table")]
    rule: Annotated[Code, says("Rule; `otherwise` where none hit")]
    says: Annotated[Maybe[Text], says("The rule in words")] = None
    because: Annotated[list[Text], says("The facts that made it hit")] = []
    outcome: Annotated[Maybe[Outcome], says("What it asks for")] = None


class Problem(Part, frozen=True, kw_only=True):
    """Why a decision could not be made as the policy says; it holds then."""

    code: Annotated[Code, says("Stable code", examples=["fact_missing"])]
    message: Annotated[Text, says("In words")]


class Candidate(Part, frozen=True, kw_only=True):
    """Somebody who may take a step."""

    person: Annotated[Text, says("Who")]
    instead_of: Annotated[Maybe[Text], says("For whom, if delegated")] = None


class ApprovalStep(Part, frozen=True, kw_only=True):
    """A step with those who may take it."""

    id: Annotated[Code, says("Name of the step")]
    stage: Annotated[Count, says("Steps of one stage run side by side")]
    role: Annotated[Maybe[Text], says("Role that is asked for")] = None
    need: Annotated[Count, says("How many must approve")]
    due: Annotated[Maybe[Date], says("By when")] = None
    candidates: Annotated[list[Candidate], says("Who may; empty without a directory")] = []
    barred: Annotated[list[Text], says("Who may not, as they took part already")] = []


class Decision(Part, frozen=True, kw_only=True):
    """A decision with everything that it rests on, to be kept as it is."""

    policy: Annotated[Code, says("Name of the policy")]
    version: Annotated[Code, says("Its version")]
    policy_hash: Annotated[Text, says("Hash of its content")]
    on: Annotated[Date, says("Day of the decision")]
    outcome: Annotated[Outcome, says("Allow, review, hold, refuse")]
    message: Annotated[Text, says("Why, in words")]
    facts: Annotated[dict[str, Any], says("Facts that it used")] = {}
    values: Annotated[dict[str, Any], says("What tables set")] = {}
    hits: Annotated[list[Hit], says("Rules that decided")] = []
    steps: Annotated[list[ApprovalStep], says("Approvals needed, in order of stages")] = []
    distinct_approvers: Annotated[bool, says("Whether nobody may take two steps")] = False
    evidence: Annotated[list[Text], says("What must be attached")] = []
    missing: Annotated[list[Text], says("What of it is missing")] = []
    problems: Annotated[list[Problem], says("Why it could not be decided")] = []
