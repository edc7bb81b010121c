"""A tenant's terms for reconciling bank lines."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from canonical_model.base.scalars import Amount, Code, Count, Maybe, Number, Part, Text, says

Aspect = Literal["state", "amount", "master_data", "dates"]
Basis = Literal[
    "uetr",
    "end_to_end",
    "creditor_reference",
    "batch",
    "instruction",
    "provider_id",
    "number_stated",
    "number_in_text",
]

_STRONG: tuple[Basis, ...] = (
    *("uetr", "end_to_end", "creditor_reference", "batch", "instruction", "provider_id"),
)


class DifferenceAccounts(Part, frozen=True, kw_only=True):
    """Ledger accounts on which differences between documents and bank lines are booked.

    The usual ones are names that a crosswalk translates into each ledger's own.
    """

    discount: Annotated[Code, says("Early-payment discounts")] = "early_payment_discounts"
    fee: Annotated[Code, says("Bank fees")] = "bank_fees"
    exchange: Annotated[Code, says("Gains and losses of exchange")] = "exchange_differences"
    receivable: Annotated[Code, says("What customers owe")] = "receivables"
    payable: Annotated[Code, says("What we owe suppliers")] = "payables"
    ledger: Annotated[Maybe[Text], says("Ledger of the entries")] = None


class ReconciliationPolicy(Part, frozen=True, kw_only=True):
    """What is accepted without a person, what is proposed, and how far amounts and days may lie."""

    accept_at: Annotated[Number, says("Score from which a proposal is accepted by itself")] = (
        Decimal("0.95")
    )
    propose_at: Annotated[Number, says("Score from which something is proposed")] = Decimal("0.5")
    strong: Annotated[
        tuple[Basis, ...], says("References without which nothing is accepted by itself")
    ] = _STRONG
    days_before: Annotated[Count, says("Days a payment may come before the document")] = 15
    days_after: Annotated[Count, says("Days a payment may come after it is due")] = 180
    discount_grace: Annotated[Count, says("Days an early-payment discount is still granted")] = 3
    fee_amount: Annotated[Amount, says("Bank fee that may be missing, in the line's currency")] = (
        Decimal(30)
    )
    fee_percent: Annotated[Number, says("The same in percent of the amount; the lower counts")] = (
        Decimal(2)
    )
    rate_percent: Annotated[
        Number, says("By how much an amount converted at the stated rate may be off")
    ] = Decimal("0.5")
    most_items: Annotated[Count, says("Open items tried in all combinations")] = 16
    most_candidates: Annotated[Count, says("Open items looked at for one line and reason")] = 24
    accounts: Annotated[DifferenceAccounts, says("Where differences are booked")] = (
        DifferenceAccounts()
    )
    disagreements: Annotated[
        tuple[Aspect, ...],
        says("What two systems may not state differently without an exception being opened"),
    ] = ()
