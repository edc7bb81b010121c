"""What banks report about payments: status reports (pain.002) and entries (camt.053, camt.054)."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from canonical_model.controls.reconciliation.keys import payment_keys
from canonical_model.controls.reconciliation.movements import Movement, movements_of
from canonical_model.documents.bank_statement import BankStatement
from canonical_model.documents.bank_transaction import BankTransaction
from canonical_model.documents.payment import Settlement
from canonical_model.documents.payment_status import PaymentStatus, StatusLine
from canonical_model.envelope import Record
from canonical_model.identity.bank_ledger import real_reference

# ISO 20022 ExternalPaymentTransactionStatus1Code, and its sets for groups and batches
_STATUS: Final[dict[str, Settlement]] = {
    **dict.fromkeys(("RCVD", "PDNG", "PATC", "ACWP"), "submitted"),
    **dict.fromkeys(("ACTC", "ACCP", "ACSP", "ACWC", "ACFC", "ACPD"), "accepted"),
    **dict.fromkeys(("ACSC", "ACCC"), "settled"),
    **{"RJCT": "rejected", "CANC": "cancelled"},
}


# Ids of a single payment, the most telling first
_SINGLE: Final = ("uetr:", "e2e:", "instr:", "id:", "rec:")


@dataclass(frozen=True, slots=True)
class News:
    """One report about one payment, or about all payments of a batch or message."""

    handle: str
    place: int | None
    when: datetime.date
    keys: tuple[str, ...]
    batches: frozenset[str]
    settlement: Settlement | None
    amount: int | None = None
    code: str | None = None
    reason: str | None = None
    incoming: bool | None = None

    @property
    def order(self) -> tuple[datetime.date, str, int]:
        """As they came."""
        return self.when, self.handle, -1 if self.place is None else self.place


def news_of(reports: Mapping[str, Record]) -> list[News]:
    """All reports, as they came; those that say nothing of a payment are left out."""
    found: list[News] = []
    for handle, record in reports.items():
        if isinstance(record.document, PaymentStatus):
            found += _of_status(handle, record.document)
    booked = {
        handle: record
        for handle, record in reports.items()
        if isinstance(record.document, BankStatement | BankTransaction)
    }
    found += map(_of_movement, movements_of(booked)[0])
    return sorted(found, key=lambda each: each.order)


def _of_status(handle: str, report: PaymentStatus) -> Iterator[News]:
    """Each line; the status of the whole only where no line says more."""
    when = report.created_at.date() if report.created_at is not None else datetime.date.min
    message = _named("batch", report.original_message_id)
    for place, line in enumerate(report.lines):
        yield _of_line(handle, place, when, line, message)
    if not report.lines and report.status is not None:
        yield News(
            handle=handle,
            place=None,
            when=when,
            keys=(),
            batches=message,
            settlement=_STATUS.get(report.status),
            code=report.reason_code,
            reason=report.reason,
        )


def _of_line(
    handle: str, place: int, when: datetime.date, line: StatusLine, message: frozenset[str]
) -> News:
    found = payment_keys(
        uetr=line.uetr,
        end_to_end=line.end_to_end_id,
        batches=(),
        instruction=line.instruction_id,
    )
    return News(
        handle=handle,
        place=place,
        when=line.date or when,
        keys=tuple(found),
        batches=_named("batch", line.batch_id) or message,
        settlement=_STATUS.get(line.status or ""),
        code=line.reason_code,
        reason=line.reason,
    )


def _named(sort: str, value: str | None) -> frozenset[str]:
    real = real_reference(value)
    return frozenset({f"{sort}:{real.upper()}"} if real else ())


def _of_movement(movement: Movement) -> News:
    keys = {key for key in movement.keys if key.startswith(_SINGLE)}
    batches = {key for key in movement.keys if key.startswith("batch:")}
    return News(
        handle=movement.handle,
        place=movement.detail,
        when=movement.day or datetime.date.min,
        keys=tuple(sorted(keys, key=_strength)),
        batches=frozenset(batches),
        settlement="returned" if movement.returned is not None else "settled",
        amount=abs(movement.amount),
        code=movement.returned and movement.returned.code,
        reason=movement.returned and movement.returned.reason,
        incoming=movement.amount > 0,
    )


def _strength(key: str) -> tuple[int, str]:
    return _SINGLE.index(key.partition(":")[0] + ":"), key
