"""Lines of invoices, orders and quotes."""

from __future__ import annotations

from typing import Annotated, Literal

from canonical_model.base.scalars import Amount, Code, Date, Maybe, Number, Part, Text, says
from canonical_model.parts.address import Dimension
from canonical_model.parts.item import Item, Price
from canonical_model.parts.money import Period
from canonical_model.parts.reference import Ref
from canonical_model.parts.tax import Adjustment, Tax


class Line(Part, frozen=True, kw_only=True):
    """One line (BG-25)."""

    id: Annotated[Maybe[Text], says("Line id, else its position", "BT-126")] = None
    kind: Annotated[
        Maybe[Literal["detail", "group", "info"]], says("Only detail lines are summed")
    ] = None
    parent: Annotated[Maybe[Text], says("Id of the group line it belongs to")] = None
    quantity: Annotated[Maybe[Number], says("Quantity", "BT-129")] = None
    unit: Annotated[Maybe[Code], says("UN/ECE Rec 20 unit", "BT-130", examples=["C62"])] = None
    price: Annotated[Maybe[Price], says("Unit price", "BG-29")] = None
    net: Annotated[Maybe[Amount], says("Line net amount", "BT-131")] = None
    item: Annotated[Maybe[Item], says("What it is about", "BG-31")] = None
    taxes: Annotated[list[Tax], says("Taxes of the line", "BG-30", "BT-151", "BT-152")] = []
    adjustments: Annotated[list[Adjustment], says("Allowances, charges", "BG-27", "BG-28")] = []
    note: Annotated[Maybe[Text], says("Remark", "BT-127")] = None
    period: Annotated[Maybe[Period], says("Period it covers", "BG-26")] = None
    refs: Annotated[list[Ref], says("Order line and other links", "BT-132", "BT-128")] = []
    account: Annotated[Maybe[Code], says("Ledger account")] = None
    accounting_ref: Annotated[Maybe[Text], says("Buyer's accounting text", "BT-133")] = None
    dimensions: Annotated[list[Dimension], says("Cost centre, project, …")] = []
    tax_amount: Annotated[Maybe[Amount], says("Tax of the line, where stated")] = None
    gross: Annotated[Maybe[Amount], says("Line amount with tax, where stated")] = None
    delivery_date: Annotated[Maybe[Date], says("Day of delivery, asked or done")] = None
    quantity_received: Annotated[Maybe[Number], says("Received so far (orders)")] = None
    quantity_invoiced: Annotated[Maybe[Number], says("Invoiced so far (orders)")] = None
    closed: Annotated[Maybe[bool], says("No more is expected (orders)")] = None
