"""Received and not invoiced, out of the store, on a closing day."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import Connection

from canonical_model.controls.duplicates.profile import counts
from canonical_model.controls.match import MatchSettings
from canonical_model.documents import AnyDocument
from canonical_model.documents.invoice import Bill
from canonical_model.documents.movement import Movement
from canonical_model.documents.purchase_order import Order
from canonical_model.envelope import Context
from canonical_model.identity import direction_of
from node_server.operations.control_settings import in_force
from node_server.operations.controlling.asking import accrued
from node_server.operations.entities import context_of
from node_server.operations.house import House
from node_server.operations.matching.gathering import settled
from node_server.store import records
from node_server.store.records import Stored

_KINDS: Final = ("purchase_order", "goods_receipt", "return", "invoice", "credit_note")
_BATCH: Final = 500


def report(
    house: House,
    tenant: str,
    on: datetime.date,
    accounts: tuple[str, str] | None,
    reversed_on: datetime.date | None,
) -> dict[str, Any]:
    """The report of a day; with accounts for what we owe and what it cost, its journals too."""
    context = context_of(house, tenant)
    with house.store.reading() as connection:
        settings = in_force(connection, tenant, "match", MatchSettings)
        documents = list(_documents(connection, tenant, context))
    return accrued(documents, on, settings, accounts, reversed_on)


def _documents(connection: Connection, tenant: str, context: Context) -> Iterator[AnyDocument]:
    for kind in _KINDS:
        after, more = 0, True
        while more:
            page = records.page(connection, tenant, {"kind": kind}, after=after, limit=_BATCH)
            more, after = len(page) == _BATCH, page[-1].position if page else after
            yield from (each.record.document for each in page if _is_bought(each, context))


def _is_bought(stored: Stored, context: Context) -> bool:
    """Whether it is about what we buy, and may be relied on."""
    record = stored.record
    document = record.document
    if not counts(record) or (isinstance(document, Movement) and not settled(record)):
        return False
    if isinstance(document, Bill | Order):
        return direction_of(document, context) != "receivable"
    return True
