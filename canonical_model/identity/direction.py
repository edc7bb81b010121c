"""Whether we owe it or are owed it, and who the other side is."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from canonical_model.envelope import Context, Direction
from canonical_model.identity.normalise import tax_id
from canonical_model.parts.party import Party


def direction_of(document: Any, context: Context) -> Direction | None:
    """What the document states, else the context, else on whose side one of our ids is found.

    None when neither side is ours, and when both are: an intercompany invoice has two directions.
    """
    stated: Direction | None = getattr(document, "direction", None)
    if stated == "payable" or stated == "receivable":
        return stated
    if context.direction is not None or not context.own_ids:
        return context.direction
    own = _normalised(context.own_ids)
    selling = _is_ours(getattr(document, "seller", None), own)
    buying = _is_ours(getattr(document, "buyer", None), own)
    if selling == buying:
        return None
    return "receivable" if selling else "payable"


def counterparty(document: Any, direction: Direction | None) -> Party | None:
    """The buyer of what we sell; in every other case the seller."""
    party: Party | None = document.buyer if direction == "receivable" else document.seller
    return party


@lru_cache(64)
def _normalised(own_ids: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(tax_id, own_ids)) - {""}


def _is_ours(party: Party | None, own: frozenset[str]) -> bool:
    return party is not None and any(tax_id(value) in own for value in _values(party))


def _values(party: Party) -> Iterable[str]:
    yield from (identifier.value for identifier in party.ids)
    yield from (account.id.value for account in party.bank_accounts if account.id is not None)
    if party.master_id is not None:
        yield party.master_id
