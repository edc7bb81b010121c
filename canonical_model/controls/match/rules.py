"""Which row of the settings counts for a document and a line."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any, NamedTuple

from canonical_model.controls.match.ratios import NOTHING, fraction
from canonical_model.controls.match.settings import Limit, MatchRule, MatchSettings
from canonical_model.identity import name_norm
from canonical_model.identity.normalise import alphanumeric
from canonical_model.parts.party import Party


class Scope(NamedTuple):
    """What a row may ask for."""

    tenant: str
    entity: str | None
    names: frozenset[str]
    categories: frozenset[str]
    currency: str | None


class RuleBook:
    """The rows of one tenant's settings, asked field by field."""

    def __init__(self, settings: MatchSettings) -> None:
        self._rows = settings.rules
        self._found: dict[tuple[str, Scope], list[Any]] = {}

    def limit(self, field: str, scope: Scope, base: Fraction) -> Fraction:
        """How far off a value may be from `base`; several rows of one rank must all hold."""
        return min((_allowed(each, base) for each in self._ask(field, scope)), default=NOTHING)

    def choice(self, field: str, scope: Scope, usual: str) -> str:
        """What the row says; the strictest where several rows of one rank do."""
        return max(self._ask(field, scope), key=_strictness, default=usual)

    def _ask(self, field: str, scope: Scope) -> list[Any]:
        key = (field, scope)
        if key not in self._found:
            stating = [row for row in self._rows if getattr(row, field) is not None]
            fitting = [(_rank(row), row) for row in stating if _fits(row, scope)]
            best = max((rank for rank, _ in fitting), default=None)
            self._found[key] = [getattr(row, field) for rank, row in fitting if rank == best]
        return self._found[key]


_STRICTNESS = {"required": 2, "hold": 2, "if_any": 1}


def _strictness(choice: str) -> int:
    return _STRICTNESS.get(choice, 0)


def names_of(party: Party | None) -> frozenset[str]:
    """All that a row may call a counterparty by."""
    if party is None:
        return frozenset()
    numbers = {alphanumeric(text) for text in (party.master_id, *_values(party)) if text}
    return frozenset(
        numbers | {name_norm(name) for name in (party.name, party.trading_name) if name}
    )


def _values(party: Party) -> Iterable[str]:
    return (each.value for each in party.ids)


def _fits(row: MatchRule, scope: Scope) -> bool:
    return (
        row.tenant in (None, scope.tenant)
        and row.entity in (None, scope.entity)
        and row.currency in (None, scope.currency)
        and (row.supplier is None or not scope.names.isdisjoint(_spellings(row.supplier)))
        and (row.category is None or any(c.startswith(row.category) for c in scope.categories))
    )


def _spellings(supplier: str) -> tuple[str, str]:
    return alphanumeric(supplier), name_norm(supplier)


def _rank(row: MatchRule) -> tuple[bool, int, bool, bool, bool]:
    """Supplier before category (the longer, the more specific) before currency, entity, tenant."""
    category = len(row.category or "")
    return (
        row.supplier is not None,
        category,
        row.currency is not None,
        row.entity is not None,
        row.tenant is not None,
    )


def _allowed(limit: Limit, base: Fraction) -> Fraction:
    share = fraction(limit.percent)
    stated = [fraction(limit.absolute), None if share is None else abs(base) * share / 100]
    figures = [max(each, NOTHING) for each in stated if each is not None]
    pick = max if limit.need == "either" else min
    return pick(figures, default=NOTHING)
