"""What a provider's payout is made of: the charges, refunds and fees that come to its amount."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Literal

from canonical_model.base.scalars import Amount, Code, Currency, Maybe, Part, Text, says
from canonical_model.controls.reconciliation.subset_sums import MOST, prefix, subset
from canonical_model.controls.reconciliation.whole_units import amount_of, units
from canonical_model.documents.bank_transaction import BankTransaction
from canonical_model.documents.payment import Payment
from canonical_model.envelope import Record

Basis = Literal["batch", "balance", "sum", "none"]
_PRIVATE: Final = "prtry:"


class PayoutEntry(Part, frozen=True, kw_only=True):
    """One movement of the provider's balance inside a payout."""

    entry: Annotated[Text, says("Handle of the movement")]
    sort: Annotated[Maybe[Code], says("The provider's word for it", examples=["charge"])] = None
    gross: Annotated[Amount, says("Before fees, signed: above zero is ours")]
    fee: Annotated[Amount, says("What the provider keeps; below zero it gives back")]
    net: Annotated[Amount, says("What reaches the payout")]
    payment: Annotated[Maybe[Text], says("Handle of the charge or refund it belongs to")] = None


class PayoutBreakdown(Part, frozen=True, kw_only=True):
    """A payout and what it consists of."""

    payout: Annotated[Text, says("Handle of the payout")]
    currency: Annotated[Maybe[Currency], says("Its currency")] = None
    amount: Annotated[Amount, says("What is paid out")]
    basis: Annotated[
        Basis,
        says("The provider says so; all that was available; a choice that fits; nothing fits"),
    ]
    gross: Annotated[Amount, says("Sum of the entries before fees")]
    fees: Annotated[Amount, says("Sum of the fees, its own included")]
    difference: Annotated[Amount, says("What the entries leave unexplained")]
    complete: Annotated[bool, says("Whether nothing is left unexplained")]
    entries: Annotated[list[PayoutEntry], says("What it consists of, oldest first")] = []


@dataclass(frozen=True, slots=True)
class _Entry:
    handle: str
    account: tuple[str, str]
    currency: str
    day: datetime.date
    batch: frozenset[str]
    names: frozenset[str]
    sort: str
    gross: int
    fee: int

    @property
    def net(self) -> int:
        return self.gross - self.fee


def explain_payouts(
    payouts: Mapping[str, Record],
    entries: Mapping[str, Record],
    payments: Mapping[str, Record] | None = None,
) -> list[PayoutBreakdown]:
    """Each payout with its charges, refunds and fees, oldest first.

    Square names the payout on each entry; Stripe and PayPal pay out what is available, so that the
    movements of the balance up to the payout must come to its amount. No entry is used twice.
    """
    known = sorted(_entries(entries), key=lambda each: (each.day, each.handle))
    owners = _owners(payments or {})
    used: set[str] = set()
    found: list[PayoutBreakdown] = []
    for handle in sorted(payouts, key=lambda each: (_paid_on(payouts[each]), each)):
        document = payouts[handle].document
        if isinstance(document, Payment) and units(document.amount) is not None:
            left = [each for each in known if each.handle not in used]
            basis, chosen = _chosen(payouts[handle], document, left)
            used.update(each.handle for each in chosen)
            found.append(_breakdown(handle, document, basis, chosen, owners))
    return found


def _entries(records: Mapping[str, Record]) -> Iterator[_Entry]:
    for handle, record in records.items():
        document = record.document
        if isinstance(document, BankTransaction) and document.direction is not None:
            amount = units(document.amount)
            if amount is not None:
                yield _entry(handle, document, amount)


def _entry(handle: str, line: BankTransaction, amount: int) -> _Entry:
    sort = (line.bank_code or "").removeprefix(_PRIVATE)
    charged = sum(units(each.amount) or 0 for each in line.charges)
    refs = [detail.refs for detail in line.details if detail.refs is not None]
    linked = (ref.id for detail in line.details for ref in detail.structured_refs)
    account = line.account
    # A refund's fee is given back: Square and PayPal state it without its sign.
    returned = line.direction == "debit" and "refund" in sort.casefold()
    return _Entry(
        handle=handle,
        account=((account.scheme or "", account.value) if account is not None else ("", "")),
        currency=line.currency or "",
        day=line.value_date or line.booking_date or datetime.date.min,
        batch=frozenset(filter(None, [ref.batch for ref in refs])),
        names=frozenset(filter(None, [*(ref.provider for ref in refs), *linked])),
        sort=sort,
        gross=amount if line.direction == "credit" else -amount,
        fee=-charged if returned else charged,
    )


def _owners(payments: Mapping[str, Record]) -> dict[str, str]:
    """The provider's ids of charges and refunds, and the handles of these."""
    found: dict[str, str] = {}
    for handle in sorted(payments):
        record = payments[handle]
        for source in (record.source, *record.sources):
            if source is not None and source.object_id:
                found.setdefault(source.object_id, handle)
    return found


def _paid_on(record: Record) -> datetime.date:
    document = record.document
    if not isinstance(document, Payment):
        return datetime.date.min
    return document.issue_date or document.value_date or datetime.date.min


def _chosen(record: Record, payout: Payment, left: Sequence[_Entry]) -> tuple[Basis, list[_Entry]]:
    own = record.source.object_id if record.source is not None else None
    same = [each for each in left if each.currency == (payout.currency or "")]
    named = [each for each in same if own and (own in each.batch or each.account[1] == own)]
    if named:
        return "batch", [each for each in named if not _is_itself(each, own)]
    itself = next((each for each in same if _is_itself(each, own)), None)
    day = itself.day if itself is not None else payout.value_date or _paid_on(record)
    account = itself.account if itself is not None else None
    before = [
        each
        for each in same
        if each.day <= day and account in (None, each.account) and not _is_payout(each)
    ]
    return _coming_to(_wanted(payout), before)


def _is_itself(entry: _Entry, own: str | None) -> bool:
    return own is not None and own in entry.names and _is_payout(entry)


def _is_payout(entry: _Entry) -> bool:
    return "payout" in entry.sort.casefold() and entry.gross < 0


def _wanted(payout: Payment) -> list[int]:
    """The amount of the payout, and the same before a fee that is taken from it."""
    amount, fees = units(payout.amount) or 0, units(payout.fees) or 0
    return [amount, amount + fees] if fees else [amount]


def _coming_to(wanted: list[int], entries: list[_Entry]) -> tuple[Basis, list[_Entry]]:
    nets = [each.net for each in entries]
    for amount in wanted:
        if entries and sum(nets) == amount:
            return "balance", entries
    for amount in wanted:
        if count := prefix(nets, amount):
            return "balance", entries[:count]
    recent = entries[-MOST:]
    for amount in wanted:
        chosen = subset([each.net for each in recent], amount)
        if chosen is not None and chosen.only:
            return "sum", [recent[place] for place in chosen.places]
    return "none", []


def _breakdown(
    handle: str, payout: Payment, basis: Basis, chosen: list[_Entry], owners: Mapping[str, str]
) -> PayoutBreakdown:
    currency = payout.currency
    net = sum(each.net for each in chosen)
    wanted = _wanted(payout)
    rest = min((amount - net for amount in wanted), key=abs)
    own_fee = wanted[-1] - wanted[0] if rest == wanted[-1] - net else 0
    return PayoutBreakdown(
        payout=handle,
        currency=currency,
        amount=amount_of(wanted[0], currency),
        basis=basis,
        gross=amount_of(sum(each.gross for each in chosen), currency),
        fees=amount_of(sum(each.fee for each in chosen) + own_fee, currency),
        difference=amount_of(rest, currency),
        complete=bool(chosen) and not rest,
        entries=[_told(each, currency, owners) for each in chosen],
    )


def _told(entry: _Entry, currency: str | None, owners: Mapping[str, str]) -> PayoutEntry:
    payment = next((owners[name] for name in sorted(entry.names) if name in owners), None)
    return PayoutEntry(
        entry=entry.handle,
        sort=entry.sort or None,
        gross=amount_of(entry.gross, currency),
        fee=amount_of(entry.fee, currency),
        net=amount_of(entry.net, currency),
        payment=payment,
    )
