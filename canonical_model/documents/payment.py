"""Payments, refunds, prepayments and remittance advice."""

from __future__ import annotations

from typing import Annotated, Literal

from canonical_model.base.scalars import Amount, Code, Date, Maybe, Part, Text, says
from canonical_model.documents.document import Document
from canonical_model.parts.bank_account import BankAccount
from canonical_model.parts.money import Money
from canonical_model.parts.party import Party
from canonical_model.parts.reference import Ref
from canonical_model.parts.terms import Mandate

Settlement = Literal[
    "draft",
    "approved",
    "scheduled",
    "submitted",
    "accepted",
    "settled",
    "rejected",
    "returned",
    "cancelled",
]


PaymentType = Literal[
    "payment", "refund", "prepayment", "credit_application", "netting", "transfer"
]


class Allocation(Part, frozen=True, kw_only=True):
    """Part of a payment that settles one document; amounts are not negative."""

    target: Annotated[Maybe[Ref], says("What it settles", "RfrdDocInf")] = None
    amount: Annotated[Maybe[Amount], says("In the target's currency", "RmtdAmt")] = None
    side: Annotated[
        Maybe[Literal["debit", "credit"]], says("Debit settles an invoice, credit a credit note")
    ] = None
    settled: Annotated[Maybe[Money], says("In the payment's currency, when different")] = None
    discount: Annotated[Maybe[Amount], says("Early-payment discount", "DscntApldAmt")] = None
    withheld: Annotated[Maybe[Amount], says("Tax kept back", "TaxAmt")] = None
    write_off: Annotated[Maybe[Amount], says("Difference written off")] = None
    date: Annotated[Maybe[Date], says("Day of the allocation")] = None


class Payment(Document, tag_field="kind", tag="payment", frozen=True, kw_only=True):
    """Money that moves or is told to; amounts are not negative, `direction` says which way."""

    direction: Annotated[Maybe[Literal["out", "in"]], says("From us or to us")] = None
    type: Annotated[
        Maybe[
            Literal["payment", "refund", "prepayment", "credit_application", "netting", "transfer"]
        ],
        says("What sort"),
    ] = None
    amount: Annotated[Maybe[Amount], says("Amount", "InstdAmt")] = None
    value_date: Annotated[Maybe[Date], says("Execution or value date", "ReqdExctnDt")] = None
    payer: Annotated[Maybe[Party], says("Who pays", "Dbtr")] = None
    payee: Annotated[Maybe[Party], says("Who is paid", "Cdtr")] = None
    means: Annotated[Maybe[Code], says("UNTDID 4461 code", "PmtMtd")] = None
    from_account: Annotated[Maybe[BankAccount], says("Account debited", "DbtrAcct")] = None
    to_account: Annotated[Maybe[BankAccount], says("Account credited", "CdtrAcct")] = None
    allocations: Annotated[list[Allocation], says("What it settles", "RfrdDocInf")] = []
    unapplied: Annotated[Maybe[Amount], says("Not yet allocated")] = None
    fees: Annotated[Maybe[Amount], says("Fees taken from it")] = None
    message_id: Annotated[Maybe[Text], says("Message", "GrpHdr/MsgId")] = None
    batch_id: Annotated[Maybe[Text], says("Batch", "PmtInfId")] = None
    instruction_id: Annotated[Maybe[Text], says("Instruction", "InstrId")] = None
    end_to_end_id: Annotated[Maybe[Text], says("End to end", "EndToEndId")] = None
    uetr: Annotated[Maybe[Text], says("Unique end-to-end reference", "UETR")] = None
    remittance: Annotated[list[Text], says("Text to the payee", "RmtInf/Ustrd")] = []
    structured_ref: Annotated[Maybe[Text], says("Creditor reference", "CdtrRefInf/Ref")] = None
    mandate: Annotated[Maybe[Mandate], says("Direct debit mandate", "MndtRltdInf")] = None
    purpose: Annotated[Maybe[Code], says("Purpose code", "Purp")] = None
    service_level: Annotated[Maybe[Code], says("Service level", "SvcLvl")] = None
    charge_bearer: Annotated[Maybe[Code], says("Who bears charges", "ChrgBr")] = None
    settlement: Annotated[Maybe[Settlement], says("How far it has come")] = None
    return_code: Annotated[Maybe[Code], says("Why it came back", "RtrInf/Rsn")] = None
    return_reason: Annotated[Maybe[Text], says("The same in words")] = None
