"""The invoice for a shipment, at the prices of the orders it is for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from msgspec import structs

from canonical_model.controls.billing.drafts import (
    BillingSettings,
    Draft,
    Problem,
    due,
    money,
    shared,
    tax_totals,
    taxed,
    totals,
    with_amount,
)
from canonical_model.controls.match.arrivals import day_of, moves, receiving
from canonical_model.controls.match.book import Book
from canonical_model.controls.match.entry import Entry
from canonical_model.controls.match.order_line import OrderLine
from canonical_model.controls.match.pairing import Pairing
from canonical_model.controls.match.parties import marks
from canonical_model.controls.match.ratios import NOTHING, decimal, fraction
from canonical_model.controls.match.settings import MatchSettings
from canonical_model.controls.match.side import SELLING, only
from canonical_model.controls.match.units import Units
from canonical_model.documents import AnyDocument
from canonical_model.documents.invoice import Bill, Invoice
from canonical_model.documents.purchase_order import Order
from canonical_model.documents.shipment import Shipment
from canonical_model.identity import number_key
from canonical_model.parts.line import Line
from canonical_model.parts.reference import Ref
from canonical_model.parts.tax import Adjustment

_USUAL = BillingSettings()
_USUAL_MATCH = MatchSettings()
_COMMERCIAL_INVOICE = "380"  # UNTDID 1001


@dataclass(slots=True)
class _Goods:
    """What of which order line was shipped."""

    lines: list[tuple[OrderLine, Fraction, Entry]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def invoice_for(
    shipment: Shipment,
    documents: Iterable[AnyDocument],
    settings: BillingSettings = _USUAL,
    matching: MatchSettings = _USUAL_MATCH,
) -> Draft:
    """An invoice for what was shipped, even where more was ordered or less: the match judges that.

    `documents` are the orders, and earlier invoices for them: charges of an order come with its
    first one.
    """
    given = list(documents)
    goods = _shipped(shipment, given, matching)
    if not goods.problems and not goods.lines:
        goods.problems.append(Problem(message="it has no lines; send what was shipped"))
    goods.problems += _several(goods)
    if goods.problems:
        return Draft(problems=goods.problems)
    return Draft(document=_invoice(shipment, goods, only(given, Invoice), settings))


def _shipped(shipment: Shipment, documents: list[AnyDocument], matching: MatchSettings) -> _Goods:
    units = Units(matching.conversions)
    book = Book(SELLING.orders(documents), units, lambda each: marks(SELLING.party(each)))
    pairing, head, goods = Pairing(book, matching), SELLING.moving_head(shipment), _Goods()
    for entry, accepted in moves(shipment):
        paired = pairing.pair(entry, head, "receive", receiving(accepted, 1, None))
        if not paired.shares:
            why = f"no order line was found: {paired.why}; send the order, or name its line"
            goods.problems.append(Problem(line=entry.id, message=why))
        for line, quantity in paired.shares.items():
            fault = _fault(line, quantity)
            if fault or quantity is None:
                goods.problems.append(Problem(line=entry.id, message=fault))
            elif quantity:
                goods.lines.append((line, quantity * accepted, entry))
    return goods


def _fault(line: OrderLine, quantity: Fraction | None) -> str:
    if quantity is None:
        return f"nobody has said how its unit converts into {line.unit}; state a conversion"
    if line.price is None or line.by_value:
        return "the order states no price for a unit; send the order with prices"
    return ""


def _several(goods: _Goods) -> list[Problem]:
    """One invoice is for one customer, in one currency."""
    currencies = {line.order.currency for line, _, _ in goods.lines}
    buyers = {line.party for line, _, _ in goods.lines}
    if len(currencies) > 1 or len(buyers) > 1:
        message = "it is for several customers or currencies; send a shipment for each"
        return [Problem(message=message)]
    return []


def _invoice(
    shipment: Shipment, goods: _Goods, bills: Sequence[Bill], settings: BillingSettings
) -> Invoice:
    orders = _orders(goods)
    currency = orders[0].currency
    lines = [
        _line(str(at), line, quantity, settings, shipment, entry)
        for at, (line, quantity, entry) in enumerate(goods.lines, 1)
    ]
    adjustments = _adjustments(goods, orders, bills)
    known = [each for one in orders for each in one.taxes]
    taxes = tax_totals(lines, adjustments, known, currency)
    return structs.replace(
        _headed(shipment, orders, settings),
        lines=lines,
        adjustments=adjustments,
        taxes=taxes,
        totals=totals(lines, adjustments, taxes, currency),
    )


def _headed(shipment: Shipment, orders: Sequence[Order], settings: BillingSettings) -> Invoice:
    """What an invoice says of all its lines."""
    order, day = orders[0], day_of(shipment)
    days = order.terms.net_days if order.terms is not None else None
    return Invoice(
        number=settings.invoice_prefix + shipment.number if shipment.number else None,
        issue_date=day,
        due_date=due(day, days if days is not None else settings.due_days),
        currency=order.currency,
        direction="receivable",
        type_code=_COMMERCIAL_INVOICE,
        entity=order.entity,
        seller=order.seller,
        buyer=order.buyer,
        buyer_reference=order.buyer_reference,
        accounting_ref=order.accounting_ref,
        terms=order.terms,
        delivery=order.delivery,
        refs=[*(_ref(each) for each in orders), Ref(role="despatch", number=shipment.number)],
    )


def _orders(goods: _Goods) -> list[Order]:
    found = {line.number: line.order for line, _, _ in goods.lines}
    return [found[number] for number in sorted(found)]


def _ref(order: Order, line: str | None = None) -> Ref:
    day = None if line is not None else order.issue_date
    return Ref(role="order", number=order.number, line=line, date=day)


def _line(
    number: str,
    ordered: OrderLine,
    quantity: Fraction,
    settings: BillingSettings,
    shipment: Shipment,
    entry: Entry,
) -> Line:
    line, currency = ordered.line, ordered.order.currency
    return Line(
        id=number,
        kind="detail",
        quantity=decimal(quantity),
        unit=ordered.entry.unit,
        price=line.price,
        net=money(quantity * (ordered.price or NOTHING), currency),
        item=line.item,
        taxes=taxed(line, settings),
        adjustments=_shares(ordered, quantity),
        account=line.account,
        accounting_ref=line.accounting_ref,
        dimensions=line.dimensions,
        refs=[
            _ref(ordered.order, ordered.entry.id),
            Ref(role="despatch", number=shipment.number, line=entry.id),
        ],
    )


def _shares(ordered: OrderLine, quantity: Fraction) -> list[Adjustment]:
    """The allowances and charges of an order line, as far as its goods were shipped."""
    line, currency = ordered.line, ordered.order.currency
    share = quantity / ordered.entry.quantity if ordered.entry.quantity else NOTHING
    whole = fraction(line.net) or NOTHING
    return [with_amount(each, shared(each, share, whole, currency)) for each in line.adjustments]


def _adjustments(goods: _Goods, orders: Sequence[Order], bills: Sequence[Bill]) -> list[Adjustment]:
    """Charges of each order with its first invoice, allowances with the goods they are for."""
    billed = {number_key(ref.number or "") for bill in bills for ref in _named(bill)}
    shipped: defaultdict[str, Fraction] = defaultdict(Fraction)
    for line, quantity, _ in goods.lines:
        shipped[line.number] += quantity * (line.price or NOTHING)
    found: list[Adjustment] = []
    for order in orders:
        number = number_key(order.number or "")
        whole = sum((fraction(line.net) or NOTHING for line in order.lines), NOTHING)
        part = shipped[number] / whole if whole else NOTHING
        for each in order.adjustments:
            fixed = each.kind == "charge" and each.percent is None
            share = part if not fixed else Fraction(number not in billed)
            amount = shared(each, share, whole, order.currency)
            if amount:
                found.append(with_amount(each, amount))
    return found


def _named(bill: Bill) -> list[Ref]:
    refs = [*bill.refs, *(ref for line in bill.lines for ref in line.refs)]
    return [ref for ref in refs if ref.role in ("order", "sales_order")]
