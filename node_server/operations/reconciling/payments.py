"""What becomes of the documents that a payment was made for, when it is settled or comes back."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Connection

from canonical_model.documents.payment import Allocation, Payment
from canonical_model.envelope import Record
from node_server.operations.excepting import Finding
from node_server.operations.reconciling.ledger import Cause, Ledger
from node_server.store import allocations, open_records

CONTROL = "reconciliation"
PAID_TWICE = "paid_beyond_open"


class Target(NamedTuple):
    """A document that a payment settles, and how much of it."""

    record_id: str
    amount: Decimal


def targets(connection: Connection, tenant: str, payment: Payment) -> list[Target]:
    """The documents that a payment names, as far as they are known."""
    return list(_targets(connection, tenant, payment))


def _targets(connection: Connection, tenant: str, payment: Payment) -> Iterator[Target]:
    for allocation in payment.allocations:
        if allocation.target is None:
            continue
        record_id = open_records.bill(connection, tenant, allocation.target)
        amount = _amount(allocation, payment)
        if record_id is not None and amount:
            yield Target(record_id, amount)


def _amount(allocation: Allocation, payment: Payment) -> Decimal:
    """What it takes off the document: what is paid, granted, kept back and written off."""
    paid = allocation.amount
    if paid is None and len(payment.allocations) == 1:
        paid = payment.amount
    further = (allocation.discount, allocation.withheld, allocation.write_off)
    return sum((each for each in (paid, *further) if each is not None), Decimal(0))


def carry_on(
    ledger: Ledger, record: Record, proposal_id: str | None, day: datetime.date | None
) -> list[str]:
    """Settle what a payment was made for, once; the documents that it settled."""
    book, payment = ledger.book, record.document
    if not isinstance(payment, Payment) or not payment.allocations:
        return []
    record_id = record.id or ""
    ledger.flush()
    done = {
        row["record_id"] for row in allocations.by_record(book.connection, book.tenant, record_id)
    }
    cause = Cause(record_id, proposal_id, day, f"paid by {record_id}")
    touched: list[str] = []
    for target in targets(book.connection, book.tenant, payment):
        if target.record_id in done:
            continue
        taken = ledger.settle(target.record_id, target.amount, cause)
        touched.append(target.record_id)
        if taken < target.amount:
            book.raise_on(record_id, _beyond(target, taken))
    return touched


def _beyond(target: Target, taken: Decimal) -> Finding:
    summary = (
        f"it pays {target.amount} of {target.record_id}, of which only {taken} was open; "
        "find out whether it was paid twice"
    )
    context = {"document": target.record_id, "paid": str(target.amount), "open": str(taken)}
    return Finding(CONTROL, PAID_TWICE, summary, holds=False, context=context)


def take_back(ledger: Ledger, record: Record, why: str) -> list[str]:
    """Open again what a payment had settled, since it came back; the documents concerned."""
    book = ledger.book
    ledger.flush()
    rows = allocations.by_record(book.connection, book.tenant, record.id or "")
    ledger.undo(rows, "payment_returned", why)
    return sorted({row["record_id"] for row in rows})
