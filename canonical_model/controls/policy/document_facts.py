"""What a document says, as the facts that policies usually ask for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from canonical_model.documents import AnyDocument, kind_of
from canonical_model.parts.party import Party

# Fields that are facts of the same name.
_SAME = ("number", "currency", "entity", "direction", "issue_date", "due_date", "type", "means")
_ROLES = ("order", "contract", "receipt")


def facts_of(document: AnyDocument, **more: Any) -> dict[str, Any]:
    """Facts of a document, absent where it says nothing; `more` is what only the caller knows.

    `amount` is what is payable, else the gross, else the net amount, else that of a payment. Lists
    hold each text once.
    """
    facts: dict[str, Any] = {"kind": kind_of(document)}
    facts |= {name: getattr(document, name, None) for name in _SAME}
    facts |= _amounts(document)
    for name, party in _parties(document):
        facts |= _party(name, party)
    facts |= _lists(document)
    named = {each.role for each in _refs(document) if each.number or each.id}
    facts |= {f"has_{role}": role in named for role in _ROLES}
    known = {name: value for name, value in facts.items() if value is not None and value != []}
    return known | more


def _amounts(document: AnyDocument) -> dict[str, Any]:
    totals = getattr(document, "totals", None)
    facts = {name: getattr(totals, name, None) for name in ("net", "tax", "gross", "payable")}
    stated = (facts["payable"], facts["gross"], facts["net"], getattr(document, "amount", None))
    return facts | {"amount": next((each for each in stated if each is not None), None)}


def _parties(document: AnyDocument) -> Iterator[tuple[str, Party]]:
    for name, field in (("supplier", "seller"), ("customer", "buyer"), ("payee", "payee")):
        party = getattr(document, field, None)
        if isinstance(party, Party):
            yield name, party


def _party(name: str, party: Party) -> dict[str, Any]:
    """By the id in our master data, else its VAT number, else its name."""
    vat = next((each.value for each in party.ids if each.kind == "vat"), None)
    country = party.address.country if party.address is not None else None
    return {
        name: party.master_id or vat or party.name,
        f"{name}_name": party.name,
        f"{name}_vat": vat,
        f"{name}_country": country,
    }


def _lists(document: AnyDocument) -> dict[str, list[str]]:
    lines = getattr(document, "lines", [])
    items = [item for line in lines if (item := getattr(line, "item", None)) is not None]
    dimensions = [*getattr(document, "dimensions", ())]
    dimensions += [each for line in lines for each in getattr(line, "dimensions", ())]
    attached = getattr(document, "attachments", ())
    return {
        "category": _each(each.code for item in items for each in item.classifications),
        "account": _each(getattr(line, "account", None) for line in lines),
        "cost_centre": _each(d.value for d in dimensions if d.dimension == "cost_centre"),
        "project": _each(d.value for d in dimensions if d.dimension == "project"),
        "evidence": _each(each.role for each in attached),
        "tax_category": _each(each.category for each in getattr(document, "taxes", ())),
    }


def _refs(document: AnyDocument) -> Iterator[Any]:
    yield from getattr(document, "refs", ())
    for line in getattr(document, "lines", ()):
        yield from getattr(line, "refs", ())


def _each(texts: Iterable[str | None]) -> list[str]:
    return sorted({text for text in texts if text})
