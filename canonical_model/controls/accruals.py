"""Received and not invoiced: the report at a closing day, and its accrual with the reversal."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Annotated

from msgspec import structs

from canonical_model.base.scalars import Amount, Code, Count, Date, Maybe, Number, Part, Text, says
from canonical_model.checks.figures import figures_of
from canonical_model.controls.match.arrivals import day_of
from canonical_model.controls.match.ledger import Ledger
from canonical_model.controls.match.order_line import OrderLine
from canonical_model.controls.match.ratios import decimal
from canonical_model.controls.match.settings import MatchSettings
from canonical_model.controls.match.side import BUYING, only
from canonical_model.documents import AnyDocument
from canonical_model.documents.credit_note import CreditNote
from canonical_model.documents.invoice import Bill, Invoice
from canonical_model.documents.journal_entry import JournalEntry, JournalLine
from canonical_model.documents.movement import Movement
from canonical_model.parts.address import Dimension
from canonical_model.parts.money import Money
from canonical_model.parts.reference import Ref
from canonical_model.wire.normal import pad

_USUAL = MatchSettings()


class OpenReceipt(Part, frozen=True, kw_only=True):
    """An order line of which more was received than invoiced."""

    order: Annotated[Maybe[Text], says("Number of the order")] = None
    line: Annotated[Text, says("Line of the order")]
    party: Annotated[Maybe[Text], says("The supplier's master id, else its name")] = None
    item: Annotated[Maybe[Text], says("What was received")] = None
    entity: Annotated[Maybe[Text], says("Our legal entity")] = None
    received: Annotated[Number, says("Received and kept")]
    invoiced: Annotated[Number, says("Invoiced less credited")]
    open: Annotated[Number, says("The difference")]
    unit: Annotated[Maybe[Code], says("Unit of the three")] = None
    price: Annotated[Maybe[Number], says("Net price of one unit, as ordered")] = None
    amount: Annotated[Maybe[Amount], says("What will be invoiced; absent without a price")] = None
    currency: Annotated[Maybe[Code], says("Its currency")] = None
    since: Annotated[Maybe[Date], says("Day of the oldest receipt that is not invoiced")] = None
    age_days: Annotated[Maybe[Count], says("Days from then to the closing day")] = None
    account: Annotated[Maybe[Code], says("Ledger account of the order line")] = None
    dimensions: Annotated[list[Dimension], says("Cost centre, project, …")] = []


class UnplacedReceipt(Part, frozen=True, kw_only=True):
    """A receipt line that is for no order line; nobody can say what it will cost."""

    receipt: Annotated[Maybe[Text], says("Number of the receipt")] = None
    line: Annotated[Text, says("Line of the receipt")]
    quantity: Annotated[Maybe[Number], says("How much")] = None
    unit: Annotated[Maybe[Code], says("Its unit")] = None


class AccrualReport(Part, frozen=True, kw_only=True):
    """What we have and have not been asked to pay, on a day."""

    on: Annotated[Date, says("Closing day; later documents are left out")]
    lines: Annotated[list[OpenReceipt], says("Oldest order first")] = []
    totals: Annotated[list[Money], says("By currency")] = []
    unplaced: Annotated[list[UnplacedReceipt], says("Receipt lines without an order line")] = []


class Accrual(Part, frozen=True, kw_only=True):
    """An entry and the one that takes it back when the invoices come."""

    entry: Annotated[JournalEntry, says("On the closing day")]
    reversal: Annotated[JournalEntry, says("The same the other way round")]


def received_not_invoiced(
    documents: Iterable[AnyDocument], on: datetime.date, settings: MatchSettings = _USUAL
) -> AccrualReport:
    """What was received up to a day and not invoiced by then.

    Documents without a day count. A line is worth its order's price, whatever will be invoiced.
    """
    known = [each for each in documents if (_day(each) or on) <= on]
    ledger = Ledger(known, settings, BUYING)
    ledger.settle([ledger.ask(bill) for bill in only(known, Invoice, CreditNote)])
    ledger.trust_invoiced()
    lines = [_open(line, on) for line in ledger.book.lines if line.received > line.invoiced]
    unplaced = [
        UnplacedReceipt(
            receipt=each.movement.number,
            line=each.entry.id,
            quantity=None if each.entry.quantity is None else decimal(each.entry.quantity),
            unit=each.entry.unit,
        )
        for each in ledger.unplaced
    ]
    return AccrualReport(on=on, lines=lines, totals=_totals(lines), unplaced=unplaced)


def accrual_journals(
    report: AccrualReport, *, accrued: str, expense: str, reversed_on: datetime.date
) -> list[Accrual]:
    """One entry for each entity and currency, and its reversal.

    `accrued` is the account of what we owe; `expense` that of order lines which name none.
    """
    groups: defaultdict[tuple[str, str], list[OpenReceipt]] = defaultdict(list)
    for line in report.lines:
        if line.amount:
            groups[line.entity or "", line.currency or ""].append(line)
    return [
        _accrual(report.on, group, lines, (accrued, expense), reversed_on)
        for group, lines in sorted(groups.items())
    ]


def _day(document: AnyDocument) -> datetime.date | None:
    if isinstance(document, Movement):
        return day_of(document)
    if isinstance(document, Bill):
        return document.posting_date or document.issue_date
    return None


def _open(line: OrderLine, on: datetime.date) -> OpenReceipt:
    quantity, price = line.received - line.invoiced, line.price
    since, party = _since(line), BUYING.party(line.order)
    return OpenReceipt(
        order=line.order.number,
        line=line.entry.id,
        party=(party.master_id or party.name) if party is not None else None,
        item=line.entry.name or None,
        entity=line.order.entity,
        received=decimal(line.received),
        invoiced=decimal(line.invoiced),
        open=decimal(quantity),
        unit=line.unit,
        price=None if price is None else decimal(price),
        amount=None if price is None else _money(quantity * price, line.order.currency),
        currency=line.order.currency,
        since=since,
        age_days=None if since is None else max((on - since).days, 0),
        account=line.line.account,
        dimensions=line.line.dimensions or line.order.dimensions,
    )


def _money(exact: Fraction, currency: str | None) -> Decimal:
    return pad(figures_of(currency).rounded(decimal(exact)), currency)


def _since(line: OrderLine) -> datetime.date | None:
    """Invoices are for what came first; the first receipt that they do not cover is the oldest."""
    covered = line.invoiced
    dated = [(day, quantity) for day, quantity in line.arrivals if day is not None]
    for day, quantity in sorted(dated):
        covered -= quantity
        if covered < 0:
            return day
    return None


def _totals(lines: Sequence[OpenReceipt]) -> list[Money]:
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        if line.amount is not None and line.currency is not None:
            sums[line.currency] += line.amount
    return [Money(amount=amount, currency=currency) for currency, amount in sorted(sums.items())]


def _accrual(
    on: datetime.date,
    group: tuple[str, str],
    lines: Sequence[OpenReceipt],
    accounts: tuple[str, str],
    reversed_on: datetime.date,
) -> Accrual:
    entity, currency = group
    number = "-".join(filter(None, ("RNI", on.isoformat(), entity, currency)))
    entry = JournalEntry(
        number=number,
        issue_date=on,
        posting_date=on,
        currency=currency or None,
        entity=entity or None,
        lines=_postings(lines, *accounts),
        type="accrual",
    )
    reversal = structs.replace(
        entry,
        number=f"{number}-R",
        issue_date=reversed_on,
        posting_date=reversed_on,
        lines=[_turned(each) for each in entry.lines],
        reverses=number,
        origin=Ref(role="journal", number=number),
    )
    return Accrual(entry=entry, reversal=reversal)


def _postings(lines: Sequence[OpenReceipt], accrued: str, expense: str) -> list[JournalLine]:
    """A debit for each order line, a credit for each supplier."""
    owed: defaultdict[str, Decimal] = defaultdict(Decimal)
    debits = []
    for line in lines:
        amount = line.amount or Decimal(0)
        owed[line.party or ""] += amount
        debits.append(_debit(line, amount, expense))
    credits = [
        JournalLine(side="credit", amount=amount, account=accrued, party=party or None)
        for party, amount in sorted(owed.items())
    ]
    numbered = enumerate([*debits, *credits], 1)
    return [_numbered(each, str(at)) for at, each in numbered]


def _debit(line: OpenReceipt, amount: Decimal, expense: str) -> JournalLine:
    return JournalLine(
        side="debit",
        amount=amount,
        account=line.account or expense,
        dimensions=line.dimensions,
        description=line.item,
        refs=[Ref(role="order", number=line.order, line=line.line)],
    )


def _numbered(line: JournalLine, number: str) -> JournalLine:
    return structs.replace(line, id=number)


def _turned(line: JournalLine) -> JournalLine:
    return structs.replace(line, side="credit" if line.side == "debit" else "debit")
