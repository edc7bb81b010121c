"""Lines, prices, allowances and charges: the arithmetic of PEPPOL-EN16931-R040, R046, R120."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from canonical_model.checks.case import Case
from canonical_model.checks.figures import HUNDRED, plain
from canonical_model.checks.finding import Finding, Findings
from canonical_model.checks.registry import checks
from canonical_model.documents.invoice import Bill
from canonical_model.parts.line import Line
from canonical_model.parts.tax import Adjustment


@checks("A10", "line_net_mismatch", "PEPPOL-EN16931-R120", severity="warning")
def net_of_line(bill: Bill, case: Case) -> Findings:
    """Quantity times price less allowances plus charges.

    `net` of a detail line is `quantity` times `price.net` per `price.base_quantity`, adjusted. Give
    or take 0.02, or one unit of a currency without cents. Not applied when prices include tax, nor
    where the price is for another unit.

    Often the price is per 100 or 1000 units: then `price.base_quantity` is missing.
    """
    found: list[Finding] = []
    for index, line in enumerate(bill.lines if not bill.prices_include_tax else ()):
        if line.net is not None and (line.kind is None or line.kind == "detail"):
            exact = _reckoned(line)
            if exact is not None and exact != line.net:
                path = f"lines[{index}].net"
                found += case.compare(path, line.net, exact, case.figures.slack)
    return found


def _reckoned(line: Line) -> Decimal | None:
    price, quantity = line.price, line.quantity
    if price is None or price.net is None or quantity is None:
        return None
    if price.base_unit is not None and price.base_unit != line.unit:
        return None
    if price.base_quantity is None:
        amount = quantity * price.net
    elif price.base_quantity:
        amount = quantity * price.net / price.base_quantity
    else:
        return None
    for each in line.adjustments:
        if each.amount is None:
            return None
        amount += each.amount if each.kind == "charge" else -each.amount
    return amount


@checks("A11", "adjustment_amount_mismatch", "PEPPOL-EN16931-R040", severity="warning")
def percent_of_base(bill: Bill, case: Case) -> Findings:
    """Base times percent.

    `amount` of an allowance or charge is `base` times `percent`, on document and lines. Give or
    take 0.02, or one unit of a currency without cents.

    Check base and percent; leave both out when the amount was agreed as a sum.
    """
    found = list(_percentages(bill.adjustments, "", case)) if bill.adjustments else []
    for index, line in enumerate(bill.lines):
        if line.adjustments:
            found += _percentages(line.adjustments, f"lines[{index}].", case)
    return found


def _percentages(adjustments: list[Adjustment], prefix: str, case: Case) -> Iterator[Finding]:
    for index, each in enumerate(adjustments):
        if each.amount is not None and each.base is not None and each.percent is not None:
            exact = each.base * each.percent / HUNDRED
            path = f"{prefix}adjustments[{index}].amount"
            yield from case.compare(path, each.amount, exact, case.figures.slack)


@checks("A12", "price_net_mismatch", "PEPPOL-EN16931-R046", severity="warning")
def net_of_gross_price(bill: Bill, case: Case) -> Findings:
    """Gross price less discount.

    `price.net` is exactly `price.gross` less `price.discount`, where all three are stated.

    The discount is per unit; one on the whole line belongs in its `adjustments`.
    """
    found: list[Finding] = []
    for index, line in enumerate(bill.lines):
        price = line.price
        if price is None or price.gross is None or price.discount is None or price.net is None:
            continue
        exact = price.gross - price.discount
        if exact != price.net:
            found.append(Finding(f"lines[{index}].price.net", plain(exact), plain(price.net)))
    return found
