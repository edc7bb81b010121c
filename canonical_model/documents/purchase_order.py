"""Purchase orders; sales orders share the shape, seen from the other side."""

from __future__ import annotations

from typing import Annotated

from canonical_model.base.scalars import Code, Count, Maybe, Text, says
from canonical_model.documents.document import Document
from canonical_model.parts.delivery import Delivery
from canonical_model.parts.line import Line
from canonical_model.parts.money import Period
from canonical_model.parts.party import Party
from canonical_model.parts.tax import Adjustment, TaxTotal
from canonical_model.parts.terms import Terms
from canonical_model.parts.totals import Totals


class Order(Document, frozen=True, kw_only=True):
    """An order for goods or services."""

    seller: Annotated[Maybe[Party], says("Who is to deliver", "SellerSupplierParty")] = None
    buyer: Annotated[Maybe[Party], says("Who orders", "BuyerCustomerParty")] = None
    lines: Annotated[list[Line], says("Lines", "OrderLine")] = []
    adjustments: Annotated[list[Adjustment], says("Allowances and charges")] = []
    taxes: Annotated[list[TaxTotal], says("Tax breakdown")] = []
    totals: Annotated[Maybe[Totals], says("Totals", "AnticipatedMonetaryTotal")] = None
    terms: Annotated[Maybe[Terms], says("Payment terms")] = None
    delivery: Annotated[Maybe[Delivery], says("Where to and when")] = None
    requested: Annotated[Maybe[Period], says("When it is wanted", "RequestedDeliveryPeriod")] = None
    valid: Annotated[Maybe[Period], says("When the order stands", "ValidityPeriod")] = None
    change_no: Annotated[Maybe[Count], says("Number of the change; a change is a revision")] = None
    order_type: Annotated[Maybe[Code], says("Order type code", "OrderTypeCode", "BSART")] = None
    buyer_reference: Annotated[Maybe[Text], says("Reference the buyer asked for")] = None
    accounting_ref: Annotated[Maybe[Text], says("Buyer's accounting text")] = None


class PurchaseOrder(Order, tag_field="kind", tag="purchase_order", frozen=True, kw_only=True):
    """An order we place, or one that was placed with us as the buyer wrote it."""
