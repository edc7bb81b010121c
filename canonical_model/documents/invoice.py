"""Invoices; credit notes share the shape."""

from __future__ import annotations

from typing import Annotated, Literal

from canonical_model.base.scalars import Amount, Code, Currency, Date, Maybe, Text, says
from canonical_model.documents.document import Document
from canonical_model.parts.delivery import Delivery
from canonical_model.parts.line import Line
from canonical_model.parts.money import Period
from canonical_model.parts.party import Party
from canonical_model.parts.tax import Adjustment, TaxTotal
from canonical_model.parts.terms import Instruction, Terms
from canonical_model.parts.totals import Totals

BillType = Literal[
    "standard",
    "corrective",
    "prepayment",
    "partial",
    "self_billed",
    "factored",
    "proforma",
    "debit_note",
    "expense",
    "other",
]


class Bill(Document, frozen=True, kw_only=True):
    """An invoice or credit note, payable or receivable, with EN 16931 semantics."""

    direction: Annotated[
        Maybe[Literal["payable", "receivable"]], says("Whether we owe it or are owed it")
    ] = None
    type_code: Annotated[Maybe[Code], says("UNTDID 1001 code", "BT-3", examples=["380"])] = None
    type: Annotated[Maybe[BillType], says("The same in words")] = None
    seller: Annotated[Maybe[Party], says("Who bills", "BG-4")] = None
    buyer: Annotated[Maybe[Party], says("Who is billed", "BG-7")] = None
    payee: Annotated[Maybe[Party], says("Who is paid, if not the seller", "BG-10")] = None
    tax_representative: Annotated[
        Maybe[Party], says("The seller's tax representative", "BG-11")
    ] = None
    lines: Annotated[list[Line], says("Lines", "BG-25")] = []
    adjustments: Annotated[list[Adjustment], says("Allowances, charges", "BG-20", "BG-21")] = []
    taxes: Annotated[list[TaxTotal], says("Tax breakdown", "BG-23")] = []
    totals: Annotated[Maybe[Totals], says("Totals", "BG-22")] = None
    balance: Annotated[Maybe[Amount], says("Still open in the source's ledger")] = None
    due_date: Annotated[Maybe[Date], says("Due date", "BT-9")] = None
    terms: Annotated[Maybe[Terms], says("Payment terms", "BT-20")] = None
    payment: Annotated[list[Instruction], says("How to pay", "BG-16")] = []
    delivery: Annotated[Maybe[Delivery], says("Delivery", "BG-13")] = None
    period: Annotated[Maybe[Period], says("Invoicing period", "BG-14")] = None
    issue_time: Annotated[Maybe[Text], says("Time of issue, as stated")] = None
    tax_currency: Annotated[Maybe[Currency], says("Tax accounting currency", "BT-6")] = None
    tax_point_date: Annotated[Maybe[Date], says("Tax point", "BT-7")] = None
    tax_point: Annotated[
        Maybe[Literal["issue", "delivery", "payment"]],
        says("What fixes the tax point: UBL 3, 35, 432; CII 5, 29, 72", "BT-8"),
    ] = None
    prices_include_tax: Annotated[Maybe[bool], says("Whether line amounts contain tax")] = None
    buyer_reference: Annotated[Maybe[Text], says("Reference the buyer asked for", "BT-10")] = None
    accounting_ref: Annotated[Maybe[Text], says("Buyer's accounting text", "BT-19")] = None
    profile: Annotated[Maybe[Text], says("Business process", "BT-23")] = None
    specification: Annotated[Maybe[Text], says("Specification it claims to follow", "BT-24")] = None
    posting_date: Annotated[Maybe[Date], says("Day it is booked on")] = None
    received_date: Annotated[Maybe[Date], says("Day it came in")] = None


class Invoice(Bill, tag_field="kind", tag="invoice", frozen=True, kw_only=True):
    """An invoice, bill, debit note or expense."""
