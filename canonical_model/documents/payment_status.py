"""What a bank says became of payment orders."""

from __future__ import annotations

from typing import Annotated

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


class StatusLine(Part, frozen=True, kw_only=True):
    """Status of one transaction, or of a batch when no transaction is named."""

    batch_id: Annotated[Maybe[Text], says("Batch", "OrgnlPmtInfId")] = None
    instruction_id: Annotated[Maybe[Text], says("Instruction", "OrgnlInstrId")] = None
    end_to_end_id: Annotated[Maybe[Text], says("End to end", "OrgnlEndToEndId")] = None
    uetr: Annotated[Maybe[Text], says("Unique end-to-end reference", "OrgnlUETR")] = None
    status: Annotated[Maybe[Code], says("ACSC, RJCT, …", "TxSts", "PmtInfSts")] = None
    reason_code: Annotated[Maybe[Code], says("Reason", "StsRsnInf/Rsn")] = None
    reason: Annotated[Maybe[Text], says("Reason in words", "AddtlInf")] = None
    amount: Annotated[Maybe[Amount], says("Amount", "OrgnlTxRef/Amt")] = None
    currency: Annotated[Maybe[Currency], says("Currency of it")] = None
    date: Annotated[Maybe[Date], says("Settlement day", "AccptncDtTm")] = None


class PaymentStatus(Part, tag_field="kind", tag="payment_status", frozen=True, kw_only=True):
    """A payment status report (pain.002), an ACH return file, a provider's status event."""

    message_id: Annotated[Maybe[Text], says("This report's own id", "GrpHdr/MsgId")] = None
    created_at: Annotated[Maybe[Instant], says("When it was made", "CreDtTm")] = None
    original_message_id: Annotated[Maybe[Text], says("Order reported on", "OrgnlMsgId")] = None
    original_message_type: Annotated[Maybe[Code], says("Its type", "OrgnlMsgNmId")] = None
    status: Annotated[Maybe[Code], says("Status of the whole", "GrpSts")] = None
    reason_code: Annotated[Maybe[Code], says("Reason", "StsRsnInf/Rsn")] = None
    reason: Annotated[Maybe[Text], says("Reason in words", "AddtlInf")] = None
    transactions_count: Annotated[Maybe[Count], says("Number", "OrgnlNbOfTxs")] = None
    control_sum: Annotated[Maybe[Amount], says("Control sum", "OrgnlCtrlSum")] = None
    lines: Annotated[list[StatusLine], says("Status by transaction or batch")] = []

    def __post_init__(self) -> None:
        in_utc(self, "created_at")
