"""How a bank account is named in a key."""

from __future__ import annotations

from canonical_model.identity.normalise import alphanumeric, bic, iban
from canonical_model.parts.bank_account import BankAccount
from canonical_model.parts.identifier import Identifier


def scheme_and_value(account: Identifier | None) -> tuple[str, str] | None:
    """`iban` for whatever is one, else the stated scheme, which may be empty; None for no account.

    A BBAN keeps its leading zeros; an IBAN with wrong check digits is kept as a plain number.
    """
    if account is None:
        return None
    if valid := iban(account.value):
        return "iban", valid
    value = alphanumeric(account.value)
    return ((account.scheme or "").strip().casefold(), value) if value else None


def account_part(account: Identifier | None) -> str:
    """The account as one part of a key, empty for none."""
    named = scheme_and_value(account)
    return ":".join(named) if named else ""


def bank_part(account: BankAccount) -> str:
    """The bank that an account number other than an IBAN is relative to."""
    if account.branch is not None:
        return alphanumeric(account.branch.value)
    return bic(account.bic) if account.bic else ""
