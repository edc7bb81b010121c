"""Decisions as data: versioned decision tables, and the decisions they come to."""

from __future__ import annotations

from canonical_model.controls.policy.cases import CaseReport, CaseResult, run_cases
from canonical_model.controls.policy.decision import (
    ApprovalStep,
    Candidate,
    Decision,
    Hit,
    Problem,
)
from canonical_model.controls.policy.difference import PolicyDifference, difference
from canonical_model.controls.policy.directory import (
    Absence,
    Assignment,
    Delegation,
    Directory,
    Person,
)
from canonical_model.controls.policy.document_facts import facts_of
from canonical_model.controls.policy.evaluating import evaluate, in_effect
from canonical_model.controls.policy.faults import InvalidPolicy, InvalidSettings
from canonical_model.controls.policy.model import Policy
from canonical_model.controls.policy.progress import Act, Progress, progress
from canonical_model.controls.policy.reading import find_faults, read_policy
from canonical_model.controls.policy.simulation import Simulation, simulate

__all__ = [
    "Absence",
    "Act",
    "ApprovalStep",
    "Assignment",
    "Candidate",
    "CaseReport",
    "CaseResult",
    "Decision",
    "Delegation",
    "Directory",
    "Hit",
    "InvalidPolicy",
    "InvalidSettings",
    "Person",
    "Policy",
    "PolicyDifference",
    "Problem",
    "Progress",
    "Simulation",
    "difference",
    "evaluate",
    "facts_of",
    "find_faults",
    "in_effect",
    "progress",
    "read_policy",
    "run_cases",
    "simulate",
]
