"""A document in the target's words: suppliers, accounts, tax codes and the like looked up.

A table that has been begun is binding: what it does not know is reported, and nothing is sent. A
kind for which the connection has no table is left as the document says it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from msgspec import structs

from canonical_model.documents import AnyDocument
from canonical_model.parts.identifier import Identifier
from canonical_model.parts.party import Party
from node_server.operations.crosswalking import naming

Look = Callable[[str, list[str]], "str | None"]
"""The target of a kind and its names, or None where there is none."""

Further = Callable[[str, str], Mapping[str, str]]
"""Further ids, by scheme, that documents must name with a target of a kind."""


def nothing_further(_kind: str, _target: str) -> Mapping[str, str]:
    """Where only the names matter."""
    return {}


@dataclass(frozen=True, slots=True)
class Unknown:
    """What a table that is in use does not know."""

    kind: str
    path: str
    names: tuple[str, ...]

    @property
    def code(self) -> str:
        """The code of the exception."""
        return f"{self.kind}_unmapped"

    def __str__(self) -> str:
        shown = self.names[0][:60] if self.names else "nothing that names it"
        return f"{self.code}: {self.path} is {shown!r}; add it to the {self.kind} table"


@dataclass(slots=True)
class Translation:
    """Looks things up and keeps what was not found."""

    look: Look
    used: frozenset[str]
    """Kinds whose table has been begun."""
    further: Further = nothing_further
    unknown: list[Unknown] = field(default_factory=list)

    def target(self, kind: str, path: str, names: Iterable[str]) -> str | None:
        """What the target calls it; None where the document's own word stays."""
        if kind not in self.used:
            return None
        asked = list(names)
        if not asked:
            return None  # nothing is named, so nothing is wrong
        found = self.look(kind, asked)
        if found is None:
            self.unknown.append(Unknown(kind, path, tuple(asked)))
        return found


def translated(
    document: AnyDocument, look: Look, used: frozenset[str], further: Further = nothing_further
) -> tuple[AnyDocument, list[Unknown]]:
    """The document in the target's words, and what could not be said in them."""
    work = Translation(look, used, further)
    if not used:
        return document, []
    receivable = getattr(document, "direction", None) == "receivable"
    changes = dict(_parties(document, work, receivable=receivable))
    changes |= dict(_parts(document, work))
    if lines := getattr(document, "lines", None):
        side = "seller_id" if receivable else "buyer_id"
        changes["lines"] = [_line(line, f"lines[{n}]", work, side) for n, line in enumerate(lines)]
    return structs.replace(document, **changes), work.unknown


def _parties(
    document: AnyDocument, work: Translation, *, receivable: bool
) -> Iterator[tuple[str, Any]]:
    """The other side, by what it is to us."""
    customer = "customer" if receivable else "supplier"
    for name in ("buyer",) if receivable else ("seller", "supplier"):
        party = getattr(document, name, None)
        if party is not None:
            target = work.target(customer, name, naming.of_party(party))
            if target is not None:
                yield name, _party(party, target, work.further(customer, target))


def _party(party: Party, target: str, further: Mapping[str, str]) -> Party:
    """With the target's id, and what else documents name it by there."""
    kept = [each for each in party.ids if each.scheme not in further]
    more = [Identifier(kind="other", scheme=s, value=value) for s, value in further.items()]
    return structs.replace(party, master_id=target, ids=kept + more)


def _parts(document: AnyDocument, work: Translation) -> Iterator[tuple[str, Any]]:
    if taxes := getattr(document, "taxes", None):
        yield "taxes", [_tax(each, f"taxes[{n}]", work) for n, each in enumerate(taxes)]
    terms = getattr(document, "terms", None)
    if terms is not None:
        target = work.target("term", "terms", naming.of_terms(terms))
        if target is not None:
            yield "terms", structs.replace(terms, code=target)
    if dimensions := getattr(document, "dimensions", None):
        yield "dimensions", _dimensions(dimensions, "dimensions", work)


def _line(line: Any, path: str, work: Translation, side: str) -> Any:
    changes: dict[str, Any] = {}
    account = getattr(line, "account", None)
    if account and (target := work.target("account", f"{path}.account", [account])):
        changes["account"] = target
    changes |= _unit(line, path, work)
    if item := getattr(line, "item", None):
        target = work.target("item", f"{path}.item", naming.of_item(item))
        if target is not None:
            changes["item"] = structs.replace(item, **{side: target})
    if taxes := getattr(line, "taxes", None):
        changes["taxes"] = [_tax(t, f"{path}.taxes[{n}]", work) for n, t in enumerate(taxes)]
    if dimensions := getattr(line, "dimensions", None):
        changes["dimensions"] = _dimensions(dimensions, f"{path}.dimensions", work)
    return structs.replace(line, **changes) if changes else line


def _unit(line: Any, path: str, work: Translation) -> dict[str, Any]:
    unit, price = getattr(line, "unit", None), getattr(line, "price", None)
    target = work.target("unit", f"{path}.unit", [unit]) if unit else None
    if target is None:
        return {}
    if price is not None and price.base_unit == unit:
        return {"unit": target, "price": structs.replace(price, base_unit=target)}
    return {"unit": target}


def _tax(tax: Any, path: str, work: Translation) -> Any:
    target = work.target("tax_code", path, naming.of_tax(tax))
    return tax if target is None else structs.replace(tax, code=target)


def _dimensions(found: list[Any], path: str, work: Translation) -> list[Any]:
    return [_dimension(each, f"{path}[{number}]", work) for number, each in enumerate(found)]


def _dimension(each: Any, path: str, work: Translation) -> Any:
    target = work.target("dimension", path, [f"{each.dimension}:{each.value}"])
    return each if target is None else structs.replace(each, value=target)
