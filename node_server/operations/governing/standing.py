"""How far a decision is carried out: who has approved, who still may, what was lifted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from msgspec import structs
from sqlalchemy import Connection

from canonical_model.controls.policy import (
    Act,
    ApprovalStep,
    Candidate,
    Decision,
    Progress,
    evaluate,
    progress,
)
from node_server.operations.governing.deciding import basis_of, code_of, read_decision
from node_server.operations.governing.facts import CONTROL
from node_server.operations.governing.in_force import stored as stored_version
from node_server.operations.governing.in_force import today
from node_server.operations.governing.persons import People, makers
from node_server.store import clock, decisions, exceptions
from node_server.store.decisions import Row
from node_server.store.records import Stored

_LIFTED: Final = frozenset({"released", "overridden"})


@dataclass(frozen=True, slots=True)
class Standing:
    """A kept decision with the people of today, and what was done about it."""

    row: Row
    decision: Decision
    acts: list[Act]
    progress: Progress

    def then(self, act: Act) -> Progress:
        """How far it would be after one more act."""
        return progress(self.decision, [*self.acts, act])

    def candidate(self, step: str, person: str) -> Candidate | None:
        """As whom somebody takes a step."""
        steps = (each for each in self.decision.steps if each.id == step)
        return next(
            (each for found in steps for each in found.candidates if each.person == person), None
        )


def standing(connection: Connection, stored: Stored, known: People, row: Row) -> Standing:
    """How a decision on a document stands now.

    Facts, rules and outcome are those of the decision; who may act follows the directory as it is
    today, so that nobody waits for one who has left. What was done before stays done.
    """
    saved = read_decision(row["decision"])
    given = _acts(connection, row, saved)
    live = _lifted(connection, row, _today(connection, stored, known, row, saved))
    live = structs.replace(live, steps=[_with(each, given) for each in live.steps])
    acts = [_act(each) for each in given]
    return Standing(row, live, acts, progress(live, acts))


def _today(
    connection: Connection, stored: Stored, known: People, row: Row, saved: Decision
) -> Decision:
    version = stored_version(connection, row["tenant"], row["policy"], row["number"])
    if version is None or not saved.steps:
        return saved
    return evaluate(
        version.policy,
        saved.facts,
        on=saved.on,
        directory=known.directory,
        barred=makers(connection, stored, known),
        today=today(),
    )


def _acts(connection: Connection, row: Row, saved: Decision) -> list[Row]:
    """Acts on the same content, in steps that are still asked for in the same way."""
    asked = {_asked(each) for each in saved.steps}
    earlier: dict[str, set[Any]] = {row["id"]: asked}
    found = []
    for act in decisions.acts(connection, row["tenant"], row["record_id"]):
        if any(act[name] != row[name] for name in ("policy", "revision", "content_hash")):
            continue
        if act["decision_id"] not in earlier:
            earlier[act["decision_id"]] = _asked_then(connection, act)
        if any(each[0] == act["step"] for each in asked & earlier[act["decision_id"]]):
            found.append(act)
    return found


def _asked_then(connection: Connection, act: Row) -> set[Any]:
    row = decisions.get(connection, act["tenant"], act["decision_id"])
    steps = read_decision(row["decision"]).steps if row is not None else []
    return {_asked(each) for each in steps}


def _asked(step: ApprovalStep) -> tuple[str, int, str | None]:
    return step.id, step.stage, step.role


def _with(step: ApprovalStep, given: Iterable[Row]) -> ApprovalStep:
    """The step with those who took it when they might; who is barred meanwhile never counts."""
    there = {each.person for each in step.candidates}
    more = [
        Candidate(person=act["person"], instead_of=act["instead_of"])
        for act in given
        if act["step"] == step.id and act["person"] not in there
    ]
    return structs.replace(step, candidates=[*step.candidates, *more]) if more else step


def _act(row: Row) -> Act:
    return Act(
        step=row["step"], person=row["person"], verdict=row["verdict"], at=clock.read(row["at"]),
        note=row["reason"],
    )  # fmt: skip


def _lifted(connection: Connection, row: Row, decision: Decision) -> Decision:
    """A hold that somebody entitled has lifted for these reasons asks only for its steps."""
    if decision.outcome not in ("hold", "refuse"):
        return decision
    basis, code = basis_of(decision, row["content_hash"]), code_of(decision)
    rows = exceptions.of_record(connection, row["tenant"], row["record_id"])
    lifted = any(
        each["control"] == CONTROL and each["code"] == code and each["state"] in _LIFTED
        and each["content_hash"] == basis
        for each in rows
    )  # fmt: skip
    if not lifted:
        return decision
    return structs.replace(decision, outcome="review" if decision.steps else "allow")
