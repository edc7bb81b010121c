"""What a counterparty can be recognised by, strongest first."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TypeAlias

from canonical_model.identity.normalise import (
    LONGEST_REMEMBERED,
    REMEMBERED,
    alphanumeric,
    iban,
    name_norm,
    plain,
    tax_id,
)
from canonical_model.parts.bank_account import BankAccount
from canonical_model.parts.identifier import Identifier
from canonical_model.parts.party import Party

RUNGS = ("vat", "legal", "gln", "lei", "duns", "endpoint", "iban", "master", "name")
"""All rungs, strongest first."""

WEAK_RUNGS = frozenset({"iban", "name"})
"""Shared by factors and groups, or spelt by chance: good for suspicion, never for a merge."""

_RANKS = {name: rank for rank, name in enumerate(RUNGS)}
# ISO 6523 ICD and the plain words for the identifiers that are unique world-wide
_GLOBAL = {"0088": "gln", "0199": "lei", "0060": "duns", "gln": "gln", "lei": "lei", "duns": "duns"}

Rung: TypeAlias = tuple[int, str]


def rungs(party: Party | None, accounts: Iterable[BankAccount] = ()) -> list[tuple[str, str]]:
    """Name and text of every rung the party offers; `accounts` are its accounts stated elsewhere.

    The order does not depend on the order in which the source lists them.
    """
    found = [_account_rung(account) for account in accounts]
    if party is not None:
        found += [_id_rung(identifier) for identifier in party.ids]
        found += [_account_rung(account) for account in party.bank_accounts]
        found += [_rung("master", plain(party.master_id)), _name_rung(party)]
    return [(RUNGS[rank], text) for rank, text in sorted({rung for rung in found if rung})]


def _rung(name: str, value: str | None, register: str = "") -> Rung | None:
    return (_RANKS[name], f"{name}:{register}{value}") if value else None


def _account_rung(account: BankAccount) -> Rung | None:
    return _rung("iban", iban(account.id.value)) if account.id is not None else None


def _name_rung(party: Party) -> Rung | None:
    name = name_norm(party.name or party.trading_name or "")
    country = (party.address.country if party.address is not None else None) or ""
    return _rung("name", name and f"{name}|{country.strip().upper()}")


def _id_rung(identifier: Identifier) -> Rung | None:
    value = identifier.value
    # Long values are worked out afresh, so that nobody can fill the memory with them.
    rung = _registered if len(value) <= LONGEST_REMEMBERED else _registered.__wrapped__
    return rung(identifier.kind, identifier.scheme, value)


@lru_cache(REMEMBERED)
def _registered(kind: str | None, scheme: str | None, value: str) -> Rung | None:
    if kind == "vat":
        return _rung("vat", tax_id(value))
    # Without its register or network a number does not name one company.
    register = (scheme or "").strip().casefold()
    if not register:
        return None
    if kind == "endpoint":
        # Punctuation belongs to an address, such as an e-mail's; case and blanks do not.
        return _rung("endpoint", plain("".join(value.split()).casefold()), f"{register}:")
    if register in _GLOBAL:
        return _rung(_GLOBAL[register], alphanumeric(value))
    return _rung("legal", alphanumeric(value), f"{register}:") if kind == "legal" else None
