"""Answers to an order, line by line."""

from __future__ import annotations

from typing import Annotated, Literal

from canonical_model.base.scalars import Code, Date, Maybe, Number, Part, Text, says
from canonical_model.documents.document import Document
from canonical_model.parts.item import Item, Price
from canonical_model.parts.money import Period
from canonical_model.parts.party import Party
from canonical_model.parts.reference import Ref
from canonical_model.parts.totals import Totals

Answer = Literal["accepted", "changed", "rejected", "acknowledged"]


class ResponseLine(Part, frozen=True, kw_only=True):
    """What the seller says to one order line."""

    id: Annotated[Maybe[Text], says("Line id, else its position")] = None
    response: Annotated[Maybe[Answer], says("Accepted, changed or rejected")] = None
    refs: Annotated[list[Ref], says("The order line answered", "OrderLineReference")] = []
    item: Annotated[Maybe[Item], says("What will be delivered")] = None
    quantity: Annotated[Maybe[Number], says("Promised quantity")] = None
    unit: Annotated[Maybe[Code], says("UN/ECE Rec 20 unit")] = None
    price: Annotated[Maybe[Price], says("Price, where it differs")] = None
    promised: Annotated[Maybe[Date], says("Promised delivery date")] = None
    reason: Annotated[Maybe[Text], says("Why changed or rejected")] = None
    reason_code: Annotated[Maybe[Code], says("The same as a code")] = None
    substitute: Annotated[Maybe[Item], says("What is offered instead")] = None


class OrderResponse(Document, tag_field="kind", tag="order_response", frozen=True, kw_only=True):
    """The seller's answer to an order; the order is named in `refs[order]`."""

    response: Annotated[Maybe[Answer], says("Answer to the whole order")] = None
    type_code: Annotated[Maybe[Code], says("Response code AB, AP, RE, CA")] = None
    seller: Annotated[Maybe[Party], says("Who answers")] = None
    buyer: Annotated[Maybe[Party], says("Who ordered")] = None
    lines: Annotated[list[ResponseLine], says("Answers by line")] = []
    totals: Annotated[Maybe[Totals], says("Totals as confirmed")] = None
    promised: Annotated[Maybe[Period], says("Promised delivery of the whole")] = None
