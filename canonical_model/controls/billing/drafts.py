"""What a draft is, and the sums that every one has."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Annotated

from msgspec import structs

from canonical_model.base.scalars import Code, Count, Maybe, Number, Part, Text, says
from canonical_model.checks.figures import HUNDRED, ZERO, figures_of
from canonical_model.controls.match.ratios import NOTHING, decimal, fraction
from canonical_model.documents.credit_note import CreditNote
from canonical_model.documents.invoice import Invoice
from canonical_model.parts.line import Line
from canonical_model.parts.tax import Adjustment, Tax, TaxTotal
from canonical_model.parts.totals import Totals
from canonical_model.wire.normal import pad


class BillingSettings(Part, frozen=True, kw_only=True):
    """What is billed by itself, and what orders do not say."""

    shipments: Annotated[bool, says("Whether a confirmed shipment is invoiced by itself")] = False
    returns: Annotated[bool, says("Whether a return is credited by itself")] = False
    invoice_prefix: Annotated[
        Text, says("Before the shipment's number, for the invoice's", examples=["INV-"])
    ] = "INV-"
    credit_prefix: Annotated[
        Text, says("Before the return's number, for the credit note's", examples=["CN-"])
    ] = "CN-"
    due_days: Annotated[Maybe[Count], says("Days to pay, where the order's terms say none")] = None
    tax_category: Annotated[
        Maybe[Code], says("UNCL5305 category of lines whose order states no tax")
    ] = None
    tax_rate: Annotated[Maybe[Number], says("Its rate in percent")] = None


class Problem(Part, frozen=True, kw_only=True):
    """Why a line cannot be billed."""

    line: Annotated[Maybe[Text], says("Line of the shipment or return")] = None
    message: Annotated[Text, says("Why, and what would work")]


class Draft(Part, frozen=True, kw_only=True):
    """The document, or why there is none: nothing is billed in part."""

    document: Annotated[Invoice | CreditNote | None, says("The draft")] = None
    problems: Annotated[list[Problem], says("What stands in its way")] = []


def money(exact: Fraction, currency: str | None) -> Decimal:
    """An amount in whole coins."""
    return pad(figures_of(currency).rounded(decimal(exact)), currency)


def shared(
    adjustment: Adjustment, share: Fraction, base: Fraction, currency: str | None
) -> Decimal:
    """The part of an allowance or charge that goes with a part of the goods."""
    amount = fraction(adjustment.amount)
    if amount is None:
        percent = fraction(adjustment.percent) or NOTHING
        amount = (fraction(adjustment.base) or base) * percent / 100
    return money(amount * share, currency)


def with_amount(adjustment: Adjustment, amount: Decimal) -> Adjustment:
    """The same allowance or charge at another amount; a percent of it is of another base."""
    return structs.replace(adjustment, amount=amount, base=None, percent=None)


def taxed(line: Line, settings: BillingSettings) -> list[Tax]:
    """The taxes of a line without the amounts of the whole order line."""
    if line.taxes:
        return [structs.replace(each, amount=None) for each in line.taxes]
    if settings.tax_category is None:
        return []
    return [Tax(category=settings.tax_category, rate=settings.tax_rate)]


def tax_totals(
    lines: Sequence[Line],
    adjustments: Iterable[Adjustment],
    known: Sequence[TaxTotal],
    currency: str | None,
) -> list[TaxTotal]:
    """The breakdown: one row for each tax, reckoned on the sum (EN 16931 BR-CO-17)."""
    sums: dict[tuple[str | None, str | None, Decimal | None], Decimal] = {}
    parts = [(tax, line.net or ZERO) for line in lines for tax in line.taxes if not tax.withheld]
    for each in adjustments:
        if each.tax is not None:
            sign = 1 if each.kind == "charge" else -1
            parts.append((each.tax, sign * (each.amount or ZERO)))
    for tax, amount in parts:
        key = (tax.type, tax.category, tax.rate)
        sums[key] = sums.get(key, ZERO) + amount
    return [_row(key, taxable, known, currency) for key, taxable in sums.items()]


def _row(
    key: tuple[str | None, str | None, Decimal | None],
    taxable: Decimal,
    known: Sequence[TaxTotal],
    currency: str | None,
) -> TaxTotal:
    kind, category, rate = key
    amount = figures_of(currency).rounded(taxable * (rate or ZERO) / HUNDRED)
    like = next((each for each in known if each.category == category), TaxTotal())
    return TaxTotal(
        type=kind,
        category=category,
        rate=rate,
        taxable=pad(taxable, currency),
        amount=pad(amount, currency),
        exemption_code=like.exemption_code,
        exemption_text=like.exemption_text,
    )


def totals(
    lines: Sequence[Line],
    adjustments: Sequence[Adjustment],
    taxes: Sequence[TaxTotal],
    currency: str | None,
) -> Totals:
    """The sums of a document (EN 16931 BR-CO-10 to BR-CO-16)."""
    goods = sum((line.net or ZERO for line in lines), ZERO)
    allowances = _sum(adjustments, "allowance")
    charges = _sum(adjustments, "charge")
    net = goods - allowances + charges
    tax = sum((each.amount or ZERO for each in taxes), ZERO)
    amounts = {"lines": goods, "net": net, "tax": tax, "gross": net + tax, "payable": net + tax}
    if adjustments:
        amounts |= {"allowances": allowances, "charges": charges}
    return Totals(**{name: pad(amount, currency) for name, amount in amounts.items()})


def _sum(adjustments: Iterable[Adjustment], kind: str) -> Decimal:
    return sum((each.amount or ZERO for each in adjustments if each.kind == kind), ZERO)


def due(day: datetime.date | None, days: int | None) -> datetime.date | None:
    """The day it is to be paid on."""
    if day is None or days is None:
        return None
    return day + datetime.timedelta(days=days)
