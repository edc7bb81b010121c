"""How many decimals amounts have: BR-DEC-01 to BR-DEC-28."""

from __future__ import annotations

from typing import Any

from canonical_model.checks.case import Case
from canonical_model.checks.figures import ZERO, decimals, figures_of
from canonical_model.checks.finding import FINE, Finding, Findings
from canonical_model.checks.registry import EVERY_KIND, checks
from canonical_model.checks.scan import AMOUNT, Place, walk
from canonical_model.parts.line import Line
from canonical_model.parts.tax import TaxTotal
from canonical_model.parts.totals import Totals

# EN 16931's rule by field; it has one for allowances and one for charges, where we have one field.
_TOTALS = "lines allowances charges net tax gross tax_accounting prepaid rounding payable"
_RULES: dict[tuple[type, str], str] = {
    **{(Totals, name): f"BR-DEC-{n:02}" for n, name in enumerate(_TOTALS.split(), 9)},
    **{(TaxTotal, "taxable"): "BR-DEC-19", (TaxTotal, "amount"): "BR-DEC-20"},
    **{(Line, "net"): "BR-DEC-23"},
}
_CURRENCIES = ("currency", "tax_currency", "base_currency")


@checks(
    "A13",
    "amount_decimals_excess",
    kinds=EVERY_KIND,
    severity="warning",
    also=tuple(_RULES.values()),
)
def few_decimals(document: Any, case: Case) -> Findings:
    """Decimals of an amount.

    An amount has no more decimals than its currency, or two where the currency has fewer. Prices,
    quantities and rates may have more. A warning on what comes in; UBL and CII that go out may not
    have any.

    Round where the amount was reckoned; a unit price belongs in `price`.
    """
    # A sum has as many decimals as the most precise of its parts.
    summed = sum(filter(None, case.census[AMOUNT]), ZERO)
    if summed.same_quantum(case.figures.unit) or decimals(summed) <= case.figures.places:
        return FINE
    return _excesses(document, case)


def _excesses(document: Any, case: Case) -> Findings:
    text, places = case.figures.text, case.figures.places
    found: list[Finding] = []
    for place in walk(document):
        if place.sort == AMOUNT and place.value and decimals(place.value) > places:
            most = _allowed(place, case)
            if decimals(place.value) > most:
                message = f"{decimals(place.value)} decimals; an amount has at most {most}"
                rule = _RULES.get((type(place.owner), place.path.rpartition(".")[2]))
                rounded = text(case.figures.rounded(place.value))
                found.append(Finding(place.path, rounded, text(place.value), message, rule))
    return found


def _allowed(place: Place, case: Case) -> int:
    """What the most divisible currency in sight has."""
    owners = (place.owner, case.document)
    currencies = [getattr(owner, name, None) for owner in owners for name in _CURRENCIES]
    return max(case.figures.places, *(figures_of(each).places for each in currencies))
