"""When and how something is to be paid."""

from __future__ import annotations

from typing import Annotated

from canonical_model.base.scalars import Amount, Code, Count, Date, Maybe, Number, Part, Text, says
from canonical_model.parts.bank_account import BankAccount
from canonical_model.parts.identifier import Identifier


class Instalment(Part, frozen=True, kw_only=True):
    """One of several due dates."""

    due: Annotated[Maybe[Date], says("Day it falls due")] = None
    amount: Annotated[Maybe[Amount], says("What falls due")] = None
    percent: Annotated[Maybe[Number], says("Share of the payable amount")] = None


class EarlyDiscount(Part, frozen=True, kw_only=True):
    """A reduction for paying early."""

    percent: Annotated[Maybe[Number], says("Reduction in percent")] = None
    amount: Annotated[Maybe[Amount], says("Reduction as an amount")] = None
    days: Annotated[Maybe[Count], says("Within so many days of the issue date")] = None
    until: Annotated[Maybe[Date], says("Up to and including this day")] = None


class Terms(Part, frozen=True, kw_only=True):
    """Payment terms, in words and as far as possible in figures."""

    text: Annotated[Maybe[Text], says("The terms in words", "BT-20")] = None
    code: Annotated[Maybe[Code], says("The ledger's own code for them")] = None
    net_days: Annotated[Maybe[Count], says("Days until the whole amount is due")] = None
    instalments: Annotated[list[Instalment], says("Due dates, when several")] = []
    discounts: Annotated[list[EarlyDiscount], says("Reductions for early payment")] = []


class Mandate(Part, frozen=True, kw_only=True):
    """A direct debit mandate (BG-19)."""

    id: Annotated[Maybe[Text], says("Mandate reference", "BT-89", "MndtId")] = None
    creditor_id: Annotated[Maybe[Text], says("Creditor identifier", "BT-90")] = None
    debtor_account: Annotated[Maybe[Identifier], says("Account to debit", "BT-91")] = None


class Card(Part, frozen=True, kw_only=True):
    """A payment card (BG-18); never the full number."""

    pan: Annotated[Maybe[Text], says("First six and last four digits at most", "BT-87")] = None
    holder: Annotated[Maybe[Text], says("Card holder", "BT-88")] = None


class Instruction(Part, frozen=True, kw_only=True):
    """How to pay (BG-16); several are allowed, as in UBL."""

    means: Annotated[Maybe[Code], says("UNTDID 4461 code", "BT-81")] = None
    text: Annotated[Maybe[Text], says("The means in words", "BT-82")] = None
    reference: Annotated[Maybe[Text], says("Remittance information to quote", "BT-83")] = None
    accounts: Annotated[list[BankAccount], says("Accounts to credit", "BG-17")] = []
    card: Annotated[Maybe[Card], says("Card that was used", "BG-18")] = None
    mandate: Annotated[Maybe[Mandate], says("Direct debit", "BG-19")] = None
