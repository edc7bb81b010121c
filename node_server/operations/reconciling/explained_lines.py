"""Bank lines that settle nothing and are explained all the same: returns, fees of a payout."""

from __future__ import annotations

from decimal import Decimal

from canonical_model.controls.reconciliation import (
    ItemPart,
    LinePart,
    Proposal,
    Reason,
    ReconciliationPolicy,
)
from canonical_model.envelope import Record
from node_server.operations.reconciling.book import Book
from node_server.operations.reconciling.gathering import Work
from node_server.operations.reconciling.places import Entry
from node_server.operations.reconciling.proposing import made_of
from node_server.store import proposals


def explain(
    book: Book, entry: Entry, of: Record, by: Record, why: str, detail: int | None = None
) -> None:
    """Note by what an entry is explained, as something that is decided."""
    work = Work(lines={of.id or "": of}, items={by.id or "": by})
    if entry.booking is not None:
        work.bookings[entry.place[:2]] = entry.booking
    keeper = book.keeper
    owner = {"tenant": book.tenant, "made_by": keeper.actor, "made_at": keeper.stamp}
    made = made_of(_proposal(entry, by, why, detail), work, ReconciliationPolicy(), owner)
    if not proposals.of_ids(book.connection, book.tenant, [made.id]):
        decided = {"state": "accepted", "decided_by": keeper.actor, "decided_at": keeper.stamp}
        parts = [part | {"state": "accepted"} for part in made.parts]
        proposals.add(book.connection, [made.row | decided | {"reason": why}], parts)


def _proposal(entry: Entry, by: Record, why: str, detail: int | None) -> Proposal:
    amount = entry.line.amount or Decimal(0)
    currency = getattr(by.document, "currency", None)
    line = LinePart(
        line=entry.place.handle,
        detail=detail,
        amount=amount if entry.line.direction == "credit" else -amount,
        currency=entry.line.currency,
    )
    item = ItemPart(
        item=by.id or "", kind="payment", amount=Decimal(0), settled=Decimal(0), currency=currency
    )
    reason = Reason(basis="provider_id", weight=Decimal(1), why=why)
    return Proposal(
        lines=[line], items=[item], decision="accept", score=Decimal(1), reasons=[reason]
    )
