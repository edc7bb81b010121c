"""Dates, periods and terms of payment, and who asks to be paid."""

from __future__ import annotations

from canonical_model.base.issue import Severity
from canonical_model.checks.case import Case
from canonical_model.checks.figures import HUNDRED, ZERO, plain, total
from canonical_model.checks.finding import FINE, Finding, Findings
from canonical_model.checks.registry import checks
from canonical_model.documents.invoice import Bill
from canonical_model.parts.money import Period


@checks("A16", "tax_point_ambiguous", "BR-CO-03")
def one_tax_point(bill: Bill, case: Case) -> Findings:
    """One tax point.

    `tax_point_date` and `tax_point` exclude each other: a day, or what fixes it.

    Keep the one that the original states.
    """
    if bill.tax_point_date is None or bill.tax_point is None:
        return FINE
    message = "both a tax point date and what fixes it; only one may be stated"
    return (Finding("tax_point", message=message),)


@checks(
    "A17",
    "period_invalid",
    "BR-29",
    severity="warning",
    also=("BR-30", "PEPPOL-EN16931-R110", "PEPPOL-EN16931-R111"),
)
def periods_in_order(bill: Bill, case: Case) -> Findings:
    """Order of the days of a period.

    A period does not end before it starts; that of a line lies inside the document's.

    Check whether day and month, or both ends, were exchanged.
    """
    outer = bill.period or Period()
    found = _backwards(outer, "period.end", "BR-29")
    for index, line in enumerate(bill.lines):
        if line.period is not None:
            path = f"lines[{index}].period"
            found += _backwards(line.period, f"{path}.end", "BR-30")
            found += _outside(line.period, outer, path)
    return found


def _backwards(period: Period, path: str, rule: str) -> list[Finding]:
    if period.start is None or period.end is None or period.end >= period.start:
        return []
    message = f"ends on {period.end}, before it starts on {period.start}; one of them is wrong"
    return [Finding(path, None, str(period.end), message, rule)]


def _outside(inner: Period, outer: Period, path: str) -> list[Finding]:
    found: list[Finding] = []
    if inner.start and outer.start and inner.start < outer.start:
        message = f"starts before the document's period, {outer.start}; widen one of them"
        rule = "PEPPOL-EN16931-R110"
        found.append(Finding(f"{path}.start", None, str(inner.start), message, rule))
    if inner.end and outer.end and inner.end > outer.end:
        message = f"ends after the document's period, {outer.end}; widen one of them"
        rule = "PEPPOL-EN16931-R111"
        found.append(Finding(f"{path}.end", None, str(inner.end), message, rule))
    return found


@checks("A18", "due_date_missing", "BR-CO-25", severity="warning")
def due_date_known(bill: Bill, case: Case) -> Findings:
    """Due date or terms.

    What is payable has a `due_date` or `terms`, where an EN 16931 profile beyond MINIMUM is
    claimed.

    Fill `due_date`, or `terms.text` with the sentence on the invoice.
    """
    payable = bill.totals.payable if bill.totals else None
    if case.profile is None or case.profile == "minimum" or bill.due_date or bill.terms:
        return FINE
    if payable is None or not payable > ZERO:
        return FINE
    message = f"{case.figures.text(payable)} payable without a due date; state it or the terms"
    return (Finding("due_date", message=message),)


@checks("A19", "seller_unidentified", "BR-CO-26")
def seller_identified(bill: Bill, case: Case) -> Findings:
    """Identifier of the seller.

    The seller has a VAT, legal or party identifier, where an EN 16931 profile is claimed. An error
    on a payable, a warning otherwise.

    Fill `seller.ids` with a VAT number, a register number or another identifier.
    """
    if case.profile is None or bill.seller is None:
        return FINE
    for each in bill.seller.ids:
        if each.kind in ("vat", "legal", "party"):
            return FINE
    message = "no VAT, legal or party identifier of the seller; state one of them"
    severity: Severity = "error" if bill.direction == "payable" else "warning"
    return (Finding("seller.ids", message=message, severity=severity),)


@checks("A20", "instalments_mismatch", severity="warning")
def sum_of_instalments(bill: Bill, case: Case) -> Findings:
    """Amount to be paid in instalments.

    `terms.instalments` add up to `totals.payable`, or to 100 where they are percentages. Not
    compared where only some of them state an amount or a percentage.

    Look for an instalment that is missing, or for amounts before a prepayment.
    """
    if bill.terms is None or not bill.terms.instalments:
        return FINE
    instalments, path = bill.terms.instalments, "terms.instalments"
    payable = bill.totals.payable if bill.totals else None
    amounts = total(each.amount for each in instalments)
    if amounts is not None:
        return FINE if payable is None else case.compare(path, amounts, payable)
    percents = total(each.percent for each in instalments)
    if percents is None or percents == HUNDRED:
        return FINE
    return (Finding(path, plain(HUNDRED), plain(percents)),)
