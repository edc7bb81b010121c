"""Which line of which record is meant, and which booking it is, whatever report it came by."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import NamedTuple

from canonical_model.controls.reconciliation import LinePart
from canonical_model.documents.bank_statement import BankStatement
from canonical_model.documents.bank_transaction import BankTransaction
from canonical_model.envelope import Record
from canonical_model.identity.bank_ledger import transaction_parts
from canonical_model.identity.canonical_json import canonical_json

_NOT_BOOKED = frozenset({"pending", "info", "future"})
_WHOLE = -1


class Place(NamedTuple):
    """A bank line: its record, which entry of it, and which detail of that."""

    record_id: str
    entry: str
    """Position in the statement; empty where the record is the line."""
    detail: int = _WHOLE

    @property
    def text(self) -> str:
        """As it is stored: `3`, `3.1`, `.1`, or nothing."""
        return self.entry if self.detail == _WHOLE else f"{self.entry}.{self.detail}"

    @property
    def handle(self) -> str:
        """As reconciling calls the line."""
        return f"{self.record_id}#{self.entry}" if self.entry else self.record_id

    def meets(self, other: Place) -> bool:
        """Whether both are about the same money."""
        if self[:2] != other[:2]:
            return False
        return _WHOLE in (self.detail, other.detail) or self.detail == other.detail


def of_text(record_id: str, text: str) -> Place:
    """As it was stored."""
    entry, _, detail = text.partition(".")
    return Place(record_id, entry, int(detail) if detail else _WHOLE)


def of_line(line: LinePart) -> Place:
    """The place that a proposal names."""
    record_id, _, entry = line.line.partition("#")
    return Place(record_id, entry, _WHOLE if line.detail is None else line.detail)


class Entry(NamedTuple):
    """One entry of an account with where it stands."""

    place: Place
    line: BankTransaction
    booking: str | None
    """Its key in the ledger of the account; the same in a notification and in the statement."""

    @property
    def booked(self) -> bool:
        """Whether there is money in it that may settle something."""
        line = self.line
        return line.status not in _NOT_BOOKED and bool(line.amount) and line.direction is not None


def entries(record: Record) -> Iterator[Entry]:
    """The entries of a statement, or the one that a record is."""
    document, record_id = record.document, record.id or ""
    if isinstance(document, BankTransaction):
        yield Entry(Place(record_id, ""), document, _booking(document, None))
    elif isinstance(document, BankStatement):
        account = document.account.id if document.account is not None else None
        for number, line in enumerate(document.transactions):
            yield Entry(Place(record_id, str(number)), line, _booking(line, account))


def _booking(line: BankTransaction, account: object) -> str | None:
    parts = transaction_parts(line, account)  # type: ignore[arg-type]
    return hashlib.sha256(canonical_json(parts)).hexdigest() if parts else None
