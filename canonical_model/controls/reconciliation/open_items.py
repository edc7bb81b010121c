"""What waits for money to move: invoices, credit notes and payments that are still open."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from canonical_model.controls.reconciliation.keys import own_keys, payment_keys
from canonical_model.controls.reconciliation.proposal import Unreconciled
from canonical_model.controls.reconciliation.references import reference_keys
from canonical_model.controls.reconciliation.whole_units import share, units
from canonical_model.controls.screening.likeness import Name, name_of
from canonical_model.documents import kind_of
from canonical_model.documents.credit_note import CreditNote
from canonical_model.documents.invoice import Bill
from canonical_model.documents.payment import Payment
from canonical_model.envelope import Context, Record
from canonical_model.identity import direction_of, number_key, number_loose, rungs
from canonical_model.parts.bank_account import BankAccount
from canonical_model.parts.party import Party
from canonical_model.parts.reference import Ref
from canonical_model.parts.terms import EarlyDiscount

_DONE: Final = frozenset({"paid", "overpaid", "refunded", "not_applicable"})
_UNPAYABLE: Final = frozenset({"draft", "rejected", "cancelled", "returned"})
_GONE: Final = frozenset({"rejected", "archived"})


@dataclass(frozen=True, slots=True)
class Discount:
    """What falls away for paying early, signed like the item."""

    until: datetime.date | None
    amount: int


@dataclass(frozen=True, slots=True)
class Item:
    """One open document. Its amount is signed: above zero we are to receive it."""

    handle: str
    kind: str
    amount: int
    currency: str
    day: datetime.date | None
    due: datetime.date | None
    discounts: tuple[Discount, ...]
    keys: frozenset[str]
    number: str
    loose: str
    parties: frozenset[str]
    name: Name
    settles: tuple[Ref, ...]

    @property
    def rank(self) -> tuple[datetime.date, str]:
        """Oldest first."""
        return self.due or self.day or datetime.date.max, self.handle


def items_of(
    records: Mapping[str, Record], context: Context
) -> tuple[list[Item], list[Unreconciled]]:
    """Every open item, by handle, and what cannot be one with the reason."""
    found: list[Item] = []
    skipped: list[Unreconciled] = []
    for handle in sorted(records):
        item = _item(handle, records[handle], context)
        if isinstance(item, Item):
            found.append(item)
        elif item is not None:
            skipped.append(Unreconciled(handle=handle, why=item))
    return found, skipped


def _item(handle: str, record: Record, context: Context) -> Item | str | None:
    """The item, why it is none, or None for what is settled."""
    document = record.document
    if record.payment_status in _DONE or record.state in _GONE:
        return None
    if isinstance(document, Payment):
        return _of_payment(handle, record, document)
    if isinstance(document, Bill):
        return _of_bill(handle, record, document, context)
    return f"a {kind_of(document)} is not paid; give invoices, credit notes and payments"


def _of_payment(handle: str, record: Record, payment: Payment) -> Item | str | None:
    amount = units(payment.amount)
    if payment.settlement in _UNPAYABLE or amount == 0:
        return None
    if amount is None or payment.direction is None:
        return "it states no amount or no direction; both are needed"
    incoming = payment.direction == "in"
    other = payment.payer if incoming else payment.payee
    account = payment.from_account if incoming else payment.to_account
    number = payment.number or ""
    return Item(
        handle=handle,
        kind="payment",
        amount=amount if incoming else -amount,
        currency=payment.currency or "",
        day=payment.value_date or payment.issue_date,
        due=payment.value_date,
        discounts=(),
        keys=frozenset(keys_of_payment(payment, record)) | {f"rec:{handle}"},
        number=number_key(number) if number else "",
        loose=number_loose(number) if number else "",
        parties=_parties(other, [account] if account is not None else []),
        name=_name(other),
        settles=tuple(each.target for each in payment.allocations if each.target is not None),
    )


def keys_of_payment(payment: Payment, record: Record) -> Iterator[str]:
    """All that a bank may call the payment: its ids, those of its batch, its reference."""
    yield from payment_keys(
        uetr=payment.uetr,
        end_to_end=payment.end_to_end_id,
        batches=(payment.batch_id, payment.message_id),
        instruction=payment.instruction_id,
    )
    yield from reference_keys(payment.structured_ref)
    linked = [ref.id for ref in payment.refs if ref.role in ("payment", "bank_transaction")]
    yield from _own_ids(record, linked)


def _of_bill(handle: str, record: Record, bill: Bill, context: Context) -> Item | str | None:
    direction = direction_of(bill, context)
    stated = _open_amount(bill)
    if stated == 0:
        return None
    if stated is None or direction is None:
        return "its amount or its direction is not known; state both"
    ours = direction == "receivable"
    taken = abs(stated) if isinstance(bill, CreditNote) else -stated
    amount = -taken if ours else taken
    other = bill.buyer if ours else (bill.payee or bill.seller)
    number = bill.number or ""
    return Item(
        handle=handle,
        kind=kind_of(bill),  # type: ignore[arg-type]  # every Bill is one of the kinds
        amount=amount,
        currency=bill.currency or "",
        day=bill.issue_date,
        due=bill.due_date,
        discounts=tuple(_discounts(bill, amount)),
        keys=frozenset(_keys_of_bill(bill, record)) | {f"rec:{handle}"},
        number=number_key(number) if number else "",
        loose=number_loose(number) if number else "",
        parties=_parties_of(bill, ours),
        name=_name(other),
        settles=(),
    )


def _parties_of(bill: Bill, ours: bool) -> frozenset[str]:
    """The buyer of what we sell; the seller, the payee and their accounts of what we buy."""
    if ours:
        return _parties(bill.buyer, [])
    accounts = [account for way in bill.payment for account in way.accounts]
    return _parties(bill.seller, accounts) | _parties(bill.payee, [])


def _open_amount(bill: Bill) -> int | None:
    """What is still open on it, else what is payable; None when neither is stated."""
    left = units(bill.balance)
    return left if left is not None else payable_amount(bill)


def payable_amount(bill: Bill) -> int | None:
    """The whole amount to be paid, as stated; else the gross amount."""
    totals = bill.totals
    stated = (totals.payable, totals.gross) if totals is not None else ()
    return next((each for each in map(units, stated) if each is not None), None)


def _keys_of_bill(bill: Bill, record: Record) -> Iterator[str]:
    for way in bill.payment:
        yield from reference_keys(way.reference)
    yield from _own_ids(record)


def _own_ids(record: Record, linked: Iterable[str | None] = ()) -> Iterator[str]:
    """By what the systems it came from know it."""
    for source in (record.source, *record.sources):
        if source is not None and source.system:
            yield from own_keys(source.system, [source.object_id, *linked])
    if record.id:
        yield f"rec:{record.id}"


def _parties(party: Party | None, accounts: list[BankAccount]) -> frozenset[str]:
    """What the other side is recognised by; a name without its country, as banks state none."""
    found = rungs(party, accounts)
    return frozenset(rung.rpartition("|")[0] if basis == "name" else rung for basis, rung in found)


def _name(party: Party | None) -> Name:
    return name_of((party and (party.name or party.trading_name)) or "")


def _discounts(bill: Bill, amount: int) -> Iterator[Discount]:
    for each in bill.terms.discounts if bill.terms is not None else ():
        taken = units(each.amount)
        if taken is None and each.percent is not None and each.percent.is_finite():
            taken = share(abs(amount), each.percent, bill.currency)
        if taken and 0 < taken < abs(amount):
            yield Discount(_until(each, bill.issue_date), taken if amount > 0 else -taken)


def _until(discount: EarlyDiscount, issued: datetime.date | None) -> datetime.date | None:
    if discount.until is not None or discount.days is None or issued is None:
        return discount.until
    try:
        return issued + datetime.timedelta(days=discount.days)
    except OverflowError:
        return None
