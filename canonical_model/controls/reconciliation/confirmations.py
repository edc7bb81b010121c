"""What reports of banks mean for payments, and for the invoices they were made for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Final

from canonical_model.base.scalars import Amount, Code, Count, Date, Maybe, Part, Text, says
from canonical_model.controls.reconciliation.effects import (
    DocumentEffect,
    Targets,
    invoice_effects,
    payment_step,
)
from canonical_model.controls.reconciliation.open_items import keys_of_payment
from canonical_model.controls.reconciliation.payment_news import News, news_of
from canonical_model.controls.reconciliation.proposal import Unreconciled
from canonical_model.controls.reconciliation.whole_units import amount_of, units
from canonical_model.documents.payment import Payment, Settlement
from canonical_model.envelope import Record, State

_EXCEPTIONS: Final[dict[Settlement, str]] = {
    "rejected": "target_rejected",
    "cancelled": "target_rejected",
    "returned": "payment_returned",
}


class Confirmation(Part, frozen=True, kw_only=True):
    """What one report says of one payment, and where it and its invoices go."""

    report: Annotated[Text, says("Handle of the report or bank line")]
    place: Annotated[Maybe[Count], says("Which line or detail of it")] = None
    date: Annotated[Maybe[Date], says("Day it happened")] = None
    payment: Annotated[Text, says("Handle of the payment")]
    settlement: Annotated[Settlement, says("How far the payment has come")]
    state: Annotated[Maybe[State], says("State to move the payment to, where a step leads")] = None
    event: Annotated[Maybe[Code], says("Event of that step")] = None
    exception: Annotated[Maybe[Code], says("Exception to open on the payment")] = None
    reason_code: Annotated[Maybe[Code], says("The bank's code", examples=["AC04"])] = None
    reason: Annotated[Maybe[Text], says("The bank's words")] = None
    difference: Annotated[Maybe[Amount], says("Booked less ordered, where they differ")] = None
    invoices: Annotated[list[DocumentEffect], says("The documents the payment was made for")] = []


class Confirmations(Part, frozen=True, kw_only=True):
    """All that reports say, in the order in which it happened."""

    found: Annotated[list[Confirmation], says("Reports that belong to a payment")] = []
    unknown: Annotated[list[Unreconciled], says("Reports that belong to none, or to several")] = []


class _Payments:
    """Payments by all that a report may call them."""

    def __init__(self, payments: Mapping[str, Record]) -> None:
        self.of: dict[str, tuple[Record, Payment]] = {}
        self._by_key: dict[str, set[str]] = defaultdict(set)
        for handle, record in payments.items():
            if isinstance(record.document, Payment):
                self.of[handle] = record, record.document
                for key in keys_of_payment(record.document, record):
                    self._by_key[key].add(handle)

    def meant_by(self, news: News) -> list[str]:
        """The payments a report is about: by its best id, in its batch; else the whole batch."""
        batch = {handle for key in news.batches for handle in self._by_key.get(key, ())}
        named = [self._by_key[key] for key in news.keys if key in self._by_key]
        if named:
            # Ids that belong to different payments name none of them for sure.
            found = set.intersection(*named) or set.union(*named)
            return sorted(self._fitting(found & batch or found, news))
        single = any(key.startswith(("uetr:", "e2e:")) for key in news.keys)
        return [] if single or not self._comes_to(batch, news) else sorted(batch)

    def _comes_to(self, batch: set[str], news: News) -> bool:
        """A collective entry is about its batch only when it is the sum of it."""
        if news.amount is None:
            return True
        return sum(units(self.of[each][1].amount) or 0 for each in batch) == news.amount

    def has(self, key: str, handle: str) -> bool:
        """Whether the payment is known by the key."""
        return handle in self._by_key.get(key, ())

    def _fitting(self, found: set[str], news: News) -> set[str]:
        """Where an id was used more than once, those of the amount."""
        if len(found) < 2 or news.amount is None:
            return found
        same = {each for each in found if units(self.of[each][1].amount) == news.amount}
        return same or found


def confirmations(
    reports: Mapping[str, Record],
    payments: Mapping[str, Record],
    documents: Mapping[str, Record] | None = None,
) -> Confirmations:
    """Carry status reports, booked entries and returns to payments and on to their invoices.

    Nothing is moved: the state told is the step that the lifecycle allows from where it is now.
    """
    known = _Payments(payments)
    targets = Targets(documents or {})
    all_news = news_of(reports)
    single = {(each.handle, one) for each in all_news if each.keys for one in known.meant_by(each)}
    found: list[Confirmation] = []
    unknown: list[Unreconciled] = []
    for news in all_news:
        meant = known.meant_by(news)
        if not news.keys:  # of a payment that is named by itself, the batch says nothing
            meant = [each for each in meant if (news.handle, each) not in single]
        settlement = news.settlement
        if settlement is None or not meant or (len(meant) > 1 and not _whole(news, meant, known)):
            unknown += _unknown(news, meant)
            continue
        found += (_confirmed(news, each, settlement, known, targets) for each in meant)
    return Confirmations(found=found, unknown=unknown)


def _whole(news: News, meant: Sequence[str], known: _Payments) -> bool:
    """Whether a report may be about several payments: about a batch, not by one id."""
    return not any(known.has(key, each) for key in news.keys for each in meant)


def _unknown(news: News, meant: Sequence[str]) -> Iterator[Unreconciled]:
    """Most bank lines are about no payment of ours, so that only a return is told then."""
    if news.amount is not None and not meant and news.settlement != "returned":
        return
    why = "no payment has its ids"
    if news.settlement is None:
        why = "its status says nothing about single payments"
    elif meant:
        why = "several payments have its ids; tell them apart by batch or amount"
    yield Unreconciled(handle=news.handle, detail=news.place, why=why, near=list(meant[:3]))


def _confirmed(
    news: News, handle: str, settlement: Settlement, known: _Payments, targets: Targets
) -> Confirmation:
    record, payment = known.of[handle]
    settlement = _undone(news, payment, settlement)
    step = payment_step(record, settlement)
    rest = _rest(news, payment) if any(known.has(key, handle) for key in news.keys) else 0
    return Confirmation(
        report=news.handle,
        place=news.place,
        date=news.when if news.when.year > 1 else None,
        payment=handle,
        settlement=settlement,
        state=step.target if step is not None else None,
        event=step.event if step is not None else None,
        exception=_EXCEPTIONS.get(settlement),
        reason_code=news.code,
        reason=news.reason,
        difference=amount_of(rest, payment.currency) if rest else None,
        invoices=list(invoice_effects(payment, settlement, targets)),
    )


def _rest(news: News, payment: Payment) -> int:
    ordered = units(payment.amount)
    return 0 if news.amount is None or ordered is None else news.amount - ordered


def _undone(news: News, payment: Payment, settlement: Settlement) -> Settlement:
    """Money that flows the other way brings the payment back, whether or not it says why."""
    if news.incoming is None or payment.direction is None:
        return settlement
    return settlement if news.incoming == (payment.direction == "in") else "returned"
