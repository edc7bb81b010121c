"""What is sold, moved or priced."""

from __future__ import annotations

from typing import Annotated

from canonical_model.base.scalars import Code, Country, Maybe, Number, Part, Text, says
from canonical_model.parts.identifier import Identifier


class Classification(Part, frozen=True, kw_only=True):
    """A class the item belongs to (UNSPSC, CPV, HS, …)."""

    code: Annotated[Text, says("Class code", "BT-158")]
    scheme: Annotated[Maybe[Code], says("UNCL7143 scheme", "BT-158-1")] = None
    version: Annotated[Maybe[Text], says("Version of the scheme", "BT-158-2")] = None


class Attribute(Part, frozen=True, kw_only=True):
    """A named property (BG-32); a list, because names may repeat."""

    name: Annotated[Text, says("Name", "BT-160")]
    value: Annotated[Maybe[Text], says("Value", "BT-161")] = None


class Item(Part, frozen=True, kw_only=True):
    """Goods or service (BG-31)."""

    name: Annotated[Maybe[Text], says("Name", "BT-153")] = None
    description: Annotated[Maybe[Text], says("Description", "BT-154")] = None
    seller_id: Annotated[Maybe[Text], says("The seller's number for it", "BT-155")] = None
    buyer_id: Annotated[Maybe[Text], says("The buyer's number for it", "BT-156")] = None
    standard_id: Annotated[Maybe[Identifier], says("GTIN or the like", "BT-157")] = None
    classifications: Annotated[list[Classification], says("Classes", "BT-158")] = []
    origin: Annotated[Maybe[Country], says("Country of origin", "BT-159")] = None
    attributes: Annotated[list[Attribute], says("Properties", "BG-32")] = []


class Price(Part, frozen=True, kw_only=True):
    """A unit price; not money: full precision, and per `base_quantity` (BG-29)."""

    net: Annotated[Maybe[Number], says("Price after discount, before tax", "BT-146")] = None
    gross: Annotated[Maybe[Number], says("Price before discount, before tax", "BT-148")] = None
    discount: Annotated[Maybe[Number], says("Discount on the gross price", "BT-147")] = None
    base_quantity: Annotated[Maybe[Number], says("Units the price is for", "BT-149")] = None
    base_unit: Annotated[Maybe[Code], says("Unit of that quantity", "BT-150")] = None
