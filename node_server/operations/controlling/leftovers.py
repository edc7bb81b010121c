"""What reconciling files leaves over: how old it is, and gaps between statements."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from msgspec import structs

from canonical_model import wire
from canonical_model.controls.reconciliation import (
    ReconciliationPolicy,
    ageing,
    continuity,
    reconcile,
)
from canonical_model.documents.bank_statement import BankStatement
from canonical_model.documents.bank_transaction import BankTransaction, BankTransactionDocument
from canonical_model.documents.payment import Payment
from canonical_model.envelope import Context, Record
from node_server.operations.controlling.deciding import LINES, settings_of
from node_server.operations.controlling.gathering import Gathered


def aged(
    found: Gathered, policy: str | None, context: Context, on: datetime.date
) -> dict[str, Any]:
    """The age of what reconciling leaves open, by side, currency and days past due."""
    usual = settings_of(policy, ReconciliationPolicy)
    lines = dict(_lines(found.of(*LINES)))
    items = found.besides(*LINES)
    outcome = reconcile(lines, items, usual, context)
    # A payment is no debt: what it was made for is.
    debts = {n for n in outcome.open_items if not isinstance(items[n].document, Payment)}
    left = {each.handle for each in outcome.unmatched_lines}
    told = ageing(lines | items, on, only=debts | left, context=context)
    plain: dict[str, Any] = wire.to_plain(told)
    return plain


def _lines(records: dict[str, Record]) -> Iterator[tuple[str, Record]]:
    """Each entry of a statement as a line of its own."""
    for handle, record in records.items():
        document = record.document
        if not isinstance(document, BankStatement):
            yield handle, record
            continue
        currency = document.account.currency if document.account is not None else None
        for place, line in enumerate(document.transactions):
            fields = {name: getattr(line, name) for name in BankTransaction.__struct_fields__}
            alone = BankTransactionDocument(**fields | {"currency": line.currency or currency})
            yield f"{handle}#{place}", structs.replace(record, document=alone)


def chains(found: Gathered) -> list[dict[str, Any]]:
    """The statements of each account in order, and where a chain is broken."""
    return [wire.to_plain(each) for each in continuity(found.of("bank_statement"))]
