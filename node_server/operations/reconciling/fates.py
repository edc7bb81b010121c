"""What becomes of a payment by one report: how far it is, its state, exceptions, its documents."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any, Final

from msgspec import structs

from canonical_model.base.codes import code_list
from canonical_model.documents.payment import Payment, Settlement
from canonical_model.envelope import Record
from node_server.operations.excepting import Finding
from node_server.operations.reconciling import payments
from node_server.operations.reconciling.ledger import Ledger, step_to

CONTROL: Final = "payment_news"
REJECTED: Final = "target_rejected"
RETURNED: Final = "payment_returned"
CONTRADICTED: Final = "payment_news_contradict"

# How far a payment is, by how far a report says that it is; a later report never takes it back.
_UNDERWAY: Final = {"scheduled": "scheduled", "submitted": "scheduled", "accepted": "in_transit"}
_RANK: Final = {None: 0, "unpaid": 0, "scheduled": 1, "in_transit": 2}
_EVENTS: Final = {"scheduled": "payment_scheduled", "in_transit": "payment_sent"}
_REASONS: Final = ("return_reason", "nacha_return")


@dataclass(frozen=True, slots=True)
class Fate:
    """What one report says of one payment."""

    payment: str
    settlement: Settlement
    report: str
    """Which report, and which line of it."""
    day: datetime.date | None = None
    code: str | None = None
    words: str | None = None

    @property
    def why(self) -> str:
        """The bank's reason in words."""
        return in_words(self.code, self.words)


def in_words(code: str | None, said: str | None) -> str:
    """A reason code with what it means, and what the bank adds."""
    meant = ""
    for name in _REASONS if code else ():
        row = code_list(name).get(code or "")
        if row is not None:
            meant = str(row["name"])
            break
    parts = [f"{code}: {meant}" if code and meant else code or "", said or ""]
    return ", ".join(part for part in parts if part) or "no reason was given"


def _targets(ledger: Ledger, record: Record) -> list[payments.Target]:
    document = record.document
    if not isinstance(document, Payment):
        return []
    return payments.targets(ledger.book.connection, ledger.book.tenant, document)


def suffer(ledger: Ledger, fate: Fate) -> None:
    """Bring a payment, and what it was made for, to where a report says it is."""
    record = ledger.book.record(fate.payment)
    if record is None or record.state in ("rejected", "archived"):
        return
    if fate.settlement in _UNDERWAY:
        _underway(ledger, record, fate)
    elif fate.settlement == "settled":
        _settled(ledger, record, fate)
    elif fate.settlement == "returned":
        _returned(ledger, record, fate)
    elif fate.settlement in ("rejected", "cancelled"):
        _refused(ledger, record, fate)


def _underway(ledger: Ledger, record: Record, fate: Fate) -> None:
    """On its way; so are the documents of which nothing is paid yet."""
    status = _UNDERWAY[fate.settlement]
    book = ledger.book
    for record_id in (fate.payment, *(target.record_id for target in _targets(ledger, record))):
        each = book.record(record_id)
        if each is not None and _RANK.get(each.payment_status, 9) < _RANK[status]:
            changed: Any = structs.replace(each, payment_status=status)
            book.note(changed, _EVENTS[status], reason=fate.report)


def _settled(ledger: Ledger, record: Record, fate: Fate) -> None:
    book = ledger.book
    if record.exception is not None and record.exception.code == REJECTED:
        summary = f"{fate.report} says that it is settled, and it was rejected before"
        book.raise_on(fate.payment, _finding(CONTRADICTED, summary, fate, holds=True))
        return
    if record.payment_status not in ("paid", "overpaid"):
        paid = structs.replace(record, payment_status="paid")
        book.note(paid, "paid", to=step_to(record, "paid"), reason=fate.report)
    payments.carry_on(ledger, book.record(fate.payment) or record, None, fate.day)


def _returned(ledger: Ledger, record: Record, fate: Fate) -> None:
    """The money is back: what it had settled is open again."""
    book = ledger.book
    payments.take_back(ledger, record, f"returned: {fate.why}")
    _unpaid(ledger, fate, "payment_returned", f"returned: {fate.why}")
    summary = f"the payment came back: {fate.why}"
    book.raise_on(fate.payment, _finding(RETURNED, summary, fate, holds=False))


def _refused(ledger: Ledger, record: Record, fate: Fate) -> None:
    book = ledger.book
    verb = "cancelled" if fate.settlement == "cancelled" else "rejected"
    if record.payment_status in ("paid", "overpaid"):
        summary = f"{fate.report} says that it is {verb} ({fate.why}), and it was settled before"
        book.raise_on(fate.payment, _finding(CONTRADICTED, summary, fate, holds=True))
        return
    for target in _targets(ledger, record):
        each = book.record(target.record_id)
        if each is not None and each.payment_status in ("scheduled", "in_transit"):
            changed = structs.replace(each, payment_status="unpaid")
            book.note(changed, "payment_returned", reason=f"{verb}: {fate.why}")
    _unpaid(ledger, fate, "payment_returned", f"{verb}: {fate.why}")
    summary = f"the bank has {verb} it: {fate.why}"
    finding = _finding(REJECTED, summary, fate, holds=True, moves=True)
    book.raise_on(fate.payment, finding)


def _unpaid(ledger: Ledger, fate: Fate, event: str, why: str) -> None:
    record = ledger.book.record(fate.payment)
    if record is None or record.payment_status == "unpaid":
        return
    to = step_to(record, "posted") if record.state == "paid" else None
    changed = structs.replace(record, payment_status="unpaid")
    ledger.book.note(changed, event, to=to, reason=why)


def _finding(code: str, summary: str, fate: Fate, *, holds: bool, moves: bool = False) -> Finding:
    context = {"report": fate.report, "code": fate.code, "reason": fate.why}
    context |= {"day": fate.day.isoformat()} if fate.day is not None else {}
    return Finding(
        CONTROL, code, summary, holds=holds, moves=moves, context=context, basis=fate.report
    )
