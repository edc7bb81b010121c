"""What a payment's fate means for it and for the documents it settles, within the lifecycle."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Final, Literal

from canonical_model.base.scalars import Amount, Code, Maybe, Part, Text, says
from canonical_model.controls.reconciliation.open_items import payable_amount
from canonical_model.controls.reconciliation.proposal import Proposal
from canonical_model.controls.reconciliation.whole_units import units
from canonical_model.documents import kind_of
from canonical_model.documents.invoice import Bill
from canonical_model.documents.payment import Allocation, Payment, Settlement
from canonical_model.envelope import Record, State
from canonical_model.identity import number_key
from canonical_model.lifecycle import Transition, legal
from canonical_model.parts.reference import Ref

PaymentState = Literal["unpaid", "scheduled", "in_transit", "partially_paid", "paid"]

# Where a payment goes: posted is released to the bank, paid is settled.
_PAYMENT: Final[dict[Settlement, State]] = {
    "settled": "paid",
    "returned": "posted",
    "rejected": "exception",
    "cancelled": "exception",
}
_UNDERWAY: Final[dict[Settlement, PaymentState]] = {
    "submitted": "scheduled",
    "accepted": "in_transit",
    "rejected": "unpaid",
    "cancelled": "unpaid",
    "returned": "unpaid",
}


class DocumentEffect(Part, frozen=True, kw_only=True):
    """What money that moved, or did not, means for one document."""

    document: Annotated[Maybe[Text], says("Its handle, where it is among those given")] = None
    number: Annotated[Maybe[Text], says("Its number, as the payment or itself states it")] = None
    payment_status: Annotated[
        Maybe[PaymentState], says("How far it is paid by that; absent when it is not known")
    ] = None
    amount: Annotated[Maybe[Amount], says("What the payment settles of it")] = None
    state: Annotated[Maybe[State], says("State to move it to, where a step leads")] = None
    event: Annotated[Maybe[Code], says("Event of that step")] = None
    exception: Annotated[Maybe[Code], says("Exception to open on it")] = None


class Targets:
    """Documents by handle, id and number."""

    def __init__(self, documents: Mapping[str, Record]) -> None:
        self.of = documents
        self._handles: dict[str, list[str]] = {}
        for handle in sorted(documents):
            for name in _names(handle, documents[handle]):
                self._handles.setdefault(name, []).append(handle)

    def find(self, ref: Ref) -> str | None:
        """The one document a reference means; None when there is none or more than one."""
        names = [f"id:{ref.id}" if ref.id else "", f"no:{number_key(ref.number or '')}"]
        for name in names:
            found = self._handles.get(name, [])
            if len(found) == 1:
                return found[0]
        return None


def _names(handle: str, record: Record) -> Iterator[str]:
    ids = {handle, record.id}
    for source in (record.source, *record.sources):
        ids.add(source.object_id if source is not None else None)
    yield from sorted(f"id:{each}" for each in ids if each)
    if isinstance(record.document, Bill) and record.document.number:
        yield f"no:{number_key(record.document.number)}"


def payment_step(record: Record, settlement: Settlement) -> Transition | None:
    """The step a payment takes; None when the lifecycle has none from where it is."""
    target = _PAYMENT.get(settlement)
    return _step(record, target) if target is not None else None


def _step(record: Record, target: State) -> Transition | None:
    steps = legal(record.state, kind_of(record.document)) if record.state is not None else ()
    return next((each for each in steps if each.target == target), None)


def invoice_effects(
    payment: Payment, settlement: Settlement, targets: Targets
) -> Iterator[DocumentEffect]:
    """One effect for each document that the payment is allocated to."""
    for allocation in payment.allocations:
        ref = allocation.target
        if ref is not None:
            handle = targets.find(ref)
            record = targets.of[handle] if handle is not None else None
            yield _effect(allocation, handle, record, settlement)


def _effect(
    allocation: Allocation, handle: str | None, record: Record | None, settlement: Settlement
) -> DocumentEffect:
    ref = allocation.target
    status = _status(allocation, record, settlement)
    step = _invoice_step(record, status) if record is not None else None
    return DocumentEffect(
        document=handle,
        number=ref.number if ref is not None else None,
        payment_status=status,
        amount=allocation.amount,
        state=step.target if step is not None else None,
        event=step.event if step is not None else None,
        exception="payment_returned" if settlement == "returned" else None,
    )


def _invoice_step(record: Record, status: PaymentState | None) -> Transition | None:
    if status == "paid":
        return _step(record, "paid")
    # A payment that failed takes back only what an earlier report had brought about.
    return _step(record, "posted") if status == "unpaid" and record.state == "paid" else None


def _status(
    allocation: Allocation, record: Record | None, settlement: Settlement
) -> PaymentState | None:
    underway = _UNDERWAY.get(settlement)
    if underway is not None or record is None or not isinstance(record.document, Bill):
        return underway
    parts = (allocation.amount, allocation.discount, allocation.withheld, allocation.write_off)
    return _covered(record.document, sum(units(part) or 0 for part in parts))


def _covered(bill: Bill, taken: int) -> PaymentState | None:
    """Whether so much pays the bill.

    A ledger may or may not have taken the payment off the balance already: it has not, where both
    together come to more than the whole.
    """
    whole, left = payable_amount(bill), units(bill.balance)
    if whole is None and left is None:
        return None
    if left is None or whole is None:
        return "paid" if taken >= abs(whole or left or 0) else "partially_paid"
    deducted = taken + abs(left) <= abs(whole)
    return "paid" if left == 0 or (not deducted and taken >= abs(left)) else "partially_paid"


def effects_of(
    proposals: Iterable[Proposal], records: Mapping[str, Record]
) -> list[DocumentEffect]:
    """What it means for the items when these proposals, accepted or confirmed, are carried out.

    A payment that is found on the bank settles the documents it was made for, too.
    """
    targets = Targets(records)
    settled: dict[str, Decimal] = {}
    whole: dict[str, Decimal] = {}
    for each in proposals:
        for part in each.items:
            whole[part.item] = part.amount
            settled[part.item] = settled.get(part.item, Decimal(0)) + part.settled
    found: list[DocumentEffect] = []
    for handle in sorted(whole.keys() & records.keys()):
        record = records[handle]
        found.append(_settled(handle, record, settled[handle], whole[handle]))
        if isinstance(record.document, Payment):
            found += invoice_effects(record.document, "settled", targets)
    return found


def _settled(handle: str, record: Record, settled: Decimal, whole: Decimal) -> DocumentEffect:
    status: PaymentState = "paid" if settled == whole else "partially_paid"
    step = _invoice_step(record, status)
    return DocumentEffect(
        document=handle,
        number=getattr(record.document, "number", None),
        payment_status=status,
        amount=abs(settled),
        state=step.target if step is not None else None,
        event=step.event if step is not None else None,
    )
