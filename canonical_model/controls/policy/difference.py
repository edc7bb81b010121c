"""What changed between two versions of a policy, rule by rule, and what that does to cases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Literal

from canonical_model.base.scalars import Part, Text, says
from canonical_model.controls.policy.evaluating import evaluate
from canonical_model.controls.policy.model import Case, Policy
from canonical_model.wire import to_plain

Change = Literal["added", "removed", "changed", "moved"]

# Lists whose members have names of their own, and what they are named by.
_NAMED_BY = {"tables": "name", "rules": "id", "steps": "id", "cases": "name", "when": "input"}


class PolicyChange(Part, frozen=True, kw_only=True):
    """One thing that is not as it was."""

    path: Annotated[Text, says("Where, by names", examples=["tables.approval.rules.cfo.then"])]
    change: Annotated[Change, says("What happened to it")]
    old: Annotated[Any, says("As it was")] = None
    new: Annotated[Any, says("As it is")] = None


class ChangedDecision(Part, frozen=True, kw_only=True):
    """A case that the two versions decide differently."""

    case: Annotated[Text, says("Name of the case")]
    old: Annotated[Text, says("Outcome as it was")]
    new: Annotated[Text, says("Outcome as it is")]
    why: Annotated[Text, says("What the new version says")]


class PolicyDifference(Part, frozen=True, kw_only=True):
    """All changes from one version to another."""

    changes: Annotated[list[PolicyChange], says("What was written differently")] = []
    decisions: Annotated[list[ChangedDecision], says("What is decided differently")] = []


def difference(old: Policy, new: Policy) -> PolicyDifference:
    """What changed, and which cases of either version are now decided differently."""
    ours, theirs = to_plain(old), to_plain(new)
    for tree in (ours, theirs):
        tree.pop("hash", None)
    cases = {case.name: case for case in (*old.cases, *new.cases)}
    decisions = [each for case in cases.values() for each in _decided(old, new, case)]
    return PolicyDifference(changes=list(_changes(ours, theirs, "")), decisions=decisions)


def _decided(old: Policy, new: Policy, case: Case) -> Iterator[ChangedDecision]:
    before, after = (evaluate(each, case.facts, on=case.day) for each in (old, new))
    if (before.outcome, before.values, before.steps) != (after.outcome, after.values, after.steps):
        yield ChangedDecision(
            case=case.name, old=before.outcome, new=after.outcome, why=after.message
        )


def _changes(old: Any, new: Any, path: str) -> Iterator[PolicyChange]:
    if old == new:
        return
    named = _NAMED_BY.get(path.rpartition(".")[2])
    if named is not None and isinstance(old, list) and isinstance(new, list):
        ours, theirs = _by_name(old, named), _by_name(new, named)
        yield from _mappings(ours, theirs, path)
        kept = [name for name in ours if name in theirs]
        if kept != [name for name in theirs if name in ours]:
            yield PolicyChange(path=path, change="moved", old=list(ours), new=list(theirs))
    elif isinstance(old, dict) and isinstance(new, dict):
        yield from _mappings(old, new, path)
    else:
        yield PolicyChange(path=path, change="changed", old=old, new=new)


def _mappings(old: Mapping[str, Any], new: Mapping[str, Any], path: str) -> Iterator[PolicyChange]:
    for name in dict.fromkeys([*old, *new]):
        here = f"{path}.{name}" if path else name
        if name not in new:
            yield PolicyChange(path=here, change="removed", old=old[name])
        elif name not in old:
            yield PolicyChange(path=here, change="added", new=new[name])
        else:
            yield from _changes(old[name], new[name], here)


def _by_name(members: Iterable[Mapping[str, Any]], name: str) -> dict[str, Any]:
    return {str(each[name]): dict(each) for each in members}
