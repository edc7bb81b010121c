"""What may differ, for whom, and how items are packed: data that a tenant keeps."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from canonical_model.base.scalars import Code, Currency, Maybe, Number, Part, Text, says

Need = Literal["required", "if_any", "not_required"]


class Limit(Part, frozen=True, kw_only=True):
    """How far something may be off; with neither figure nothing may."""

    absolute: Annotated[
        Maybe[Number], says("So much: money for prices and charges, else units of the order line")
    ] = None
    percent: Annotated[Maybe[Number], says("So much of what was agreed", examples=["2"])] = None
    need: Annotated[
        Literal["both", "either"], says("Whether both figures must hold, or one is enough")
    ] = "both"


class MatchRule(Part, frozen=True, kw_only=True):
    """One row: for whom it holds, and what it says; what it leaves out it leaves to other rows."""

    tenant: Annotated[Maybe[Text], says("Only for this tenant")] = None
    entity: Annotated[Maybe[Text], says("Only for this legal entity of ours")] = None
    supplier: Annotated[
        Maybe[Text], says("Only for this counterparty: master id, any identifier, or name")
    ] = None
    category: Annotated[
        Maybe[Text], says("Only for item classes that begin so", examples=["4412"])
    ] = None
    currency: Annotated[Maybe[Currency], says("Only for documents in this currency")] = None
    price: Annotated[Maybe[Limit], says("Net unit price against the order's")] = None
    ordered: Annotated[Maybe[Limit], says("Invoiced in all against ordered")] = None
    received: Annotated[Maybe[Limit], says("Invoiced in all against received")] = None
    charges: Annotated[
        Maybe[Limit], says("Freight and charges beyond those agreed; percent of the goods")
    ] = None
    lower_price: Annotated[
        Maybe[Literal["hold", "accept"]], says("What becomes of a price far below the order's")
    ] = None
    receipt: Annotated[Maybe[Need], says("Whether goods must have been received")] = None
    order: Annotated[
        Maybe[Literal["required", "not_required"]], says("Whether there must be an order at all")
    ] = None


class Conversion(Part, frozen=True, kw_only=True):
    """How an item is packed: one `unit` of it holds `factor` of `of`."""

    item: Annotated[Text, says("Number of the item: the buyer's, the seller's or a GTIN")]
    unit: Annotated[Code, says("UN/ECE Rec 20 or 21 unit", examples=["XBX"])]
    factor: Annotated[Number, says("How many", examples=["12"])]
    of: Annotated[Code, says("Of this unit", examples=["C62"])]


# Words for freight and charges that suppliers put on a line of their own, without an order line.
_CHARGE_WORDS = (
    *("freight", "shipping", "shipment", "carriage", "delivery", "postage", "handling", "packing"),
    *("packaging", "insurance", "surcharge", "fracht", "versand", "porto", "verpackung"),
    *("transport", "livraison", "port", "envio", "portes", "spedizione", "verzendkosten"),
)


class MatchSettings(Part, frozen=True, kw_only=True):
    """Everything that decides a match besides the documents."""

    rules: Annotated[list[MatchRule], says("The most specific row that says something counts")] = []
    conversions: Annotated[list[Conversion], says("How items are packed")] = []
    charge_words: Annotated[
        tuple[Text, ...],
        says("A line with one of these in its name, and no order line, is freight"),
    ] = _CHARGE_WORDS
    pair_at: Annotated[Number, says("Score from which lines are paired by description")] = Decimal(
        "0.7"
    )
    propose_at: Annotated[Number, says("Score from which a pair is proposed to a person")] = (
        Decimal("0.45")
    )
