"""What a policy is made of: decision tables over declared inputs. All of it is data."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from canonical_model.base.scalars import Code, Count, Date, Maybe, Part, Text, says

Direction = Literal["payable", "receivable"]
InputType = Literal["text", "number", "date", "flag", "list"]
Outcome = Literal["allow", "review", "hold", "refuse"]
HitPolicy = Literal["unique", "any", "first", "priority", "collect"]
Combine = Literal["sum", "least", "most"]
Op = Literal[
    "equals",
    "in",
    "at_least",
    "at_most",
    "above",
    "below",
    "between",
    "matches",
    "contains",
    "present",
    "not",
    "any",
    "all",
]

Act = Literal[
    "approve", "release", "override", "pay", "change_bank_details", "confirm_bank_details"
]

OUTCOMES: tuple[Outcome, ...] = ("allow", "review", "hold", "refuse")
"""Mildest first; of several the strictest counts."""


class Span(Part, frozen=True, kw_only=True):
    """Days on which something counts, either end open."""

    start: Annotated[Maybe[Date], says("First day")] = None
    end: Annotated[Maybe[Date], says("Last day")] = None


class Input(Part, frozen=True, kw_only=True):
    """A fact that rules may ask for, or a value that a table sets."""

    type: Annotated[InputType, says("What it holds")]
    says: Annotated[Maybe[Text], says("What it means")] = None
    one_of: Annotated[list[Text], says("The only texts it may hold")] = []
    optional: Annotated[bool, says("Whether a decision is possible without it")] = False
    usual: Annotated[Any, says("What it is when nobody says so")] = None
    sum_of: Annotated[list[Text], says("Numbers it is the sum of, instead of being given")] = []
    combine: Annotated[Maybe[Combine], says("What becomes of several values (set by tables)")] = (
        None
    )


class Clause(Part, frozen=True, kw_only=True):
    """One test of one value, against a literal or against another input."""

    op: Annotated[Op, says("What is asked")]
    value: Annotated[Any, says("The literal, of the input's type")] = None
    input: Annotated[Maybe[Text], says("The other input, instead of a literal")] = None
    tests: Annotated[list[Clause], says("For `not`, `any` and `all`")] = []


class Condition(Part, frozen=True, kw_only=True):
    """Tests of one input, which must all hold."""

    input: Annotated[Text, says("Name of the input")]
    tests: Annotated[list[Clause], says("What is asked of it")]


class StepPlan(Part, frozen=True, kw_only=True):
    """A step of an approval: those of one stage run side by side, stages one after the other."""

    id: Annotated[Code, says("Name of the step")]
    stage: Annotated[Count, says("When: the lower, the earlier")] = 1
    role: Annotated[Maybe[Text], says("Who: holders of this role, by the directory")] = None
    people: Annotated[list[Text], says("Who: these persons")] = []
    need: Annotated[Count, says("How many of them; 0 for all")] = 1
    days: Annotated[Maybe[Count], says("Within how many days")] = None
    never: Annotated[
        list[Text], says("Inputs that name persons who may not take it; `creator` always is one")
    ] = []


class Effect(Part, frozen=True, kw_only=True):
    """What follows when a rule hits."""

    outcome: Annotated[Maybe[Outcome], says("Allow, review, hold, refuse")] = None
    set: Annotated[dict[str, Any], says("Values for tables below, and for whoever asks")] = {}
    steps: Annotated[list[StepPlan], says("Approvals that are needed")] = []
    evidence: Annotated[list[Text], says("What must be attached")] = []


class Rule(Part, frozen=True, kw_only=True):
    """One row of a table."""

    id: Annotated[Code, says("Name of the rule")]
    says: Annotated[Maybe[Text], says("The rule in words, for those it hits")] = None
    effective: Annotated[Maybe[Span], says("When it counts")] = None
    priority: Annotated[int, says("For hit policy priority: the highest wins")] = 0
    when: Annotated[list[Condition], says("Conditions, which must all hold")] = []
    then: Annotated[Effect, says("What follows")]


class Table(Part, frozen=True, kw_only=True):
    """A decision table; it may use what tables above it set."""

    name: Annotated[Code, says("Name of the table")]
    says: Annotated[Maybe[Text], says("What it decides")] = None
    hit: Annotated[HitPolicy, says("What several hits come to")]
    sets: Annotated[dict[str, Input], says("Values it may set")] = {}
    rules: Annotated[list[Rule], says("Rows")] = []
    otherwise: Annotated[Maybe[Effect], says("What follows when no rule hits")] = None


class Expectation(Part, frozen=True, kw_only=True):
    """What a case must come to; what it leaves out it does not ask."""

    outcome: Annotated[Maybe[Outcome], says("Outcome")] = None
    values: Annotated[dict[str, Any], says("Values set, these and perhaps more")] = {}
    hits: Annotated[Maybe[list[Text]], says("Ids of all rules that hit, in order")] = None
    steps: Annotated[Maybe[list[Text]], says("Ids of all steps, in order")] = None
    missing: Annotated[Maybe[list[Text]], says("Evidence that is missing")] = None


class Case(Part, frozen=True, kw_only=True):
    """An example that belongs to the policy and proves it."""

    name: Annotated[Text, says("What it shows")]
    day: Annotated[Date, says("Day of the decision")]
    facts: Annotated[dict[str, Any], says("Facts")] = {}
    expect: Annotated[Expectation, says("What it must come to")]


class Reach(Part, frozen=True, kw_only=True):
    """What a policy is asked about without being named."""

    kinds: Annotated[list[Text], says("Documents of these kinds")] = []
    directions: Annotated[list[Direction], says("Only payable, or only receivable ones")] = []
    acts: Annotated[list[Act], says("Whether somebody may do one of these")] = []


class Policy(Part, frozen=True, kw_only=True):
    """A version of a policy, as `read_policy` makes it."""

    policy: Annotated[Code, says("Name, the same over all versions")]
    version: Annotated[Code, says("Version", examples=["3"])]
    hash: Annotated[Maybe[Text], says("Hash of all the rest, once it was read")] = None
    title: Annotated[Maybe[Text], says("What it is about")] = None
    effective: Annotated[Span, says("When it counts")] = Span()
    applies_to: Annotated[Maybe[Reach], says("What it is asked about by itself")] = None
    distinct_approvers: Annotated[bool, says("Whether nobody may take two steps")] = False
    inputs: Annotated[dict[str, Input], says("Facts that rules may ask for")] = {}
    tables: Annotated[list[Table], says("Tables, in order")] = []
    cases: Annotated[list[Case], says("Its own examples")] = []
