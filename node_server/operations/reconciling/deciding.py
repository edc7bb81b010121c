"""What people decide about proposals: accepted, rejected, undone; the history stays."""

from __future__ import annotations

from typing import Any

from canonical_model.controls.reconciliation import ReconciliationPolicy
from node_server.auth import Principal
from node_server.errors import Refusal
from node_server.operations.control_settings import in_force
from node_server.operations.house import House
from node_server.operations.reconciling import accepting, differences, showing
from node_server.operations.reconciling.accepting import Carrying, Standing
from node_server.operations.reconciling.book import Book
from node_server.operations.reconciling.closing import close_lines, open_again
from node_server.operations.reconciling.ledger import Ledger, step_to
from node_server.operations.reconciling.running import SETTINGS
from node_server.store import allocations, open_records, proposals

_ACCEPTABLE = ("proposed", "rejected", "undone")


def accept(house: House, who: Principal, proposal_id: str, reason: str | None) -> dict[str, Any]:
    """Carry a proposal out; one that was rejected or undone may be taken up again."""
    tenant = who.tenant
    with house.store.writing(*accepting.room(house, tenant, [proposal_id])) as connection:
        wanted = _found(accepting.standing(connection, tenant, [proposal_id]), proposal_id)
        _in(wanted, _ACCEPTABLE, "accepted")
        policy = in_force(connection, tenant, SETTINGS, ReconciliationPolicy)
        book = Book(connection, tenant, who.id)
        carrying = Carrying(book, Ledger(book), policy.accounts, reason)
        carrying.load([wanted])
        why = carrying.objection(wanted)
        if why is not None:
            raise accepting.refuse(why)
        carrying.carry_out(wanted)
        carrying.finish(wanted.records("item"))
        close_lines(book, wanted.records("line"))
        book.finish()
    return showing.show(house, tenant, proposal_id)


def reject(house: House, who: Principal, proposal_id: str, reason: str) -> dict[str, Any]:
    """Say no: it is not proposed again as long as the documents say the same."""
    with house.store.writing(*accepting.room(house, who.tenant, [proposal_id])) as connection:
        wanted = _found(accepting.standing(connection, who.tenant, [proposal_id]), proposal_id)
        _in(wanted, ("proposed",), "rejected")
        book = Book(connection, who.tenant, who.id)
        _decided(book, wanted, "rejected", reason)
    return showing.show(house, who.tenant, proposal_id)


def undo(house: House, who: Principal, proposal_id: str, reason: str) -> dict[str, Any]:
    """Take back what was carried out; it stays to be seen that it was, and by whom."""
    with house.store.writing(*accepting.room(house, who.tenant, [proposal_id])) as connection:
        wanted = _found(accepting.standing(connection, who.tenant, [proposal_id]), proposal_id)
        _in(wanted, ("accepted",), "undone")
        book = Book(connection, who.tenant, who.id)
        book.load([*wanted.records("item"), *wanted.records("line")])
        _may_be_undone(book, wanted)
        _take_back(book, wanted, reason)
        _decided(book, wanted, "undone", reason)
        for record_id in wanted.records("line"):
            open_again(book, record_id, reason)
        book.finish()
    return showing.show(house, who.tenant, proposal_id)


def _take_back(book: Book, wanted: Standing, reason: str) -> None:
    ledger = Ledger(book)
    rows = allocations.of_proposal(book.connection, book.tenant, wanted.id)
    ledger.undo(rows, "reopened", reason)
    ledger.flush()
    _undo_journal(book, wanted)


def _undo_journal(book: Book, wanted: Standing) -> None:
    """A journal that was only proposed is archived; one that was posted is to be reversed."""
    journal = wanted.body.pop("journal", None)
    record = book.record(journal) if journal else None
    if record is None:
        return
    if record.state in ("posted", "paid"):
        reversal = differences.reverse(book, record, wanted.id)
        if reversal is not None:
            wanted.body["reversal"] = reversal
    elif step_to(record, "archived"):
        book.note(record, "archived", to="archived", reason="the reconciliation was undone")


def _may_be_undone(book: Book, wanted: Standing) -> None:
    for record_id in [*wanted.records("item"), *wanted.records("line")]:
        record = book.record(record_id)
        if record is None or record.state in ("archived", "rejected"):
            raise Refusal(
                409, "step_refused", f"{record_id} is archived; it cannot be opened again"
            )
    lines = open_records.of_ids(book.connection, book.tenant, wanted.records("line"))
    for record in lines:
        if record.state == "posted":
            hint = "void what was posted of the bank line first"
            raise Refusal(409, "step_refused", f"{record.id} is posted already", hint=hint)


def _decided(book: Book, wanted: Standing, state: str, reason: str) -> None:
    body = wanted.remember(book, state, reason)
    proposals.write(book.connection, book.tenant, {wanted.id: body})
    proposals.move(
        book.connection, book.tenant, [wanted.id], state,
        decided_by=book.keeper.actor, decided_at=book.keeper.stamp, reason=reason,
    )  # fmt: skip


def _found(found: dict[str, Standing], proposal_id: str) -> Standing:
    if proposal_id not in found:
        raise Refusal(404, "not_found", "there is no such proposal")
    return found[proposal_id]


def _in(wanted: Standing, states: tuple[str, ...], what: str) -> None:
    state = wanted.row["state"]
    if state not in states:
        why = f"it is {state}; only what is {' or '.join(states)} can be {what}"
        raise Refusal(409, "step_refused", why)
