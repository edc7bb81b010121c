"""An account at a bank, ours or a counterparty's."""

from __future__ import annotations

from typing import Annotated

from canonical_model.base.scalars import (
    Code,
    Country,
    Currency,
    Instant,
    Maybe,
    Part,
    Text,
    in_utc,
    says,
)
from canonical_model.parts.identifier import Identifier


class BankAccount(Part, frozen=True, kw_only=True):
    """A bank account with what is needed to pay to it and to trust it."""

    id: Annotated[
        Maybe[Identifier], says("IBAN, or the number within `scheme`", "BT-84", "Acct/Id")
    ] = None
    name: Annotated[Maybe[Text], says("Account name", "BT-85", "Acct/Nm")] = None
    bic: Annotated[Maybe[Text], says("BIC of the bank", "BT-86", "Acct/Svcr")] = None
    bank_name: Annotated[Maybe[Text], says("Name of the bank")] = None
    branch: Annotated[Maybe[Identifier], says("Branch, sort code or routing number")] = None
    currency: Annotated[Maybe[Currency], says("Currency of the account", "Acct/Ccy")] = None
    country: Annotated[Maybe[Country], says("Country of the bank")] = None
    holder: Annotated[Maybe[Text], says("Whose account it is", "Acct/Ownr/Nm")] = None
    verified_at: Annotated[Maybe[Instant], says("When somebody last confirmed these details")] = (
        None
    )
    ledger_account: Annotated[Maybe[Code], says("Ledger account that mirrors it")] = None

    def __post_init__(self) -> None:
        in_utc(self, "verified_at")
