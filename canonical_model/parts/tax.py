"""Taxes, allowances and charges."""

from __future__ import annotations

from typing import Annotated, Literal

from canonical_model.base.scalars import Amount, Code, Maybe, Number, Part, Text, says


class Tax(Part, frozen=True, kw_only=True):
    """The tax that applies to a line or an adjustment."""

    category: Annotated[
        Maybe[Code], says("UNCL5305 code, or a national one", "BT-151", "BT-95", "BT-102")
    ] = None
    rate: Annotated[Maybe[Number], says("Percent", "BT-152", "BT-96", "BT-103")] = None
    type: Annotated[Maybe[Code], says("VAT, GST, SALES, WHT, …; VAT when absent")] = None
    code: Annotated[Maybe[Code], says("The ledger's own tax code")] = None
    amount: Annotated[Maybe[Amount], says("Tax of this line, where stated")] = None
    withheld: Annotated[Maybe[bool], says("Kept back by the buyer and paid for the seller")] = None
    recoverable: Annotated[Maybe[bool], says("Whether the buyer can reclaim it")] = None
    jurisdiction: Annotated[Maybe[Text], says("Who levies it, where several do")] = None


class TaxTotal(Part, frozen=True, kw_only=True):
    """One row of the tax breakdown (BG-23)."""

    category: Annotated[Maybe[Code], says("UNCL5305 code, or a national one", "BT-118")] = None
    taxable: Annotated[Maybe[Amount], says("Amount the tax is reckoned on", "BT-116")] = None
    amount: Annotated[Maybe[Amount], says("Tax", "BT-117")] = None
    rate: Annotated[Maybe[Number], says("Percent", "BT-119")] = None
    type: Annotated[Maybe[Code], says("VAT, GST, SALES, WHT, …; VAT when absent")] = None
    code: Annotated[Maybe[Code], says("The ledger's own tax code")] = None
    exemption_code: Annotated[Maybe[Code], says("VATEX code", "BT-121")] = None
    exemption_text: Annotated[Maybe[Text], says("Reason for exemption", "BT-120")] = None
    withheld: Annotated[Maybe[bool], says("Kept back by the buyer")] = None
    jurisdiction: Annotated[Maybe[Text], says("Who levies it, where several do")] = None


class Adjustment(Part, frozen=True, kw_only=True):
    """An allowance or a charge, of the document or of a line (BG-20, BG-21, BG-27, BG-28)."""

    kind: Annotated[Literal["allowance", "charge"], says("Down or up")]
    amount: Annotated[
        Maybe[Amount], says("Amount", "BT-92", "BT-99", "BT-136", "BT-141", "Chrgs/Amt")
    ] = None
    base: Annotated[
        Maybe[Amount], says("Amount the percent is of", "BT-93", "BT-100", "BT-137", "BT-142")
    ] = None
    percent: Annotated[Maybe[Number], says("Percent", "BT-94", "BT-101", "BT-138", "BT-143")] = None
    reason: Annotated[Maybe[Text], says("Why", "BT-97", "BT-104", "BT-139", "BT-144")] = None
    reason_code: Annotated[
        Maybe[Code], says("UNCL5189 or UNCL7161", "BT-98", "BT-105", "BT-140", "BT-145")
    ] = None
    tax: Annotated[Maybe[Tax], says("Tax it bears", "BT-95", "BT-96", "BT-102", "BT-103")] = None
