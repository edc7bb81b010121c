"""Document totals: BR-CO-10 to BR-CO-16."""

from __future__ import annotations

from decimal import Decimal

from canonical_model.checks.case import Case
from canonical_model.checks.figures import CENT, ZERO, total
from canonical_model.checks.finding import FINE, Findings
from canonical_model.checks.registry import checks
from canonical_model.documents.invoice import Bill


@checks("A1", "totals_lines_mismatch", "BR-CO-10")
def sum_of_lines(bill: Bill, case: Case) -> Findings:
    """Sum of line net amounts.

    `totals.lines` is the sum of `net` over the detail lines, all of which must state it. Not
    applied when prices include tax. In EXTENDED profiles each line may be off by 0.01.

    Look for a line that is missing, read twice, or a subtotal (its `kind` is group).
    """
    totals = bill.totals
    if totals is None or totals.lines is None or bill.prices_include_tax:
        return FINE
    nets = [line.net for line in bill.lines if line.kind is None or line.kind == "detail"]
    exact = total(nets)
    if exact is None or not nets:
        return FINE
    slack = CENT * len(nets) if case.profile == "extended" else ZERO
    return case.compare("totals.lines", totals.lines, exact, slack)


def _itemised(bill: Bill, kind: str) -> Decimal | None:
    if not bill.adjustments:
        return ZERO
    return total(each.amount for each in bill.adjustments if each.kind == kind)


def _compare_items(
    bill: Bill, case: Case, kind: str, path: str, stated: Decimal | None
) -> Findings:
    # Without a profile the sum may be all that there is; EN 16931 wants the single items.
    if stated is None or not (case.profile or any(each.kind == kind for each in bill.adjustments)):
        return FINE
    exact = _itemised(bill, kind)
    return FINE if exact is None else case.compare(path, stated, exact)


@checks("A2", "totals_allowances_mismatch", "BR-CO-11")
def sum_of_allowances(bill: Bill, case: Case) -> Findings:
    """Sum of document allowances.

    `totals.allowances` is the sum of the document's allowances. Without an EN 16931 profile only
    compared when there are any.

    Look for an allowance that is missing from `adjustments`, or that belongs to a line.
    """
    stated = bill.totals.allowances if bill.totals else None
    return _compare_items(bill, case, "allowance", "totals.allowances", stated)


@checks("A3", "totals_charges_mismatch", "BR-CO-12")
def sum_of_charges(bill: Bill, case: Case) -> Findings:
    """Sum of document charges.

    `totals.charges` is the sum of the document's charges. Without an EN 16931 profile only compared
    when there are any.

    Look for a charge that is missing from `adjustments`, or that belongs to a line.
    """
    stated = bill.totals.charges if bill.totals else None
    return _compare_items(bill, case, "charge", "totals.charges", stated)


@checks("A4", "totals_net_mismatch", "BR-CO-13")
def net_of_lines(bill: Bill, case: Case) -> Findings:
    """Sum of lines less allowances plus charges.

    `totals.net` is `totals.lines` less `totals.allowances` plus `totals.charges`. Where one of the
    latter is absent, the items count. Not applied when prices include tax.

    Look for an allowance or charge that went into one total and not into the other.
    """
    totals = bill.totals
    if totals is None or totals.net is None or totals.lines is None or bill.prices_include_tax:
        return FINE
    down = totals.allowances if totals.allowances is not None else _itemised(bill, "allowance")
    up = totals.charges if totals.charges is not None else _itemised(bill, "charge")
    if down is None or up is None:
        return FINE
    return case.compare("totals.net", totals.net, totals.lines - down + up)


@checks("A5", "totals_tax_mismatch", "BR-CO-14")
def sum_of_taxes(bill: Bill, case: Case) -> Findings:
    """Sum of the tax breakdown.

    `totals.tax` is the sum of `taxes[].amount`, without the rows that the buyer withholds.

    Look for a missing row of the breakdown, or for one in the tax accounting currency.
    """
    if bill.totals is None or bill.totals.tax is None:
        return FINE
    amounts = [row.amount for row in bill.taxes if not row.withheld]
    exact = total(amounts)
    if exact is None or not amounts:
        return FINE
    return case.compare("totals.tax", bill.totals.tax, exact)


@checks("A6", "totals_gross_mismatch", "BR-CO-15")
def gross_of_net(bill: Bill, case: Case) -> Findings:
    """Total without tax plus tax.

    `totals.gross` is `totals.net` plus `totals.tax`, where all three are stated.

    Compare the three totals with the original; one of them was misread.
    """
    totals = bill.totals
    if totals is None or totals.gross is None or totals.net is None or totals.tax is None:
        return FINE
    return case.compare("totals.gross", totals.gross, totals.net + totals.tax)


@checks("A7", "totals_payable_mismatch", "BR-CO-16")
def payable_of_gross(bill: Bill, case: Case) -> Findings:
    """Total with tax less prepaid and withheld amounts plus rounding.

    `totals.payable` is `gross` less `prepaid` plus `rounding` less `withheld`. What is absent
    counts as zero. A MINIMUM profile cannot state prepayments: not applied there without them.

    `payable` is what was due on the day of issue; what is still open is `balance`.
    """
    totals = bill.totals
    if totals is None or totals.payable is None or totals.gross is None:
        return FINE
    if case.profile == "minimum" and totals.prepaid is None:
        return FINE
    exact = totals.gross - (totals.prepaid or ZERO) + (totals.rounding or ZERO)
    return case.compare("totals.payable", totals.payable, exact - (totals.withheld or ZERO))
