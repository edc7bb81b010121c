"""Bank transactions, alone or inside a statement."""

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
from canonical_model.parts.bank_account import BankAccount
from canonical_model.parts.identifier import Identifier
from canonical_model.parts.money import Money, Rate
from canonical_model.parts.party import Party
from canonical_model.parts.reference import Ref
from canonical_model.parts.tax import Adjustment

Side = Literal["credit", "debit"]


class TxRefs(Part, frozen=True, kw_only=True):
    """References of one transaction (TxDtls/Refs)."""

    servicer: Annotated[Maybe[Text], says("The bank's own", "AcctSvcrRef")] = None
    message: Annotated[Maybe[Text], says("Message", "MsgId")] = None
    batch: Annotated[Maybe[Text], says("Batch", "PmtInfId")] = None
    instruction: Annotated[Maybe[Text], says("Instruction", "InstrId")] = None
    end_to_end: Annotated[Maybe[Text], says("End to end", "EndToEndId")] = None
    uetr: Annotated[Maybe[Text], says("Unique end-to-end reference", "UETR")] = None
    transaction: Annotated[Maybe[Text], says("Clearing transaction", "TxId")] = None
    mandate: Annotated[Maybe[Text], says("Mandate", "MndtId")] = None
    cheque: Annotated[Maybe[Text], says("Cheque number", "ChqNb")] = None
    clearing: Annotated[Maybe[Text], says("Clearing system", "ClrSysRef")] = None
    provider: Annotated[Maybe[Text], says("The feed's own id", "FITID")] = None


class TxDetail(Part, frozen=True, kw_only=True):
    """One underlying transaction of an entry (TxDtls)."""

    amount: Annotated[Maybe[Amount], says("Its amount, where stated", "TxDtls/Amt")] = None
    direction: Annotated[Maybe[Side], says("Credit or debit", "CdtDbtInd")] = None
    refs: Annotated[Maybe[TxRefs], says("References", "Refs")] = None
    counterparty: Annotated[Maybe[Party], says("The other side", "RltdPties")] = None
    counterparty_account: Annotated[
        Maybe[BankAccount], says("Its account", "DbtrAcct", "CdtrAcct")
    ] = None
    ultimate_counterparty: Annotated[Maybe[Party], says("Behind it", "UltmtDbtr")] = None
    own_party: Annotated[Maybe[Party], says("Our side, as stated")] = None
    own_account: Annotated[Maybe[BankAccount], says("Our account, as stated")] = None
    remittance: Annotated[list[Text], says("Free text", "RmtInf/Ustrd")] = []
    structured_refs: Annotated[list[Ref], says("Documents named", "RfrdDocInf")] = []
    creditor_ref: Annotated[Maybe[Text], says("Creditor reference", "CdtrRefInf/Ref")] = None
    instructed: Annotated[Maybe[Money], says("Instructed amount", "InstdAmt")] = None
    counter_value: Annotated[Maybe[Money], says("Counter value", "CntrValAmt")] = None
    rate: Annotated[Maybe[Rate], says("Exchange rate", "CcyXchg")] = None
    charges: Annotated[list[Adjustment], says("Charges", "Chrgs")] = []
    purpose: Annotated[Maybe[Code], says("Purpose", "Purp")] = None
    return_code: Annotated[Maybe[Code], says("Why it came back", "RtrInf/Rsn")] = None
    return_reason: Annotated[Maybe[Text], says("In words", "RtrInf/AddtlInf")] = None
    bank_code: Annotated[Maybe[Text], says("Bank transaction code", "BkTxCd")] = None
    info: Annotated[Maybe[Text], says("Further information", "AddtlTxInf")] = None


class BankTransaction(Part, frozen=True, kw_only=True):
    """One entry of an account (Ntry); the amount is not negative."""

    statement: Annotated[Maybe[Text], says("Record id of its statement, when alone")] = None
    account: Annotated[Maybe[Identifier], says("The account it is on", "Acct/Id")] = None
    amount: Annotated[Maybe[Amount], says("Amount", "Ntry/Amt")] = None
    currency: Annotated[Maybe[Currency], says("Currency", "Ntry/Amt@Ccy")] = None
    direction: Annotated[Maybe[Side], says("Credit or debit", "Ntry/CdtDbtInd")] = None
    status: Annotated[
        Maybe[Literal["booked", "pending", "info", "future"]], says("Status", "Ntry/Sts")
    ] = None
    booking_date: Annotated[Maybe[Date], says("Booking date", "BookgDt")] = None
    value_date: Annotated[Maybe[Date], says("Value date", "ValDt")] = None
    booked_at: Annotated[Maybe[Instant], says("Booking time", "BookgDt/DtTm")] = None
    reversal: Annotated[Maybe[bool], says("Undoes an earlier entry", "RvslInd")] = None
    entry_ref: Annotated[Maybe[Text], says("Entry reference", "NtryRef")] = None
    servicer_ref: Annotated[Maybe[Text], says("The bank's reference", "AcctSvcrRef")] = None
    bank_code: Annotated[
        Maybe[Text], says("PMNT/RCDT/ESCT or prtry:…", "BkTxCd", examples=["PMNT/RCDT/ESCT"])
    ] = None
    details: Annotated[list[TxDetail], says("Underlying transactions", "NtryDtls/TxDtls")] = []
    batch_count: Annotated[Maybe[Count], says("Number in the batch", "Btch/NbOfTxs")] = None
    description: Annotated[Maybe[Text], says("Text", "AddtlNtryInf")] = None
    balance_after: Annotated[Maybe[Amount], says("Balance after it, signed")] = None
    occurrence: Annotated[Maybe[Count], says("Rank among identical entries of one day")] = None
    supersedes: Annotated[Maybe[Text], says("Pending entry it replaces")] = None
    charges: Annotated[list[Adjustment], says("Charges", "Ntry/Chrgs")] = []

    def __post_init__(self) -> None:
        in_utc(self, "booked_at")


class BankTransactionDocument(
    BankTransaction, tag_field="kind", tag="bank_transaction", frozen=True, kw_only=True
):
    """A bank transaction as a document of its own."""
