"""Bank statements, reports and notifications."""

from __future__ import annotations

from typing import Annotated, Literal

from canonical_model.base.scalars import (
    Amount,
    Code,
    Count,
    Currency,
    Date,
    Instant,
    Maybe,
    Part,
    Text,
    in_utc,
    says,
)
from canonical_model.documents.bank_transaction import BankTransaction, Side
from canonical_model.parts.bank_account import BankAccount
from canonical_model.parts.money import Period


class Balance(Part, frozen=True, kw_only=True):
    """A balance of an account; the amount is not negative, `direction` gives the sign."""

    type: Annotated[Maybe[Code], says("OPBD, CLBD, ITBD, …", "Bal/Tp", examples=["CLBD"])] = None
    amount: Annotated[Maybe[Amount], says("Amount", "Bal/Amt")] = None
    direction: Annotated[Maybe[Side], says("Credit or debit", "Bal/CdtDbtInd")] = None
    date: Annotated[Maybe[Date], says("Day", "Bal/Dt")] = None
    currency: Annotated[Maybe[Currency], says("Currency", "Bal/Amt@Ccy")] = None


class EntrySummary(Part, frozen=True, kw_only=True):
    """Counts and sums that the bank states for checking (TxsSummry)."""

    direction: Annotated[Maybe[Side], says("Of which side; both when absent")] = None
    count: Annotated[Maybe[Count], says("Number of entries", "NbOfNtries")] = None
    sum: Annotated[Maybe[Amount], says("Their sum", "Sum")] = None


class BankStatement(Part, tag_field="kind", tag="bank_statement", frozen=True, kw_only=True):
    """Entries of one account over a time: camt.05x, MT940, MT942, BAI2, OFX, CODA, CSV."""

    account: Annotated[Maybe[BankAccount], says("The account", "Acct")] = None
    id: Annotated[Maybe[Text], says("Statement id", "Stmt/Id")] = None
    created_at: Annotated[Maybe[Instant], says("When it was made", "CreDtTm")] = None
    sequence: Annotated[Maybe[Count], says("Electronic sequence", "ElctrncSeqNb")] = None
    legal_sequence: Annotated[Maybe[Count], says("Legal sequence", "LglSeqNb")] = None
    period: Annotated[Maybe[Period], says("Days it covers", "FrToDt")] = None
    balances: Annotated[list[Balance], says("Balances", "Bal")] = []
    summaries: Annotated[list[EntrySummary], says("Stated counts and sums", "TxsSummry")] = []
    transactions: Annotated[list[BankTransaction], says("Entries", "Ntry")] = []
    message_id: Annotated[Maybe[Text], says("Message", "GrpHdr/MsgId")] = None
    copy: Annotated[Maybe[Literal["COPY", "DUPL", "CODU"]], says("Copy", "CpyDplctInd")] = None
    format: Annotated[Maybe[Text], says("Wire format", examples=["camt.053.001.08"])] = None
    info: Annotated[Maybe[Text], says("Further information", "AddtlStmtInf")] = None

    def __post_init__(self) -> None:
        in_utc(self, "created_at")
