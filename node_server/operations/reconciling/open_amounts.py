"""How much of a document is still open, after what has been settled of it here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from msgspec import structs

from canonical_model.controls.reconciliation.open_items import payable_amount
from canonical_model.controls.reconciliation.whole_units import amount_of
from canonical_model.documents.invoice import Bill
from canonical_model.documents.payment import Payment
from canonical_model.envelope import Record

_NOTHING = Decimal(0)


def stated(record: Record) -> Decimal | None:
    """What the document itself says is open; with its sign."""
    document = record.document
    if isinstance(document, Payment):
        return document.amount
    if not isinstance(document, Bill):
        return None
    if document.balance is not None:
        return document.balance
    whole = payable_amount(document)
    return None if whole is None else amount_of(whole, document.currency)


def settled(rows: Sequence[Mapping[str, Any]]) -> Decimal:
    """What all allocations come to."""
    return sum((Decimal(row["amount"]) for row in rows), _NOTHING)


def left(record: Record, rows: Sequence[Mapping[str, Any]]) -> Decimal | None:
    """What is open still, never below zero; None where the document states no amount.

    A ledger may or may not have taken off already what was settled here. The first allocation
    tells what was stated before it: nothing is open beyond that less all allocations, nor beyond
    what is stated now.
    """
    now = stated(record)
    if now is None:
        return None
    if not rows:
        return abs(now)
    before = abs(Decimal(rows[0]["stated"]))
    return max(min(abs(now), before - settled(rows)), _NOTHING)


def remaining(record: Record, rows: Sequence[Mapping[str, Any]]) -> Record:
    """The record as reconciling is to see it: with what is still open."""
    open_ = left(record, rows)
    if isinstance(record.document, Payment):
        # What a report says of it is no bank line yet.
        record = structs.replace(record, payment_status=None)
    if not rows or open_ is None:
        return record
    signed = open_.copy_sign(stated(record) or open_)
    name = "amount" if isinstance(record.document, Payment) else "balance"
    document = structs.replace(record.document, **{name: signed})
    return structs.replace(record, document=document)
