"""What warehouse documents share: one line of goods that move."""

from __future__ import annotations

from typing import Annotated

from canonical_model.base.scalars import Amount, Code, Date, Maybe, Number, Part, Text, says
from canonical_model.parts.address import Dimension
from canonical_model.parts.item import Item
from canonical_model.parts.reference import Ref


class MoveLine(Part, frozen=True, kw_only=True):
    """Goods on a receipt, shipment, return or adjustment."""

    id: Annotated[Maybe[Text], says("Line id, else its position")] = None
    item: Annotated[Maybe[Item], says("What moved")] = None
    quantity: Annotated[
        Maybe[Number], says("How much; signed on an inventory adjustment", "quantityList")
    ] = None
    unit: Annotated[Maybe[Code], says("UN/ECE Rec 20 unit")] = None
    refs: Annotated[list[Ref], says("Order line and other links", "OrderLineReference")] = []
    accepted: Annotated[Maybe[Number], says("Accepted after inspection")] = None
    rejected: Annotated[Maybe[Number], says("Refused", "RejectedQuantity")] = None
    outstanding: Annotated[Maybe[Number], says("Still to come", "OutstandingQuantity")] = None
    reason: Annotated[Maybe[Text], says("Why refused, short or adjusted")] = None
    reason_code: Annotated[Maybe[Code], says("The same as a code")] = None
    disposition: Annotated[Maybe[Code], says("State of the goods", "EPCIS disposition")] = None
    lots: Annotated[list[Text], says("Lot or batch numbers")] = []
    serials: Annotated[list[Text], says("Serial numbers")] = []
    expires: Annotated[Maybe[Date], says("Best before or expiry day")] = None
    unit_cost: Annotated[Maybe[Number], says("Cost of one unit")] = None
    value: Annotated[Maybe[Amount], says("Cost of the line")] = None
    location: Annotated[Maybe[Text], says("Bin or place")] = None
    location_to: Annotated[Maybe[Text], says("Bin or place it went to")] = None
    account: Annotated[Maybe[Code], says("Ledger account")] = None
    dimensions: Annotated[list[Dimension], says("Cost centre, project, …")] = []
