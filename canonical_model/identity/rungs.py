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

_VAT, _LEGAL, _GLN, _LEI, _DUNS, _ENDPOINT, _IBAN, _MASTER, _NAME = range(len(RUNGS))
# ISO 6523 ICD and the plain words for the identifiers that are unique world-wide
_GLOBAL = {"0088": _GLN, "0199": _LEI, "0060": _DUNS, "gln": _GLN, "lei": _LEI, "duns": _DUNS}


Rung: TypeAlias = tuple[int, str]


def rungs(party: Party | None, accounts: Iterable[BankAccount] = ()) -> list[tuple[str, str]]:
    """Name and text of every rung the party offers; `accounts` are its accounts stated elsewhere.

    The order does not depend on the order in which the source lists them.
    """
    found = [_iban_rung(account) for account in accounts]
    if party is not None:
        found += [_id_rung(identifier) for identifier in party.ids]
        found += [_iban_rung(account) for account in party.bank_accounts]
        found += [_master_rung(party), _name_rung(party)]
    return [(RUNGS[rank], text) for rank, text in sorted({rung for rung in found if rung})]


def strong_rungs(party: Party) -> list[tuple[str, str]]:
    """Those rungs that may merge."""
    return [rung for rung in rungs(party) if rung[0] not in WEAK_RUNGS]


def _id_rung(identifier: Identifier) -> Rung | None:
    value = identifier.value
    # Long values are worked out afresh, so that nobody can fill the memory with them.
    rung = _rung if len(value) <= LONGEST_REMEMBERED else _rung.__wrapped__
    return rung(identifier.kind, identifier.scheme, value)


@lru_cache(REMEMBERED)
def _rung(kind: str | None, scheme: str | None, value: str) -> Rung | None:
    if kind == "vat":
        number = tax_id(value)
        return (_VAT, f"vat:{number}") if number else None
    # Without its register or network a number does not name one company.
    network = (scheme or "").strip().casefold()
    if not network:
        return None
    return _endpoint(network, value) if kind == "endpoint" else _number(kind, network, value)


def _endpoint(network: str, value: str) -> Rung | None:
    # Punctuation belongs to an address, such as an e-mail's; case and blanks do not.
    address = plain("".join(value.split()).casefold())
    return (_ENDPOINT, f"endpoint:{network}:{address}") if address else None


def _number(kind: str | None, register: str, value: str) -> Rung | None:
    number = alphanumeric(value)
    rank = _GLOBAL.get(register)
    if number and rank is not None:
        return rank, f"{RUNGS[rank]}:{number}"
    return (_LEGAL, f"legal:{register}:{number}") if number and kind == "legal" else None


def _iban_rung(account: BankAccount) -> Rung | None:
    valid = iban(account.id.value) if account.id is not None else None
    return (_IBAN, f"iban:{valid}") if valid else None


def _master_rung(party: Party) -> Rung | None:
    master = plain(party.master_id)
    return (_MASTER, f"master:{master}") if master else None


def _name_rung(party: Party) -> Rung | None:
    name = name_norm(party.name or party.trading_name or "")
    country = (party.address.country if party.address is not None else None) or ""
    return (_NAME, f"name:{name}|{country.strip().upper()}") if name else None
