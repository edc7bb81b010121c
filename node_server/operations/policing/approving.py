"""Approving and rejecting in steps: whose turn it is, what counts, and what follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

from canonical_model.controls.policy import Act, Candidate
from node_server.auth import Principal
from node_server.errors import Refusal
from node_server.operations.documents import shown
from node_server.operations.excepting.entitling import not_own_document
from node_server.operations.governing import duties
from node_server.operations.governing.approval import standings
from node_server.operations.governing.persons import people
from node_server.operations.governing.standing import Standing
from node_server.operations.house import House
from node_server.operations.keeping import Keeper
from node_server.operations.policing.telling import tell
from node_server.operations.policing.waiting import stands
from node_server.operations.stepping import Wish, stepped
from node_server.store import decisions, records
from node_server.store.records import Stored

Verdict = Literal["approve", "reject"]
_OPEN: Final = frozenset({"validated", "matched"})


@dataclass(frozen=True, slots=True)
class Word:
    """What somebody says in a step."""

    step: str
    verdict: Verdict
    reason: str | None = None
    instead_of: str | None = None
    policy: str | None = None
    """Where two policies ask for a step of one name."""
    content_hash: str | None = None
    """What was looked at: refused where the document says something else meanwhile."""
    traceparent: str | None = None


def take(house: House, who: Principal, record_id: str, word: Word) -> dict[str, Any]:
    """Take a step; with the last one the document is approved, with a no it is rejected."""
    with house.store.writing(f"{who.tenant}:record:{record_id}") as connection:
        stored = _found(records.get(connection, who.tenant, record_id, to_change=True))
        keeper = Keeper(connection, who.tenant, who.id, word.traceparent)
        _may_be_decided(stored, word)
        not_own_document(connection, who, stored, "", word.verdict)
        known = people(connection, who.tenant)
        every = standings(connection, stored, known, who.id)
        found = _asked(every, word)
        candidate = _candidate(found, known.who(who), word)
        if word.verdict == "approve":
            duties.ask(connection, who, "approve", stored)
        decisions.add_act(connection, _row(keeper, found, candidate, word))
        if word.verdict == "approve":
            stored = tell(keeper, stored, "approval_given", _words(found, candidate, word))
        every = standings(connection, stored, known, who.id)
        stored = _followed(keeper, who, stored, every, word)
        keeper.finish()
    return {"document": shown(stored), "approvals": [stands(each) for each in every]}


def _found(stored: Stored | None) -> Stored:
    if stored is None:
        raise Refusal(404, "not_found", "there is no such document")
    return stored


def _may_be_decided(stored: Stored, word: Word) -> None:
    record = stored.record
    if word.content_hash is not None and word.content_hash != record.content_hash:
        hint = "read it again and decide on what it says now"
        raise Refusal(409, "conflict", "the document has changed meanwhile", hint=hint)
    if record.state == "exception" or stored.payment_hold:
        hint = "look at GET /v1/exceptions?record_id=…; approve when nothing holds it any more"
        raise Refusal(409, "step_refused", "it is held", hint=hint)
    if record.state not in _OPEN:
        message = f"it is {record.state}; only what is validated or matched waits for approvals"
        raise Refusal(409, "step_refused", message)
    if word.verdict == "reject" and not word.reason:
        raise Refusal(422, "body_invalid", "a reason is needed to reject", hint="send `reason`")


def _asked(every: list[Standing], word: Word) -> Standing:
    """The decision whose step is meant."""
    found = [
        each
        for each in every
        if word.policy in (None, each.row["policy"])
        and any(step.id == word.step for step in each.decision.steps)
    ]
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(each.row["policy"] for each in found)
        hint = f"send `policy`, one of {names}"
        raise Refusal(422, "body_invalid", f"several policies have a step {word.step}", hint=hint)
    steps = [step.id for each in every for step in each.decision.steps]
    known = f"steps: {', '.join(steps)}" if steps else "no policy in force asks for approvals of it"
    raise Refusal(409, "step_refused", f"there is no step {word.step[:60]!r}; {known}")


def _candidate(found: Standing, person: str, word: Word) -> Candidate:
    """As whom this person acts; a refusal where the act would not count."""
    act = Act(step=word.step, person=person, verdict=word.verdict)
    refused = [each.why for each in found.then(act).refused if each.act is act]
    if refused:
        raise Refusal(409, "step_refused", f"{person}: {refused[0]}", hint=_who_may(found, word))
    candidate = found.candidate(word.step, person) or Candidate(person=person)
    if word.instead_of is not None and word.instead_of != candidate.instead_of:
        meant = candidate.instead_of or "nobody else"
        message = f"{person} takes this step for {meant}, not for {word.instead_of[:60]}"
        raise Refusal(409, "step_refused", message, hint="leave `instead_of` out, or correct it")
    return candidate


def _who_may(found: Standing, word: Word) -> str:
    may = [name for each in found.progress.steps if each.id == word.step for name in each.may]
    return f"now it is the turn of {', '.join(may[:10])}" if may else "nobody may take it now"


def _row(keeper: Keeper, found: Standing, candidate: Candidate, word: Word) -> dict[str, Any]:
    return {
        "tenant": keeper.tenant,
        "decision_id": found.row["id"],
        "record_id": found.row["record_id"],
        "step": word.step,
        "person": candidate.person,
        "instead_of": candidate.instead_of,
        "actor": keeper.actor,
        "verdict": word.verdict,
        "reason": word.reason,
        "at": keeper.stamp,
    }


def _words(found: Standing, candidate: Candidate, word: Word) -> str:
    instead = f" instead of {candidate.instead_of}" if candidate.instead_of else ""
    why = f": {word.reason}" if word.reason else ""
    return f"{found.row['policy']} {word.step} by {candidate.person}{instead}{why}"


def _followed(
    keeper: Keeper, who: Principal, stored: Stored, every: list[Standing], word: Word
) -> Stored:
    """On to approved when every policy has all it asks for, or to rejected."""
    if any(each.progress.state == "rejected" for each in every):
        return stepped(keeper, who, stored, Wish("rejected", word.reason))
    if all(each.progress.state == "approved" for each in every):
        return stepped(keeper, who, stored, Wish("approved", word.reason))
    return stored
