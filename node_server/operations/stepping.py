"""Moving a document through its life, by somebody and for a reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, get_args

from msgspec import structs

from canonical_model.documents import kind_of
from canonical_model.envelope import ArchiveReason, ExceptionInfo, Record, State
from canonical_model.lifecycle import Transition, legal, transition
from node_server.auth import Principal, roles_that_may
from node_server.errors import Refusal
from node_server.operations.document_facts import facts_of
from node_server.operations.documents import shown
from node_server.operations.house import House
from node_server.operations.keeping import Keeper
from node_server.store import records

# Which permission each target asks for; the rest ask for `step`.
_NEEDS = {"approved": "approve", "rejected": "approve", "posted": "post", "paid": "post"}
STATE_NAMES = get_args(State)
_REASONED = frozenset({"rejected", "exception", "archived"})


@dataclass(frozen=True, slots=True)
class Wish:
    """The step that somebody asks for."""

    to: State
    reason: str | None = None
    event: str | None = None
    code: str | None = None
    state_seq: int | None = None
    traceparent: str | None = None


def step(house: House, who: Principal, record_id: str, wish: Wish) -> dict[str, Any]:
    """Take a step; a refusal says which guard does not hold, or which steps there are."""
    with house.store.writing(f"{who.tenant}:record:{record_id}") as connection:
        stored = _found(records.get(connection, who.tenant, record_id))
        _unchanged(stored.record, wish)
        taken = _legal(stored.record, wish)
        _guard(who, stored, taken, wish)
        keeper = Keeper(connection, who.tenant, who.id, wish.traceparent)
        before = stored.record.state
        moved = keeper.moved(_with_detail(stored.record, taken, wish, keeper), wish.to, taken.event)
        keeper.note_step(moved, moved.state_seq, before, wish.to, taken.event, wish.reason)
        records.replace(
            connection, moved, facts_of(moved), hold=stored.payment_hold, at=keeper.stamp
        )
        keeper.finish()
    return shown(structs_of(stored, moved, stored.payment_hold))


def release(house: House, who: Principal, record_id: str, reason: str) -> dict[str, Any]:
    """Take away the hold before payment; it stays on record who did and why."""
    with house.store.writing(f"{who.tenant}:record:{record_id}") as connection:
        stored = _found(records.get(connection, who.tenant, record_id))
        if not stored.payment_hold:
            raise Refusal(409, "step_refused", "nothing holds this document")
        keeper = Keeper(connection, who.tenant, who.id)
        record = structs.replace(
            stored.record,
            state_seq=(stored.record.state_seq or 0) + 1,
            updated_at=keeper.at,
        )
        keeper.tell(record, "exception_resolved", before=record.state)
        state = record.state or "received"
        keeper.note_step(record, record.state_seq, state, state, "exception_resolved", reason)
        records.replace(connection, record, facts_of(record), hold=False, at=keeper.stamp)
        keeper.finish()
    return shown(structs_of(stored, record, held=False))


def structs_of(stored: records.Stored, record: Record, held: bool) -> records.Stored:
    """What is stored now."""
    return records.Stored(record, stored.position, stored.created_by, held)


def _found(stored: records.Stored | None) -> records.Stored:
    if stored is None:
        raise Refusal(404, "not_found", "there is no such document")
    return stored


def _unchanged(record: Record, wish: Wish) -> None:
    if wish.state_seq is not None and wish.state_seq != record.state_seq:
        message = f"it is at step {record.state_seq}, not {wish.state_seq}"
        hint = "read the document again and decide on what it says now"
        raise Refusal(409, "conflict", message, hint=hint)


def _legal(record: Record, wish: Wish) -> Transition:
    origin = record.exception.from_state if record.exception else None
    return transition(
        record.state, wish.to, kind_of(record.document), from_state=origin, event=wish.event
    )


def _guard(who: Principal, stored: records.Stored, taken: Transition, wish: Wish) -> None:
    needed = "approve" if taken.source == "exception" else _NEEDS.get(taken.target, "step")
    if needed not in who.permissions:
        roles = ", ".join(roles_that_may(needed))
        raise Refusal(403, "forbidden", f"{taken} needs one of the roles {roles}")
    if taken.target in _REASONED and not wish.reason:
        raise _refused(taken, "a reason is needed", "send `reason`")
    if taken.target == "validated" and _has_errors(stored.record):
        raise _refused(taken, "it has error issues", "send a corrected document")
    if taken.target == "exception" and not wish.code:
        raise _refused(taken, "a code is needed", "send `code`, such as price_variance")
    if taken.target == "approved":
        _guard_approval(who, stored, taken)


def _guard_approval(who: Principal, stored: records.Stored, taken: Transition) -> None:
    if stored.created_by == who.id:
        hint = "let somebody else approve it, with a key of their own"
        raise _refused(taken, "whoever took a document in does not approve it", hint)
    if stored.payment_hold:
        hint = "compare it with the record that its issue names, then release the hold"
        raise _refused(taken, "it is held as a possible duplicate", hint)


def _has_errors(record: Record) -> bool:
    return any(issue.severity == "error" for issue in record.issues)


def _refused(taken: Transition, why: str, hint: str) -> Refusal:
    return Refusal(409, "step_refused", f"{taken}: {why}", hint=hint)


def _with_detail(record: Record, taken: Transition, wish: Wish, keeper: Keeper) -> Record:
    """What goes along with a step: why it is held, that it is not any more, why it is archived."""
    if taken.target == "exception":
        info = ExceptionInfo(
            code=wish.code or "held",
            from_state=record.state or "received",
            opened_at=keeper.at,
            detail=wish.reason,
        )
        return structs.replace(record, exception=info)
    if taken.source == "exception":
        record = structs.replace(record, exception=None)
    if taken.target == "archived":
        reason = _archive_reason(taken, wish)
        return structs.replace(record, archive_reason=reason)
    return record


def _archive_reason(taken: Transition, wish: Wish) -> Any:
    if wish.code in get_args(ArchiveReason):
        return wish.code
    return "voided" if taken.event == "voided" else "completed"


def next_steps(house: House, tenant: str, record_id: str) -> dict[str, Any]:
    """The steps that a document may take now, with what must hold for each."""
    with house.store.reading() as connection:
        record = _found(records.get(connection, tenant, record_id)).record
    origin = record.exception.from_state if record.exception else None
    steps = legal(record.state, kind_of(record.document), origin)
    data = [{"to": s.target, "event": s.event, "guard": s.guard} for s in steps]
    return {"data": data, "has_more": False}
