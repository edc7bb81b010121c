"""What is left over: how old open documents and bank lines are."""

from __future__ import annotations

import datetime
from typing import Any, Final

from msgspec import structs

from canonical_model import wire
from canonical_model.controls.reconciliation import ageing
from canonical_model.documents.bank_transaction import BankTransaction, BankTransactionDocument
from canonical_model.documents.payment import Payment
from canonical_model.envelope import Record
from node_server.operations.entities import context_of
from node_server.operations.house import House
from node_server.operations.reconciling import open_amounts, places
from node_server.operations.reconciling.gathering import Scope, Work, gather
from node_server.store import allocations, open_records

_BOUNDS: Final = (0, 30, 60, 90)


def aged(
    house: House, tenant: str, on: datetime.date | None, bounds: tuple[int, ...] = ()
) -> dict[str, Any]:
    """What is open on a day by side, currency and age, after what was settled of it."""
    day = on or datetime.datetime.now(datetime.UTC).date()
    with house.store.reading() as connection:
        work = gather(connection, tenant, Scope(), only=())
        begun = allocations.of_open(connection, tenant)
        found = {
            each.id or "": open_amounts.remaining(each, begun.get(each.id or "", ()))
            for each in open_records.items(connection, tenant, None)
            # A payment is no debt: what it was made for is.
            if not isinstance(each.document, Payment)
        }
    every = found | left_over(work)
    context = context_of(house, tenant)
    told = ageing(every, day, bounds=bounds or _BOUNDS, context=context)
    plain: dict[str, Any] = wire.to_plain(told)
    return plain


def left_over(work: Work) -> dict[str, Record]:
    """The bank lines that nothing has been settled by, each as a record."""
    found: dict[str, Record] = {}
    covered = {place[:2] for place in work.covered}
    for record in work.lines.values():
        for entry in places.entries(record):
            if entry.place[:2] in covered:
                alone = structs.replace(record, document=_alone(entry.line, record))
                found[entry.place.handle] = alone
    return found


def _alone(line: BankTransaction, record: Record) -> BankTransactionDocument:
    account = getattr(record.document, "account", None)
    fields = {name: getattr(line, name) for name in BankTransaction.__struct_fields__}
    currency = line.currency or getattr(account, "currency", None)
    return BankTransactionDocument(**fields | {"currency": currency})
