"""Moving a document through its life, by somebody and for a reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, get_args

from msgspec import structs

from canonical_model.documents import kind_of
from canonical_model.envelope import ArchiveReason, Record, State
from canonical_model.lifecycle import Transition, legal, transition
from node_server.auth import Principal, roles_that_may
from node_server.errors import Refusal
from node_server.operations.document_facts import facts_of
from node_server.operations.documents import shown
from node_server.operations.excepting import Closing, Finding, abandon, close, raise_on
from node_server.operations.excepting.entitling import may_release, not_own_document
from node_server.operations.excepting.finding import PERSON
from node_server.operations.governing import approval, duties
from node_server.operations.house import House
from node_server.operations.keeping import Keeper
from node_server.store import exceptions, records
from node_server.store.records import Stored

# Which permission each target asks for; the rest ask for `step`.
_NEEDS = {"approved": "approve", "rejected": "approve", "posted": "post", "paid": "post"}
STATE_NAMES = get_args(State)
_REASONED = frozenset({"rejected", "exception", "archived"})
_ENDS: Final = {"rejected": "rejected", "archived": "resolved"}


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
        stored = _found(records.get(connection, who.tenant, record_id, to_change=True))
        _unchanged(stored.record, wish)
        keeper = Keeper(connection, who.tenant, who.id, wish.traceparent)
        taken = _permitted(keeper, who, stored, wish)
        if (act := _duty(taken, stored)) is not None:
            duties.ask(connection, who, act, stored)
        done = _taken(keeper, who, stored, taken, wish)
        keeper.finish()
    return shown(done)


def stepped(keeper: Keeper, who: Principal, stored: Stored, wish: Wish) -> Stored:
    """The same inside the transaction of an approval, whose duties were asked about already."""
    return _taken(keeper, who, stored, _permitted(keeper, who, stored, wish), wish)


def _duty(taken: Transition, stored: Stored) -> str | None:
    """What the policies on segregation of duties call the step; nothing where they know it not."""
    if taken.source == "exception":
        return None
    if taken.target == "posted" and kind_of(stored.record.document) == "payment":
        return "pay"
    return "approve" if taken.target == "approved" else None


def _permitted(keeper: Keeper, who: Principal, stored: Stored, wish: Wish) -> Transition:
    taken = _legal(stored.record, wish)
    _guard(keeper, who, stored, taken, wish)
    return taken


def _taken(keeper: Keeper, who: Principal, stored: Stored, taken: Transition, wish: Wish) -> Stored:
    if taken.target == "exception":
        why = wish.reason or wish.code or "held"
        finding = Finding(PERSON, wish.code or "held", why, moves=True, again=True)
        return raise_on(keeper, stored, finding)
    if taken.target in _ENDS:
        # Or whoever is held would end the document, and send it in once more.
        _may_end(keeper, who, stored)
    elif taken.source == "exception":
        stored = _let_go(keeper, who, stored, wish)
    return stored if stored.record.state == taken.target else _moved(keeper, stored, taken, wish)


def _may_end(keeper: Keeper, who: Principal, stored: Stored) -> None:
    rows = exceptions.of_record(keeper.connection, keeper.tenant, stored.record.id or "")
    if going := [row for row in rows if row["state"] == exceptions.OPEN]:
        may_release(keeper.connection, who, stored, going)


def _let_go(keeper: Keeper, who: Principal, stored: Stored, wish: Wish) -> Stored:
    """Close all that moved it into `exception`; what else holds it stays."""
    rows = exceptions.of_record(keeper.connection, keeper.tenant, stored.record.id or "")
    going = [row for row in rows if row["moves"] and row["state"] == exceptions.OPEN]
    may_release(keeper.connection, who, stored, going)
    return close(keeper, stored, going, Closing("released", wish.reason or ""))


def _moved(keeper: Keeper, stored: Stored, taken: Transition, wish: Wish) -> Stored:
    before, hold = stored.record.state, stored.payment_hold
    if taken.target in _ENDS:
        reason = wish.reason or f"the document is {taken.target}"
        abandon(keeper, stored.record, Closing(_ENDS[taken.target], reason))
        hold = False
    moved = keeper.moved(_with_detail(stored.record, taken, wish), wish.to, taken.event)
    keeper.note_step(moved, moved.state_seq, before, wish.to, taken.event, wish.reason)
    records.restate(keeper.connection, moved, facts_of(moved), hold=hold, at=keeper.stamp)
    return stored.become(moved, hold=hold)


def release(house: House, who: Principal, record_id: str, reason: str) -> dict[str, Any]:
    """Close whatever holds the document; it stays on record who did and why."""
    with house.store.writing(f"{who.tenant}:record:{record_id}") as connection:
        stored = _found(records.get(connection, who.tenant, record_id, to_change=True))
        if not stored.payment_hold:
            raise Refusal(409, "step_refused", "nothing holds this document")
        rows = exceptions.of_record(connection, who.tenant, record_id)
        going = [row for row in rows if row["holds"] and row["state"] == exceptions.OPEN]
        may_release(connection, who, stored, going)
        keeper = Keeper(connection, who.tenant, who.id)
        done = close(keeper, stored, going, Closing("released", reason))
        keeper.finish()
    return shown(done)


def _found(stored: Stored | None) -> Stored:
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


def _guard(keeper: Keeper, who: Principal, stored: Stored, taken: Transition, wish: Wish) -> None:
    needed = "release" if taken.source == "exception" else _NEEDS.get(taken.target, "step")
    if needed not in who.permissions:
        roles = ", ".join(roles_that_may(needed))
        raise Refusal(403, "forbidden", f"{taken} needs one of the roles {roles}")
    if taken.target in _REASONED and not wish.reason:
        raise _refused(taken, "a reason is needed", "send `reason`")
    if taken.target == "validated" and _has_errors(stored.record):
        raise _refused(taken, "it has error issues", "send a corrected document")
    if taken.target == "exception" and not wish.code:
        raise _refused(taken, "a code is needed", "send `code`, such as price_variance")
    if taken.target == "approved" and taken.source != "exception":
        _guard_approval(keeper, who, stored, taken)


def _guard_approval(keeper: Keeper, who: Principal, stored: Stored, taken: Transition) -> None:
    not_own_document(keeper.connection, who, stored, f"{taken}: ", "approve")
    if stored.payment_hold:
        reasons = _reasons(keeper, stored.record)
        hint = "look at GET /v1/exceptions?record_id=…, then release the document"
        raise _refused(taken, f"it is held: {reasons}", hint)
    approval.require(keeper.connection, stored, who.id)


def _reasons(keeper: Keeper, record: Record) -> str:
    rows = exceptions.of_record(keeper.connection, keeper.tenant, record.id or "")
    held = [row for row in rows if row["holds"] and row["state"] == exceptions.OPEN]
    return ", ".join(dict.fromkeys(row["code"] for row in held)) or "before payment"


def _has_errors(record: Record) -> bool:
    return any(issue.severity == "error" for issue in record.issues)


def _refused(taken: Transition, why: str, hint: str) -> Refusal:
    return Refusal(409, "step_refused", f"{taken}: {why}", hint=hint)


def _with_detail(record: Record, taken: Transition, wish: Wish) -> Record:
    """What goes along with a step: that it is not held any more, why it is archived."""
    if taken.source == "exception":
        record = structs.replace(record, exception=None)
    if taken.target == "archived":
        return structs.replace(record, archive_reason=_archive_reason(taken, wish))
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
