"""The kinds of crosswalk, and under which names a thing of each kind is looked for.

A name is a text: `vat:DE123456788`, `name:muster gmbh`, `4711`, `S 19`. The strongest comes first,
so that a row for an identifier goes before one for a name.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final
from unicodedata import normalize

from canonical_model.parts.item import Item
from canonical_model.parts.party import Party
from canonical_model.parts.tax import Tax, TaxTotal
from canonical_model.parts.terms import Terms

KINDS: Final = (
    *("supplier", "customer", "account", "tax_code", "unit", "term", "item", "dimension"),
)


def of_party(party: Party) -> Iterator[str]:
    """Our own master id, every identifier, the name."""
    if party.master_id:
        yield f"master:{party.master_id}"
    for each in party.ids:
        yield f"{(each.scheme or each.kind or 'id').lower()}:{each.value}"
    if party.name:
        yield f"name:{folded(party.name)}"


def of_tax(tax: Tax | TaxTotal) -> Iterator[str]:
    """The code that the source has for it; else category and rate, as e-invoices say it."""
    if tax.code:
        yield tax.code
    if tax.category:
        rate = "" if tax.rate is None else f" {_shortest(tax.rate)}"
        yield f"{tax.category}{rate}"
    elif tax.rate is not None and not tax.code:
        yield _shortest(tax.rate)


def of_terms(terms: Terms) -> Iterator[str]:
    """The code that the source has for them, the days, the words."""
    if terms.code:
        yield terms.code
    if terms.net_days is not None:
        yield f"net {terms.net_days}"
    if terms.text:
        yield f"text:{folded(terms.text)}"


def of_item(item: Item) -> Iterator[str]:
    """Its numbers, ours first; the name."""
    if item.buyer_id:
        yield f"buyer:{item.buyer_id}"
    if item.standard_id:
        scheme = item.standard_id.scheme or item.standard_id.kind or "gtin"
        yield f"{scheme.lower()}:{item.standard_id.value}"
    if item.seller_id:
        yield f"seller:{item.seller_id}"
    if item.name:
        yield f"name:{folded(item.name)}"


def folded(text: str) -> str:
    """A name as people would call it the same: case, marks and blanks do not tell things apart."""
    plain = normalize("NFKD", text.casefold())
    kept = "".join(each if each.isalnum() else " " for each in plain if not _is_mark(each))
    return " ".join(kept.split())


def _is_mark(character: str) -> bool:
    return "\u0300" <= character <= "\u036f"


def _shortest(rate: Decimal) -> str:
    return format(rate.normalize(), "f")
