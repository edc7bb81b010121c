"""Invoices for what was shipped, credit notes for what came back."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from canonical_model import checks
from canonical_model.controls.billing import BillingSettings, credit_for, invoice_for
from canonical_model.controls.match import match
from canonical_model.documents import AnyDocument
from canonical_model.documents.goods_return import Return
from canonical_model.documents.invoice import Invoice
from canonical_model.documents.sales_order import SalesOrder
from canonical_model.documents.shipment import Shipment
from canonical_model.parts.item import Item, Price
from canonical_model.parts.line import Line
from canonical_model.parts.movement import MoveLine
from canonical_model.parts.party import Party
from canonical_model.parts.reference import Ref
from canonical_model.parts.tax import Adjustment, Tax
from canonical_model.parts.terms import Terms

DAY = datetime.date(2026, 2, 3)
VAT = Tax(category="S", rate=Decimal(19))
FREIGHT = Adjustment(kind="charge", amount=Decimal("12.00"), reason="Freight", tax=VAT)
REBATE = Adjustment(kind="allowance", percent=Decimal(10), reason="Rebate", tax=VAT)


def order(quantity: str = "10", price: str = "7.35", *adjustments: Adjustment, **more: Any) -> Any:
    net = (Decimal(quantity) * Decimal(price)).quantize(Decimal("0.01"))
    line = Line(id="1", quantity=Decimal(quantity), unit="C62", price=Price(net=Decimal(price)),
                net=net, item=Item(name="Lamp", seller_id="L-1"), taxes=[VAT])  # fmt: skip
    return SalesOrder(number="SO-1", issue_date=DAY, currency="EUR", lines=[line],
                      buyer=Party(name="Kunde AG"), seller=Party(name="Wir GmbH"),
                      adjustments=list(adjustments), terms=Terms(net_days=14), **more)  # fmt: skip


def shipment(number: str, quantity: str, **more: Any) -> Shipment:
    return Shipment(number=number, posting_date=DAY, lines=[moved(quantity)], **more)


def returned(number: str, quantity: str, **more: Any) -> Return:
    line = msgspec.structs.replace(moved(quantity), **more)
    return Return(number=number, posting_date=DAY, direction="from_customer", lines=[line])


def moved(quantity: str) -> MoveLine:
    return MoveLine(id="1", quantity=Decimal(quantity), unit="C62", item=Item(seller_id="L-1"),
                    refs=[Ref(role="order", number="SO-1", line="1")])  # fmt: skip


def drafted(draft: Any) -> Any:
    assert not draft.problems, draft.problems
    assert draft.document is not None
    assert not [each for each in checks.check(draft.document) if each.severity == "error"]
    return draft.document


def test_what_was_shipped_is_invoiced_at_the_price_of_the_order() -> None:
    invoice = drafted(invoice_for(shipment("S-1", "8"), [order()]))
    assert (invoice.number, invoice.direction, invoice.issue_date) == ("INV-S-1", "receivable", DAY)
    assert invoice.due_date == DAY + datetime.timedelta(days=14)
    totals = invoice.totals
    assert (str(totals.net), str(totals.tax), str(totals.payable)) == ("58.80", "11.17", "69.97")
    assert [(r.role, r.number, r.line) for r in invoice.lines[0].refs] == [
        ("order", "SO-1", "1"), ("despatch", "S-1", "1"),
    ]  # fmt: skip


def test_freight_comes_with_the_first_invoice_alone() -> None:
    first = drafted(invoice_for(shipment("S-1", "4"), [order("10", "7.35", FREIGHT)]))
    second = drafted(invoice_for(shipment("S-2", "6"), [order("10", "7.35", FREIGHT), first]))
    assert [str(each.amount) for each in first.adjustments] == ["12.00"]
    assert second.adjustments == []


def test_a_rebate_goes_with_the_goods() -> None:
    invoice = drafted(invoice_for(shipment("S-1", "4"), [order("10", "7.35", REBATE)]))
    assert [str(each.amount) for each in invoice.adjustments] == ["2.94"]


def test_an_order_without_taxes_takes_those_of_the_settings() -> None:
    bare = order()
    bare = msgspec.structs.replace(bare, lines=[msgspec.structs.replace(bare.lines[0], taxes=[])])
    settings = BillingSettings(tax_category="S", tax_rate=Decimal(19))
    invoice = drafted(invoice_for(shipment("S-1", "8"), [bare], settings))
    assert str(invoice.totals.tax) == "11.17"


def test_more_than_was_ordered_is_drafted_and_held_by_the_match() -> None:
    sent = shipment("S-1", "12")
    invoice = drafted(invoice_for(sent, [order()]))
    found = match(invoice, [order(), sent])
    assert (found.holds, found.verdict) == (True, "over_invoiced")


def test_what_no_order_is_known_for_is_not_invoiced() -> None:
    draft = invoice_for(shipment("S-1", "1"), [])
    assert draft.document is None
    assert "no order line was found" in draft.problems[0].message


def test_a_unit_that_nobody_can_convert_is_not_invoiced() -> None:
    boxes = msgspec.structs.replace(moved("1"), unit="XBX")
    draft = invoice_for(Shipment(number="S-1", lines=[boxes]), [order()])
    assert "converts into C62" in draft.problems[0].message


def test_what_came_back_is_credited_at_the_price_it_was_invoiced_at() -> None:
    documents: list[AnyDocument] = [order(), drafted(invoice_for(shipment("S-1", "8"), [order()]))]
    credit = drafted(credit_for(returned("R-1", "3", accepted=Decimal(2)), documents))
    assert (credit.number, credit.lines[0].quantity) == ("CN-R-1", Decimal(2))
    assert str(credit.totals.payable) == "17.49"
    assert [(r.role, r.number) for r in credit.refs] == [
        ("preceding", "INV-S-1"), ("order", "SO-1"), ("return", "R-1"),
    ]  # fmt: skip
    assert not match(credit, documents).holds


def test_more_than_was_invoiced_is_not_credited() -> None:
    documents: list[AnyDocument] = [order(), drafted(invoice_for(shipment("S-1", "8"), [order()]))]
    documents.append(drafted(credit_for(returned("R-1", "3"), documents)))
    draft = credit_for(returned("R-2", "6"), documents)
    assert draft.document is None
    assert "9 C62 came back in all, 8 were invoiced" in draft.problems[0].message


parts = st.lists(st.integers(1, 9), min_size=1, max_size=5)


@given(parts, st.decimals("0.01", "99.99", places=2))
def test_shipments_of_a_whole_order_bill_it_whole(shares: list[int], price: Decimal) -> None:
    whole = order(str(sum(shares)), str(price), FREIGHT, REBATE)
    documents: list[AnyDocument] = [whole]
    for number, share in enumerate(shares):
        sent = shipment(f"S-{number}", str(share))
        documents += [sent, drafted(invoice_for(sent, documents))]
    bills = [each for each in documents if isinstance(each, Invoice)]
    assert sum(bill.lines[0].net or 0 for bill in bills) == whole.lines[0].net
    charges = [a.amount for bill in bills for a in bill.adjustments if a.kind == "charge"]
    assert charges == [Decimal("12.00")]
    last = [each for each in documents if each is not bills[-1]]
    assert match(bills[-1], last).verdict in ("matched", "within_tolerance", "charge_variance")


@given(parts)
def test_everything_back_is_everything_credited(shares: list[int]) -> None:
    whole = order(str(sum(shares)), "7.35")
    invoice = drafted(invoice_for(shipment("S-1", str(sum(shares))), [whole]))
    documents: list[AnyDocument] = [whole, invoice]
    credits = []
    for number, share in enumerate(shares):
        credits.append(drafted(credit_for(returned(f"R-{number}", str(share)), documents)))
        documents.append(credits[-1])
    assert sum(each.totals.net for each in credits) == invoice.totals.net
