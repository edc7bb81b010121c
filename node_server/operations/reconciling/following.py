"""What follows by itself when a statement, a report, a payment or an invoice comes in."""

from __future__ import annotations

from typing import Final

from canonical_model.documents import kind_of
from canonical_model.documents.bank_statement import BankStatement
from canonical_model.envelope import Record
from node_server.operations.controls_following import Handler, Happened
from node_server.operations.house import House
from node_server.operations.reconciling import background, chains, news, payouts
from node_server.operations.reconciling.accepting import BY_ITSELF
from node_server.operations.reconciling.book import Book
from node_server.operations.reconciling.ledger import step_to
from node_server.store import open_records, proposals, records

CONTROL: Final = "reconciliation"
_NAMES: Final = frozenset(
    {"received", "validated", "revised", "source_attached", "reopened", "posted", "approved"}
    | {"exception_resolved", "payment_returned", "archived", "rejected", "match_failed"}
)
_NEWS: Final = frozenset({"payment_status", "payment", "bank_statement", "bank_transaction"})
_SETTLED: Final = frozenset({"paid", "overpaid"})


def follow(house: House, tenant: str, record_id: str, happened: Happened) -> None:
    """Carry news on, look for gaps, end proposals that no longer hold, reconcile."""
    with house.store.reading() as connection:
        stored = records.get(connection, tenant, record_id)
    if stored is None or kind_of(stored.record.document) not in _OURS:
        return
    record = stored.record
    _withdraw(house, tenant, record)
    if kind_of(record.document) in _NEWS:
        news.carry(house, tenant, record)
        news.catch_up(house, tenant, record)
    if isinstance(record.document, BankStatement):
        chains.follow(house, tenant, record)
    if record.state == "posted" and record.payment_status in _SETTLED:
        _pay(house, tenant, record_id)
    # What a person has undone is not at once done again: it waits for what comes next.
    if happened.name not in ("reopened", "match_failed"):
        _reconcile(house, tenant, record)


_OURS: Final = _NEWS | {"invoice", "credit_note"}
HANDLER: Final = Handler(CONTROL, _NAMES, follow)


def _withdraw(house: House, tenant: str, record: Record) -> None:
    """Proposals made on what the document said before are none any more."""
    record_id = record.id or ""
    open_ = open_records.open_as(record) is not None
    with house.store.reading() as connection:
        rows = proposals.of_records(connection, tenant, [record_id], ("proposed",))
    gone = {
        row["proposal_id"]
        for row in rows
        if not open_ or row["content_hash"] != record.content_hash
    }
    if gone:
        with house.store.writing(f"{tenant}:reconciliation") as connection:
            why = f"{record_id} has changed since"
            proposals.supersede(connection, tenant, gone, why)


def _pay(house: House, tenant: str, record_id: str) -> None:
    """What was paid before it was posted is paid now."""
    with house.store.writing(f"{tenant}:record:{record_id}") as connection:
        book = Book(connection, tenant, BY_ITSELF)
        record = book.record(record_id)
        if record is not None and step_to(record, "paid") and record.payment_status in _SETTLED:
            book.note(record, "paid", to="paid", reason="it was paid before it was posted")
        book.finish()


def _reconcile(house: House, tenant: str, record: Record) -> None:
    """In the background, with whatever else comes in meanwhile."""
    side, names = open_records.open_as(record), [record.id or ""]
    apart = payouts.concerned(house, tenant, record)
    if side == "line":
        background.ask(house, tenant, BY_ITSELF, lines=names, payouts=apart)
    elif side == "item":
        with house.store.reading() as connection:
            waiting = open_records.count(connection, tenant, "line")
        if waiting or apart:
            background.ask(house, tenant, BY_ITSELF, items=names, payouts=apart)
