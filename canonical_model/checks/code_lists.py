"""Codes that are in no list: currencies, countries, units, tax categories, types, means."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

from canonical_model.base.codes import code_list, nearest
from canonical_model.checks.case import Case
from canonical_model.checks.finding import FINE, Finding, Findings
from canonical_model.checks.registry import EVERY_KIND, checks
from canonical_model.checks.scan import Place, walk

_STANDARDS = {
    **{"currency": "BR-CL-04", "country": "BR-CL-14", "unit": "BR-CL-23"},
    **{"tax_category": "BR-CL-17", "tax_exemption": "BR-CL-22"},
    **{"document_type": "BR-CL-01", "payment_means": "BR-CL-16"},
}
_LISTS = (*_STANDARDS, "balance_type", "response_code")
_SEARCHES = 5  # in one document: a search through 2,000 units takes milliseconds
_QUOTED = 40
_nearest = lru_cache(maxsize=1024)(nearest)


@cache
def _known() -> dict[str, frozenset[str | None]]:
    return {name: frozenset({*code_list(name).codes, None}) for name in _LISTS}


@checks("C1", "code_unknown", kinds=EVERY_KIND, severity="warning", also=tuple(_STANDARDS.values()))
def codes_known(document: Any, case: Case) -> Findings:
    """Codes of standard lists.

    Codes are in the list of their standard; each unknown one is reported once. Currencies,
    countries, units, VAT categories, exemption codes, document types, means of payment and balance
    types. Units are for information only, as many systems have their own.

    Translate the code in the map, with a table from the sender's codes to the list's.
    """
    census, known = case.census, _known()
    if not [name for name, codes in known.items() if not codes.issuperset(census[name])]:
        return FINE
    first: dict[tuple[str, str], Place] = {}
    for place in walk(document):
        if place.sort in known and _is_unknown(place):
            first.setdefault((place.sort, place.value), place)
    return [_told(each, nth < _SEARCHES) for nth, each in enumerate(first.values())]


def _is_unknown(place: Place) -> bool:
    known = _known()[place.sort]
    if place.sort == "tax_category" and place.owner.type not in (None, "VAT"):
        return False
    if place.sort == "tax_exemption" and place.value.upper() in known:
        return False  # VATEX codes count in either case
    return place.value not in known


def _told(place: Place, search: bool) -> Finding:
    name, code = place.sort, place.value[:_QUOTED]
    near = _nearest(name, code) if search else ()
    return Finding(
        place.path,
        actual=code,
        message=f"{code!r} is not in the code list {name}; use one of its codes",
        rule=_STANDARDS.get(name),
        severity="info" if name == "unit" else None,
        hint=f"did you mean {', '.join(near)}?" if near else None,
    )
