"""Settling documents and taking it back: allocations, how far each is paid, its state."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Literal

from msgspec import structs

from canonical_model.documents import kind_of
from canonical_model.documents.payment import Payment
from canonical_model.envelope import Record, State
from canonical_model.lifecycle import legal
from canonical_model.wire.encoding import decimal_text
from node_server.operations.reconciling import open_amounts
from node_server.operations.reconciling.book import Book
from node_server.store import allocations

Row = dict[str, Any]
Undoing = Literal["reopened", "payment_returned"]
_SETTLED: Final = frozenset({"paid", "overpaid"})


@dataclass(frozen=True, slots=True)
class Cause:
    """What settles a document."""

    by_record: str
    """The bank line or the payment."""
    proposal_id: str | None = None
    day: datetime.date | None = None
    why: str | None = None


class Ledger:
    """What is settled of the documents of a book."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self._rows: dict[str, list[Row]] = {}
        self._new: list[Row] = []

    def load(self, ids: Iterable[str]) -> None:
        """Read what stands for these documents."""
        wanted = [each for each in ids if each not in self._rows]
        found = allocations.of_records(self.book.connection, self.book.tenant, wanted)
        self._rows |= {each: found.get(each, []) for each in wanted}

    def rows(self, record_id: str) -> list[Row]:
        """What stands for one document."""
        self.load([record_id])
        return self._rows[record_id]

    def left(self, record: Record) -> Decimal:
        """What is open of it still."""
        return open_amounts.left(record, self.rows(record.id or "")) or Decimal(0)

    def settle(
        self, record_id: str, amount: Decimal, cause: Cause, *, over: bool = False
    ) -> Decimal:
        """Take so much off a document, at most what is open; what was taken."""
        record = self.book.record(record_id)
        if record is None:
            return Decimal(0)
        taken = min(abs(amount), self.left(record))
        if taken:
            row = self._row(record, taken, cause)
            self._new.append(row)
            self._rows[record_id].append(row)
            self._restate(record, over=over, why=cause.why)
        return taken

    def _row(self, record: Record, amount: Decimal, cause: Cause) -> Row:
        keeper = self.book.keeper
        return {
            "tenant": self.book.tenant,
            "record_id": record.id,
            "by_record": cause.by_record,
            "proposal_id": cause.proposal_id,
            "amount": decimal_text(amount),
            "stated": decimal_text(open_amounts.stated(record) or Decimal(0)),
            "currency": getattr(record.document, "currency", None),
            "day": cause.day.isoformat() if cause.day is not None else None,
            "made_by": keeper.actor,
            "made_at": keeper.stamp,
        }

    def undo(self, rows: Sequence[Row], event: Undoing, why: str | None) -> None:
        """Take allocations back; each document goes back to where it was before them."""
        if not rows:
            return
        self.flush()
        keeper = self.book.keeper
        allocations.undo(self.book.connection, rows, actor=keeper.actor, at=keeper.stamp)
        for record_id in sorted({row["record_id"] for row in rows}):
            self._rows.pop(record_id, None)
            record = self.book.record(record_id)
            if record is not None:
                self._restate(record, over=False, why=why, event=event)

    def _restate(
        self, record: Record, *, over: bool, why: str | None, event: Undoing | None = None
    ) -> None:
        """How far it is paid now, and the state that follows where the lifecycle has a step."""
        status = self._status(record, over=over)
        to: State | None = None
        if status in _SETTLED:
            to = step_to(record, "paid")
        elif record.state == "paid":
            to = step_to(record, "posted")
        told = event or ("paid" if status in _SETTLED else "partially_paid")
        changed = structs.replace(record, payment_status=status)
        if isinstance(record.document, Payment):
            found: Any = "two_way" if status in _SETTLED else "none"
            changed = structs.replace(changed, match_status=found)
        self.book.note(changed, told, to=to, reason=why)

    def _status(self, record: Record, *, over: bool) -> Any:
        if not self.rows(record.id or ""):
            return "unpaid"
        if self.left(record):
            return "partially_paid"
        return "overpaid" if over else "paid"

    def flush(self) -> None:
        """Write what is new."""
        allocations.add(self.book.connection, self._new)
        self._new = []


def step_to(record: Record, target: State) -> State | None:
    """The state, where the lifecycle has a step there from where the record is."""
    steps = legal(record.state, kind_of(record.document)) if record.state != "exception" else ()
    return target if any(step.target == target for step in steps) else None
