"""Sums of an invoice or order, as stated."""

from __future__ import annotations

from typing import Annotated

from canonical_model.base.scalars import Amount, Maybe, Part, says


class Totals(Part, frozen=True, kw_only=True):
    """Document totals (BG-22): what the source says, never recomputed."""

    lines: Annotated[Maybe[Amount], says("Sum of line net amounts", "BT-106")] = None
    allowances: Annotated[Maybe[Amount], says("Sum of document allowances", "BT-107")] = None
    charges: Annotated[Maybe[Amount], says("Sum of document charges", "BT-108")] = None
    net: Annotated[Maybe[Amount], says("Total without tax", "BT-109")] = None
    tax: Annotated[Maybe[Amount], says("Total tax", "BT-110")] = None
    tax_accounting: Annotated[Maybe[Amount], says("Total tax in `tax_currency`", "BT-111")] = None
    gross: Annotated[Maybe[Amount], says("Total with tax", "BT-112")] = None
    prepaid: Annotated[Maybe[Amount], says("Already paid", "BT-113")] = None
    rounding: Annotated[Maybe[Amount], says("Rounding", "BT-114")] = None
    withheld: Annotated[Maybe[Amount], says("Tax the buyer keeps back")] = None
    payable: Annotated[Maybe[Amount], says("Amount due for payment", "BT-115")] = None
