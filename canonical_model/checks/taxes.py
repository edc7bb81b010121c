"""The tax breakdown: its arithmetic, and what each VAT category demands."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import TypeAlias

from canonical_model.base.codes import code_list
from canonical_model.base.issue import Severity
from canonical_model.checks.case import Case
from canonical_model.checks.figures import CENT, HUNDRED, ONE, ZERO
from canonical_model.checks.finding import FINE, Finding, Findings
from canonical_model.checks.registry import checks
from canonical_model.documents.invoice import Bill
from canonical_model.parts.tax import Tax, TaxTotal

_Group: TypeAlias = tuple[str, Decimal]
"""Category and rate."""

# The rules of category K are called BR-IC-08 and so on.
_FAMILY = {each: each for each in ("S", "Z", "E", "AE", "G", "O")}
_FAMILY |= {"K": "IC", "L": "IG", "M": "IP"}


def _family_rule(category: str | None, number: str) -> str | None:
    family = _FAMILY.get(category or "")
    return f"BR-{family}-{number}" if family else None


@cache
def _categories(column: str) -> frozenset[str | None]:
    rows = code_list("tax_category").codes.items()
    return frozenset(code for code, row in rows if row[column] == "yes")


def _is_vat(tax: Tax | TaxTotal) -> bool:
    return not tax.withheld and (tax.type is None or tax.type == "VAT")


def _severity(stated: Decimal, exact: Decimal) -> Severity:
    """An error where the difference is too large for rounding, line by line or otherwise."""
    return "error" if abs(stated - exact) >= ONE else "warning"


@checks("A8", "tax_amount_mismatch", "BR-CO-17", severity="warning")
def tax_of_taxable(bill: Bill, case: Case) -> Findings:
    """Taxable amount times rate.

    `taxes[].amount` is `taxable` times `rate` percent, rounded. Below 1.00 a difference is a
    warning, as many systems add up the tax of the lines; from there on it is an error. Where a
    currency has no cents, any rounding to whole units will do.

    Check the rate and the taxable amount of the row against the original.
    """
    unit = case.figures.unit
    slack = CENT * len(bill.lines) if case.profile == "extended" else ZERO
    found: list[Finding] = []
    for index, row in enumerate(bill.taxes):
        if row.amount is None or row.taxable is None or row.rate is None:
            continue
        exact = row.taxable * row.rate / HUNDRED
        if unit <= CENT or abs(row.amount - exact) >= unit:
            for each in case.compare(f"taxes[{index}].amount", row.amount, exact, slack):
                found.append(each._replace(severity=_severity(row.amount, exact)))
    return found


@checks(
    "A9",
    "tax_taxable_mismatch",
    "BR-S-08",
    severity="warning",
    also=tuple(f"BR-{family}-08" for family in _FAMILY.values() if family != "S"),
)
def taxable_of_lines(bill: Bill, case: Case) -> Findings:
    """Sum of the lines, allowances and charges of that category and rate.

    `taxes[].taxable` is what is charged at that category and rate, by lines and adjustments. Only
    compared where each detail line, allowance and charge states its category and amount, and not
    when prices include tax. Below 1.00 a difference is a warning, from there on an error.

    Look for a line, allowance or charge with the wrong tax category or rate.
    """
    groups = None if bill.prices_include_tax or not bill.taxes else _groups(bill)
    if not groups:
        return FINE
    items = len(bill.lines) + len(bill.adjustments)
    slack = CENT * items if case.profile == "extended" else ZERO
    found: list[Finding] = []
    for group, (index, stated) in _stated(bill.taxes).items():
        exact = sum(groups.get(group, ()), ZERO)
        for each in case.compare(f"taxes[{index}].taxable", stated, exact, slack):
            rule = _family_rule(group[0], "08")
            found.append(each._replace(rule=rule, severity=_severity(stated, exact)))
    return found


def _groups(bill: Bill) -> dict[_Group, list[Decimal]] | None:
    """The amounts of each group; None when one cannot be told."""
    groups: dict[_Group, list[Decimal]] = {}
    before: list[Tax] | None = None
    nets: list[Decimal] = []
    for line in bill.lines:
        if line.kind is not None and line.kind != "detail":
            continue
        if line.taxes != before:  # most lines are taxed as the one above
            group, before = _group_of(line.taxes), line.taxes
            if group is None:
                return None
            nets = groups.setdefault(group, [])
        if line.net is None:
            return None
        nets.append(line.net)
    for each in bill.adjustments if groups else ():
        group = _group(each.tax) if each.tax else None
        if group is None or each.amount is None:
            return None
        change = each.amount if each.kind == "charge" else -each.amount
        groups.setdefault(group, []).append(change)
    return groups


def _group_of(taxes: list[Tax]) -> _Group | None:
    groups = [group for group in map(_group, taxes) if group is not None]
    return groups[0] if len(groups) == 1 else None


def _group(tax: Tax | TaxTotal) -> _Group | None:
    category, rate = tax.category, tax.rate
    if category is None or not _is_vat(tax):
        return None
    if rate is None:
        return (category, ZERO) if category in _categories("zero_amount") else None
    # The sign makes a number of a signalling NaN, which has no hash.
    return category, +rate


def _stated(rows: list[TaxTotal]) -> dict[_Group, tuple[int, Decimal]]:
    """Per group its first row and the sum of all: reasons of exemption may split a group."""
    stated: dict[_Group, tuple[int, Decimal]] = {}
    for index, row in enumerate(rows):
        group = _group(row)
        if group is not None and row.taxable is not None:
            first, before = stated.get(group, (index, ZERO))
            stated[group] = first, before + row.taxable
    return stated


@checks(
    "A14",
    "tax_category_conflict",
    also=(
        *(f"BR-{_FAMILY[each]}-09" for each in ("Z", "E", "AE", "K", "G", "O")),
        *(f"BR-{_FAMILY[each]}-10" for each in ("E", "AE", "K", "G", "O")),
        *("BR-S-05", "BR-S-06", "BR-S-07", "BR-O-02", "BR-O-11"),
    ),
)
def category_conditions(bill: Bill, case: Case) -> Findings:
    """Conditions of the VAT category.

    Where an EN 16931 profile is claimed, each VAT category keeps its conditions. Z, E, AE, K, G and
    O carry no tax; E, AE, K, G and O give a reason; S has a rate above zero; O stands alone and
    without VAT identifiers.

    Correct the category, or add what the category demands.
    """
    if case.profile is None:
        return FINE
    found = _standard_without_rate(bill)
    for index, row in enumerate(bill.taxes):
        if row.category != "S" and _is_vat(row):
            found += _row_conditions(row, f"taxes[{index}]", case)
    if any(row.category == "O" and _is_vat(row) for row in bill.taxes):
        found += _out_of_scope(bill)
    return found


def _row_conditions(row: TaxTotal, path: str, case: Case) -> Iterator[Finding]:
    category = row.category
    if row.amount and category in _categories("zero_amount"):
        none, stated = case.figures.text(ZERO), case.figures.text(row.amount)
        message = f"category {category} with tax of {stated}; this category carries none"
        yield Finding(f"{path}.amount", none, stated, message, _family_rule(category, "09"))
    unexplained = row.exemption_code is None and row.exemption_text is None
    if unexplained and category in _categories("needs_exemption"):
        message = f"category {category} without a reason; add a VATEX code or a text"
        rule = _family_rule(category, "10")
        yield Finding(f"{path}.exemption_code", message=message, rule=rule)


def _standard_without_rate(bill: Bill) -> list[Finding]:
    found: list[Finding] = []
    sound: list[Tax] | None = None
    for index, line in enumerate(bill.lines):
        if line.taxes == sound:  # most lines are taxed as the one above
            continue
        wrong = [nth for nth, tax in enumerate(line.taxes) if _lacks_rate(tax)]
        found += [_rate_missing(f"lines[{index}].taxes[{nth}].rate", "BR-S-05") for nth in wrong]
        sound = sound if wrong else line.taxes
    for index, each in enumerate(bill.adjustments):
        if each.tax is not None and _lacks_rate(each.tax):
            rule = "BR-S-07" if each.kind == "charge" else "BR-S-06"
            found.append(_rate_missing(f"adjustments[{index}].tax.rate", rule))
    return found


def _lacks_rate(tax: Tax) -> bool:
    return tax.category == "S" and not (tax.rate and tax.rate > ZERO) and _is_vat(tax)


def _rate_missing(path: str, rule: str) -> Finding:
    message = "category S without a rate above zero; state the rate, or use Z or E"
    return Finding(path, message=message, rule=rule)


def _out_of_scope(bill: Bill) -> Iterator[Finding]:
    for index, row in enumerate(bill.taxes):
        if row.category != "O" and _is_vat(row):
            message = "another category beside O; an invoice out of scope has no other"
            yield Finding(f"taxes[{index}].category", "O", row.category, message, "BR-O-11")
    for name in ("seller", "buyer", "tax_representative"):
        party = getattr(bill, name)
        for index, each in enumerate(party.ids if party else ()):
            if each.kind == "vat":
                message = "a VAT identifier on an invoice out of scope; leave it out"
                yield Finding(f"{name}.ids[{index}]", message=message, rule="BR-O-02")


@checks(
    "A15", "tax_currency_conflict", "BR-53", also=("PEPPOL-EN16931-R005", "PEPPOL-EN16931-R055")
)
def tax_accounting(bill: Bill, case: Case) -> Findings:
    """Tax in the accounting currency.

    `totals.tax_accounting` and `tax_currency` are stated together. The currency differs from
    `currency`, and the amount has the sign of `totals.tax`.

    State both or none; none when the tax is accounted in the invoice currency.
    """
    amount = bill.totals.tax_accounting if bill.totals else None
    currency = bill.tax_currency
    if currency is None and amount is None:
        return FINE
    if currency is None:
        message = "tax in an accounting currency that is not stated; state it"
        return (Finding("tax_currency", message=message, rule="A15"),)
    if currency == bill.currency:
        message = f"the tax currency is the invoice currency, {currency}; leave it out"
        return (Finding("tax_currency", None, currency, message, "PEPPOL-EN16931-R005"),)
    if amount is None:
        message = f"a tax currency, {currency}, without the tax in it; state the amount"
        return (Finding("totals.tax_accounting", message=message),)
    tax = bill.totals.tax if bill.totals else None
    if tax is not None and amount * tax < ZERO:
        message = "the sign differs from that of totals.tax; one of them is wrong"
        stated, rule = case.figures.text(amount), "PEPPOL-EN16931-R055"
        return (Finding("totals.tax_accounting", None, stated, message, rule),)
    return FINE
