"""Whom a document concerns that came in or changed: those invoices are matched again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import Connection

from canonical_model.documents.credit_note import CreditNote
from canonical_model.documents.invoice import Bill
from canonical_model.documents.movement import Movement
from canonical_model.documents.purchase_order import Order
from node_server.operations.controls_following import Handler, Happened
from node_server.operations.house import House
from node_server.operations.matching.gathering import standing
from node_server.operations.matching.matching import match_by_itself
from node_server.operations.terms import bills_of, counterparties, orders_of, receipts_of
from node_server.store import records, terms
from node_server.store.records import Stored

_CHANGES: Final = frozenset(
    {"received", "validated", "revised", "source_attached", "reopened"}
    | {"exception_opened", "exception_resolved", "approved", "approval_revoked"}
    | {"rejected", "archived", "voided", "source_deleted"}
)
"""Events after which a document may say something else to others, or count no more."""

_OPEN: Final = frozenset({"validated", "matched", "approved"})


def follow(house: House, tenant: str, record_id: str, _: Happened) -> None:
    """Match a bill that came in or changed, then the others that it concerns."""
    with house.store.reading() as connection:
        stored = records.get(connection, tenant, record_id)
        if stored is None or not isinstance(stored.record.document, Bill | Movement | Order):
            return
    # A credit note counts for its invoice only if nothing is wrong with itself.
    match_by_itself(house, tenant, record_id)
    with house.store.reading() as connection:
        others = _concerned(connection, tenant, stored)
    for each in others:
        match_by_itself(house, tenant, each)


HANDLER: Final = Handler("match", _CHANGES, follow)


def _concerned(connection: Connection, tenant: str, stored: Stored) -> list[str]:
    """Ids of the open bills whose match may come out otherwise now, oldest first."""
    near = _records(connection, tenant, _links(stored.record.document))
    orders = _orders(connection, tenant, stored, near)
    wanted = [*_terms("order", orders), *_terms("paired", orders)]
    if isinstance(stored.record.document, Order):
        wanted += _terms("loose", counterparties(stored.record.document))
    found = near | _records(connection, tenant, wanted)
    open_ones = [each for each in found.values() if _may_change(each, stored)]
    return [str(each.record.id) for each in sorted(open_ones, key=lambda each: each.position)]


def _links(document: Any) -> list[str]:
    """What binds a document to others besides orders."""
    if isinstance(document, Movement):
        return _terms("receipt", receipts_of(document))
    return _terms("bill", bills_of(document)) if isinstance(document, Bill) else []


def _orders(
    connection: Connection, tenant: str, stored: Stored, near: dict[str, Stored]
) -> set[str]:
    """Numbers of the orders that it is about, by itself or by what it is bound to.

    Of what the invoices for a receipt name besides, nothing changes by goods that move.
    """
    kind = Movement if isinstance(stored.record.document, Movement) else Bill
    found: set[str] = set()
    for each in (stored, *near.values()):
        document: Any = each.record.document
        if each is stored or isinstance(document, kind):
            found |= orders_of(document)
            found |= set(terms.kept(connection, tenant, str(each.record.id), "paired"))
    return found


def _may_change(other: Stored, changed: Stored) -> bool:
    """Whether a bill is still open and looks at what has changed: invoices count those before
    them, and all credit notes."""
    document = other.record.document
    if not isinstance(document, Bill) or other.record.id == changed.record.id:
        return False
    if standing(other.record) not in _OPEN:
        return False
    cause = changed.record.document
    if not isinstance(cause, Bill) or isinstance(cause, CreditNote) != isinstance(
        document, CreditNote
    ):
        return True
    return other.position > changed.position or standing(changed.record) == "approved"


def _records(connection: Connection, tenant: str, wanted: Iterable[str]) -> dict[str, Stored]:
    ids = [(tenant, each) for each in terms.find(connection, tenant, wanted)]
    found = records.get_all(connection, ids) if ids else {}
    return {name: each for (_, name), each in found.items()}


def _terms(kind: str, values: Iterable[str]) -> list[str]:
    return [f"{kind}:{value}" for value in values]
