"""What people do about an exception: assign, comment, ask, release, override, reject."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from msgspec import structs

from canonical_model.documents import kind_of
from canonical_model.lifecycle import transition
from node_server.auth import Principal
from node_server.errors import Refusal
from node_server.operations.document_facts import facts_of
from node_server.operations.excepting import Closing, abandon, close, note
from node_server.operations.excepting.entitling import may_release
from node_server.operations.excepting.showing import shown
from node_server.operations.house import House
from node_server.operations.keeping import Keeper
from node_server.store import exceptions, records
from node_server.store.exceptions import OPEN, Row
from node_server.store.records import Stored


@dataclass(frozen=True, slots=True)
class _Desk:
    """An open exception with its document, nobody else at either."""

    keeper: Keeper
    stored: Stored
    row: Row


def assign(
    house: House,
    who: Principal,
    exception_id: str,
    owner: str,
    *,
    due_at: str | None = None,
    words: str | None = None,
) -> dict[str, Any]:
    """Say who deals with it, and by when."""
    with _at(house, who, exception_id) as desk:
        changes = {"owner": owner} | ({"due_at": due_at, "escalate_at": due_at} if due_at else {})
        exceptions.change(desk.keeper.connection, desk.row, **changes)
        detail = {"owner": owner} | ({"due_at": due_at} if due_at else {})
        note(desk.keeper, desk.row, "assigned", words, **detail)
    return _now(house, who, exception_id)


def comment(house: House, who: Principal, exception_id: str, words: str) -> dict[str, Any]:
    """Add a remark."""
    with _at(house, who, exception_id) as desk:
        note(desk.keeper, desk.row, "commented", words)
    return _now(house, who, exception_id)


def request(
    house: House, who: Principal, exception_id: str, question: str, *, of: str | None = None
) -> dict[str, Any]:
    """Ask somebody for what is missing; an event tells it, the exception stays open."""
    with _at(house, who, exception_id) as desk:
        note(desk.keeper, desk.row, "requested", question, **({"of": of} if of else {}))
        step_aside(desk.keeper, desk.stored, "information_requested", desk.row["code"])
    return _now(house, who, exception_id)


def release(house: House, who: Principal, exception_id: str, reason: str) -> dict[str, Any]:
    """Say that nothing is wrong. The same content is not held for it again."""
    return _let_go(house, who, exception_id, Closing("released", reason))


def override(
    house: House, who: Principal, exception_id: str, reason: str, evidence: tuple[str, ...]
) -> dict[str, Any]:
    """Go on although something is wrong: with evidence, and counted in the report."""
    return _let_go(house, who, exception_id, Closing("overridden", reason, evidence))


def reject(house: House, who: Principal, exception_id: str, reason: str) -> dict[str, Any]:
    """Reject the document; all that it is held for is closed with it."""
    with _at(house, who, exception_id) as desk:
        keeper, record = desk.keeper, desk.stored.record
        may_release(keeper.connection, who, desk.stored, [desk.row], "reject")
        origin = record.exception.from_state if record.exception else None
        kind = kind_of(record.document)
        taken = transition(record.state, "rejected", kind, from_state=origin)
        abandon(keeper, record, Closing("rejected", reason))
        before = record.state
        gone = keeper.moved(structs.replace(record, exception=None), "rejected", taken.event)
        keeper.note_step(gone, gone.state_seq, before, "rejected", taken.event, reason)
        facts = facts_of(gone)
        records.restate(keeper.connection, gone, facts, hold=False, at=keeper.stamp)
    return _now(house, who, exception_id)


def step_aside(keeper: Keeper, stored: Stored, event: str, reason: str) -> None:
    """An event without a change of state; it counts as a step, so that its id is its own."""
    state = stored.record.state or "received"
    on = keeper.moved(stored.record, state, event)
    keeper.note_step(on, on.state_seq, state, state, event, reason)
    hold = stored.payment_hold
    records.restate(keeper.connection, on, facts_of(on), hold=hold, at=keeper.stamp)


def _let_go(house: House, who: Principal, exception_id: str, how: Closing) -> dict[str, Any]:
    with _at(house, who, exception_id) as desk:
        act = "override" if how.state == "overridden" else "release"
        may_release(desk.keeper.connection, who, desk.stored, [desk.row], act)
        close(desk.keeper, desk.stored, [desk.row], how)
    return _now(house, who, exception_id)


@contextmanager
def _at(house: House, who: Principal, exception_id: str) -> Iterator[_Desk]:
    record_id = _read(house, who.tenant, exception_id)["record_id"]
    with house.store.writing(f"{who.tenant}:record:{record_id}") as connection:
        stored = records.get(connection, who.tenant, record_id, to_change=True)
        row = exceptions.get(connection, who.tenant, exception_id)
        if stored is None or row is None:
            raise _absent()
        if row["state"] != OPEN:
            message = f"it is {row['state']}; only what is open can be worked on"
            raise Refusal(409, "step_refused", message)
        keeper = Keeper(connection, who.tenant, who.id)
        yield _Desk(keeper, stored, row)
        keeper.finish()


def _read(house: House, tenant: str, exception_id: str) -> Row:
    with house.store.reading() as connection:
        row = exceptions.get(connection, tenant, exception_id)
    if row is None:
        raise _absent()
    return row


def _absent() -> Refusal:
    return Refusal(404, "not_found", "there is no such exception")


def _now(house: House, who: Principal, exception_id: str) -> dict[str, Any]:
    return shown(_read(house, who.tenant, exception_id))
