"""Taxes as a tax engine worked them out."""

from __future__ import annotations

from typing import Annotated, Literal

from canonical_model.base.scalars import Amount, Date, Maybe, Number, Part, Text, says
from canonical_model.documents.document import Document
from canonical_model.parts.address import Address
from canonical_model.parts.item import Item
from canonical_model.parts.party import Party
from canonical_model.parts.reference import Ref
from canonical_model.parts.tax import Tax, TaxTotal
from canonical_model.parts.totals import Totals


class DeterminedLine(Part, frozen=True, kw_only=True):
    """One line with the taxes of each jurisdiction."""

    id: Annotated[Maybe[Text], says("Line id, else its position")] = None
    item: Annotated[Maybe[Item], says("What is taxed")] = None
    quantity: Annotated[Maybe[Number], says("Quantity")] = None
    net: Annotated[Maybe[Amount], says("Amount without tax")] = None
    taxable: Annotated[Maybe[Amount], says("Amount taxed")] = None
    exempt: Annotated[Maybe[Amount], says("Amount not taxed")] = None
    tax: Annotated[Maybe[Amount], says("Tax of the line")] = None
    taxes: Annotated[list[Tax], says("By jurisdiction")] = []
    refs: Annotated[list[Ref], says("The line it is about")] = []


class TaxDetermination(
    Document, tag_field="kind", tag="tax_determination", frozen=True, kw_only=True
):
    """The answer of a tax engine for a document."""

    type: Annotated[
        Maybe[Literal["sale", "purchase", "return", "other"]], says("What was taxed")
    ] = None
    committed: Annotated[Maybe[bool], says("Whether it counts for reporting")] = None
    tax_date: Annotated[Maybe[Date], says("Day the rates are of")] = None
    seller: Annotated[Maybe[Party], says("Seller")] = None
    buyer: Annotated[Maybe[Party], says("Buyer")] = None
    ship_from: Annotated[Maybe[Address], says("Origin")] = None
    ship_to: Annotated[Maybe[Address], says("Destination")] = None
    lines: Annotated[list[DeterminedLine], says("Lines")] = []
    taxes: Annotated[list[TaxTotal], says("Sums by jurisdiction and rate")] = []
    totals: Annotated[Maybe[Totals], says("Totals")] = None
