"""What makes two deliveries one invoice, order, answer or quote."""

from __future__ import annotations

from canonical_model.documents.invoice import Bill
from canonical_model.documents.order_response import OrderResponse
from canonical_model.documents.purchase_order import PurchaseOrder
from canonical_model.documents.quote import Quote
from canonical_model.documents.sales_order import SalesOrder
from canonical_model.documents.tax_determination import TaxDetermination
from canonical_model.envelope import Context, Source
from canonical_model.identity.direction import counterparty, direction_of
from canonical_model.identity.key_parts import (
    Found,
    bill_accounts,
    entity_part,
    number_part,
    order_numbers,
    year_part,
)
from canonical_model.identity.normalise import plain
from canonical_model.identity.record_ids import NATURAL
from canonical_model.identity.rungs import rungs


def invoice(document: Bill, source: Source, context: Context) -> Found:
    """Number and year of issue, of each counterparty rung."""
    return _bill("invoice", document, context)


def credit_note(document: Bill, source: Source, context: Context) -> Found:
    """As an invoice, but never one with it."""
    return _bill("credit_note", document, context)


def _bill(bill_class: str, document: Bill, context: Context) -> Found:
    number = number_part(document.number)
    if not number:
        return []
    direction = direction_of(document, context)
    # On a receivable the accounts to pay to are ours and say nothing about the buyer.
    accounts = bill_accounts(document) if direction != "receivable" else ()
    head = [direction or "", entity_part(document, context)]
    tail = [bill_class, number, year_part(document.issue_date)]
    other = rungs(counterparty(document, direction), accounts)
    return [(basis, [*head, rung, *tail]) for basis, rung in other]


def purchase_order(document: PurchaseOrder, source: Source, context: Context) -> Found:
    """The number its buyer gave it; a change is a revision of the same order."""
    if direction_of(document, context) != "receivable":
        return _numbered(document, entity_part(document, context))
    # An order we receive has the customer's number: two customers may both have 4500000001.
    number = number_part(document.number)
    entity = entity_part(document, context)
    return [(basis, [entity, rung, number]) for basis, rung in rungs(document.buyer) if number]


def sales_order(document: SalesOrder, source: Source, context: Context) -> Found:
    """The number we gave it."""
    return _numbered(document, entity_part(document, context))


def order_response(document: OrderResponse, source: Source, context: Context) -> Found:
    """The number of the answer, with the orders it answers."""
    number = number_part(document.number)
    tail = [number, " ".join(order_numbers(document))]
    return _traded(document, context, tail) if number else []


def quote(document: Quote, source: Source, context: Context) -> Found:
    """Number and year, by whom we deal with."""
    number = number_part(document.number)
    tail = [document.type or "", number, year_part(document.issue_date)]
    return _traded(document, context, tail) if number else []


def tax_determination(document: TaxDetermination, source: Source, context: Context) -> Found:
    """The number at the tax engine."""
    number = number_part(document.number)
    head = [entity_part(document, context), plain(source.system), document.type or ""]
    year = year_part(document.issue_date or document.tax_date)
    return [(NATURAL, [*head, number, year])] if number else []


def _numbered(document: PurchaseOrder | SalesOrder, entity: str) -> Found:
    number = number_part(document.number)
    return [(NATURAL, [entity, number])] if number else []


def _traded(document: Quote | OrderResponse, context: Context, tail: list[str]) -> Found:
    entity = entity_part(document, context)
    other = rungs(counterparty(document, direction_of(document, context)))
    return [(basis, [entity, rung, *tail]) for basis, rung in other]
