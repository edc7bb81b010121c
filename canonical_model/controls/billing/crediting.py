"""The credit note for goods that came back, at the prices they were invoiced at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from canonical_model.controls.billing.drafts import (
    BillingSettings,
    Draft,
    Problem,
    money,
    shared,
    tax_totals,
    taxed,
    totals,
    with_amount,
)
from canonical_model.controls.match.arrivals import day_of, moves
from canonical_model.controls.match.entry import Entry
from canonical_model.controls.match.ledger import Claim, Ledger, Posted
from canonical_model.controls.match.order_line import OrderLine
from canonical_model.controls.match.pairing import Pairing
from canonical_model.controls.match.ratios import NOTHING, decimal, fraction, words
from canonical_model.controls.match.settings import MatchSettings
from canonical_model.controls.match.side import SELLING, only
from canonical_model.documents import AnyDocument
from canonical_model.documents.credit_note import CreditNote
from canonical_model.documents.invoice import Bill, Invoice
from canonical_model.documents.movement import Movement
from canonical_model.documents.purchase_order import Order
from canonical_model.parts.line import Line
from canonical_model.parts.reference import Ref
from canonical_model.parts.tax import Adjustment

_USUAL = BillingSettings()
_USUAL_MATCH = MatchSettings()
_CREDIT_NOTE = "381"  # UNTDID 1001


@dataclass(slots=True)
class _Credited:
    """Part of an invoice line that is taken back; in the unit of the invoice line."""

    posted: Posted
    claim: Claim
    quantity: Fraction
    entry: Entry


@dataclass(slots=True)
class _Goods:
    parts: list[_Credited] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def credit_for(
    movement: Movement,
    documents: Iterable[AnyDocument],
    settings: BillingSettings = _USUAL,
    matching: MatchSettings = _USUAL_MATCH,
) -> Draft:
    """A credit note for what a return, or the reversal of a shipment, brings back.

    `documents` are the orders with their invoices and credit notes. What was accepted is credited,
    the newest invoice first; allowances go with the goods, charges are not given back.
    """
    given = list(documents)
    ledger = Ledger([each for each in given if isinstance(each, Order)], matching, SELLING)
    posted = [ledger.ask(each) for each in only(given, Invoice, CreditNote)]
    ledger.settle(posted)
    goods = _returned(movement, ledger, posted, Pairing(ledger.book, matching))
    if not goods.problems and not goods.parts:
        goods.problems.append(Problem(message="nothing of it was accepted; nothing is credited"))
    if len({each.posted.bill.currency for each in goods.parts}) > 1:
        goods.problems.append(Problem(message="its invoices are in several currencies"))
    if goods.problems:
        return Draft(problems=goods.problems)
    return Draft(document=_credit_note(movement, goods.parts, settings))


def _returned(
    movement: Movement, ledger: Ledger, posted: Sequence[Posted], pairing: Pairing
) -> _Goods:
    goods, head = _Goods(), SELLING.moving_head(movement)
    taken: dict[int, Fraction] = {}
    for entry, accepted in moves(movement):
        entry.price = None  # what the goods cost us says nothing about their price
        entry.quantity = abs(entry.quantity or NOTHING) * accepted
        if not entry.quantity:
            continue
        paired = pairing.pair(entry, head, "credit", _take_back)
        if not paired.shares:
            why = f"it is of no order that is known: {paired.why}; send the order"
            goods.problems.append(Problem(line=entry.id, message=why))
        for line, quantity in paired.shares.items():
            goods.problems += _faults(entry, line, quantity)
            goods.parts += _parts(entry, line, quantity or NOTHING, posted, taken)
    return goods


def _take_back(line: OrderLine, quantity: Fraction) -> None:
    line.credited += quantity


def _faults(entry: Entry, line: OrderLine, quantity: Fraction | None) -> Iterator[Problem]:
    if quantity is None:
        why = f"nobody has said how its unit converts into {line.unit}; state a conversion"
        yield Problem(line=entry.id, message=why)
    elif line.credited > line.billed:
        said = f"{words(line.credited)} {line.unit or ''} came back in all"
        why = f"{said}, {words(line.billed)} were invoiced; send the invoice"
        yield Problem(line=entry.id, message=why)


def _parts(
    entry: Entry,
    line: OrderLine,
    quantity: Fraction,
    posted: Sequence[Posted],
    taken: dict[int, Fraction],
) -> Iterator[_Credited]:
    """The invoice lines that billed an order line, newest first, as far as they reach."""
    for bill in reversed(posted):
        for claim in bill.claims if not bill.credit else ():
            share, billed = claim.paired.shares.get(line), claim.entry.quantity
            if not share or not billed or claim.takes_back:
                continue
            part = min(quantity, share - taken.get(id(claim), NOTHING))
            if part > 0:
                taken[id(claim)] = taken.get(id(claim), NOTHING) + part
                quantity -= part
                yield _Credited(bill, claim, part * billed / share, entry)


def _credit_note(
    movement: Movement, parts: Sequence[_Credited], settings: BillingSettings
) -> CreditNote:
    bills = {id(each.posted): each.posted.bill for each in parts}
    first = next(iter(bills.values()))
    lines = [_line(str(at), each, movement, settings) for at, each in enumerate(parts, 1)]
    adjustments = [each for bill in bills.values() for each in _allowances(bill, parts)]
    known = [each for bill in bills.values() for each in bill.taxes]
    taxes = tax_totals(lines, adjustments, known, first.currency)
    named = [
        Ref(role="preceding", number=bill.number, date=bill.issue_date) for bill in bills.values()
    ]
    orders = {(r.role, r.number): r for bill in bills.values() for r in bill.refs if _is_order(r)}
    number = _called(movement)
    return CreditNote(
        number=settings.credit_prefix + number if number else None,
        issue_date=day_of(movement),
        currency=first.currency,
        direction="receivable",
        type_code=_CREDIT_NOTE,
        entity=first.entity,
        seller=first.seller,
        buyer=first.buyer,
        buyer_reference=first.buyer_reference,
        lines=lines,
        adjustments=adjustments,
        taxes=taxes,
        totals=totals(lines, adjustments, taxes, first.currency),
        refs=[*named, *orders.values(), Ref(role="return", number=number)],
    )


def _called(movement: Movement) -> str | None:
    """What both sides call the return: its authorisation (RMA) where there is one."""
    agreed = (ref.number for ref in movement.refs if ref.role == "return" and ref.number)
    return next(agreed, movement.number)


def _is_order(ref: Ref) -> bool:
    return ref.role in ("order", "sales_order")


def _line(number: str, part: _Credited, movement: Movement, settings: BillingSettings) -> Line:
    at = int(part.claim.entry.path.partition("[")[2].rstrip("]"))
    line, currency = part.posted.bill.lines[at], part.posted.bill.currency
    return Line(
        id=number,
        kind="detail",
        quantity=decimal(part.quantity),
        unit=line.unit,
        price=line.price,
        net=money(part.quantity * (part.claim.entry.price or NOTHING), currency),
        item=line.item,
        taxes=taxed(line, settings),
        account=line.account,
        accounting_ref=line.accounting_ref,
        dimensions=line.dimensions,
        refs=[
            *(ref for ref in line.refs if _is_order(ref)),
            Ref(role="return", number=_called(movement), line=part.entry.id),
        ],
    )


def _allowances(bill: Bill, parts: Sequence[_Credited]) -> Iterator[Adjustment]:
    """Allowances of an invoice as far as its goods come back."""
    mine = [each for each in parts if each.posted.bill is bill]
    back = sum((e.quantity * (e.claim.entry.price or NOTHING) for e in mine), NOTHING)
    whole = sum((fraction(line.net) or NOTHING for line in bill.lines), NOTHING)
    for each in bill.adjustments:
        if each.kind == "allowance" and whole:
            amount = shared(each, back / whole, whole, bill.currency)
            if amount:
                yield with_amount(each, amount)
