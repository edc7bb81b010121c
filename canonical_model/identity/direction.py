"""Whether we owe it or are owed it, and who the other side is."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from canonical_model.documents.invoice import Bill
from canonical_model.envelope import Context, Direction
from canonical_model.identity.normalise import tax_id
from canonical_model.identity.rungs import rungs
from canonical_model.parts.bank_account import BankAccount
from canonical_model.parts.identifier import Identifier
from canonical_model.parts.party import Party


def direction_of(document: Any, context: Context) -> Direction | None:
    """What the document states, else the context, else on whose side one of our ids is found.

    None when neither side is ours, and when both are: an intercompany invoice has two directions.
    """
    stated: Direction | None = getattr(document, "direction", None)
    if stated == "payable" or stated == "receivable":
        return stated
    own = _own(context)
    if context.direction is not None or not own:
        return context.direction
    selling = _is_ours(getattr(document, "seller", None), own)
    buying = _is_ours(getattr(document, "buyer", None), own)
    if selling == buying:
        return None
    return "receivable" if selling else "payable"


def entity_of(document: Any, context: Context) -> str | None:
    """The entity that the context names, else the one of ours that is found in the document."""
    if context.entity is not None or not context.entities:
        return context.entity
    account = getattr(document, "account", None)
    held = account.id if isinstance(account, BankAccount) else account
    number = held.value or "" if isinstance(held, Identifier) else ""
    sides = [getattr(document, side, None) for side in ("buyer", "seller")]
    for name, ids in context.entities.items():
        own = _normalised(ids)
        if tax_id(number) in own or any(_is_ours(party, own) for party in sides):
            return name
    return None


def _own(context: Context) -> frozenset[str]:
    own = _normalised(context.own_ids)
    return own.union(*map(_normalised, context.entities.values())) if context.entities else own


@lru_cache(64)
def _normalised(own_ids: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(tax_id, own_ids)) - {""}


def _is_ours(party: Party | None, own: frozenset[str]) -> bool:
    if party is None:
        return False
    accounts = [account.id for account in party.bank_accounts if account.id is not None]
    values = [identifier.value for identifier in (*party.ids, *accounts)]
    return not own.isdisjoint(map(tax_id, [*values, party.master_id or ""]))


def counterparty_rungs(document: Any, direction: Direction | None) -> list[tuple[str, str]]:
    """Rungs of the buyer of what we sell; in every other case of the seller and its accounts."""
    if direction == "receivable":
        # The accounts to pay to are ours then and say nothing about the buyer.
        return rungs(document.buyer)
    return rungs(document.seller, _accounts(document) if isinstance(document, Bill) else ())


def _accounts(bill: Bill) -> list[BankAccount]:
    stated = [account for way in bill.payment for account in way.accounts]
    return [*stated, *bill.payee.bank_accounts] if bill.payee is not None else stated
