"""The documents that a match of one bill rests on, found by their terms alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from sqlalchemy import Connection

from canonical_model.controls.duplicates.profile import counts
from canonical_model.controls.match.parties import agree, marks
from canonical_model.documents.credit_note import CreditNote
from canonical_model.documents.invoice import Bill
from canonical_model.documents.movement import Movement
from canonical_model.documents.purchase_order import Order
from canonical_model.envelope import Context, Record, State
from canonical_model.identity import direction_of
from canonical_model.lifecycle import DECIDED, EFFECTIVE
from node_server.operations.terms import bills_of, orders_of, receipts_of
from node_server.store import records, terms
from node_server.store.records import Stored

_MOST_OF_A_PARTY: Final = 200
"""Orders of one counterparty that an invoice which names none may be for, the newest."""


class Gathering:
    """What is known about the orders of a bill."""

    def __init__(
        self, connection: Connection, tenant: str, stored: Stored, context: Context
    ) -> None:
        self._connection = connection
        self._tenant = tenant
        self._me = stored
        self._context = context
        self._found: dict[str, Stored] = {}
        self._asked: set[str] = set()

    def evidence(self) -> list[Stored]:
        """Orders, arrivals, returns and bills that count, in the order of their coming."""
        bill = _bill(self._me)
        first = [*_terms("order", orders_of(bill)), *_terms("receipt", receipts_of(bill))]
        self._look(first)
        if not orders_of(bill) and not self._orders():
            self._look_at_party(bill)
        about = self._orders() | orders_of(bill)
        self._look([*_terms("order", about), *_terms("paired", about)])
        self._look(list(self._further(bill)))
        found = sorted(self._found.values(), key=lambda each: each.position)
        return [each for each in found if self._counts(each)]

    def _orders(self) -> set[str]:
        """Numbers of orders that were found, or are named by receipts that were."""
        documents = [each.record.document for each in self._found.values()]
        stated = (orders_of(each) for each in documents if isinstance(each, Order | Movement))
        return set().union(*stated)

    def _look_at_party(self, bill: Bill) -> None:
        """Its orders; and where there are any, what else came of them without naming one."""
        party = bill.buyer if self._side(bill) == "receivable" else bill.seller
        named = [text for _, text in marks(party)]
        for kind in ("of", "loose"):
            if kind == "of" or self._orders():
                wanted = _terms(kind, named)
                ids = terms.last(self._connection, self._tenant, wanted, _MOST_OF_A_PARTY)
                self._take(ids)

    def _further(self, bill: Bill) -> Iterator[str]:
        """What takes back or corrects what was found so far, and names nothing else."""
        yield from _terms("bill", bills_of(bill))
        for each in self._found.values():
            document = each.record.document
            if isinstance(document, Movement):
                yield from _terms("receipt", receipts_of(document))
            elif isinstance(document, Bill):
                yield from _terms("bill", bills_of(document))

    def _look(self, wanted: Iterable[str]) -> None:
        new = set(wanted) - self._asked
        self._asked |= new
        self._take(terms.find(self._connection, self._tenant, new))

    def _take(self, ids: Iterable[str]) -> None:
        new = set(ids) - self._found.keys() - {self._me.record.id}
        wanted = [(self._tenant, each) for each in new]
        if wanted:
            for (_, name), each in records.get_all(self._connection, wanted).items():
                self._found[name] = each

    def _counts(self, other: Stored) -> bool:
        record = other.record
        if not counts(record):
            return False
        document = record.document
        if isinstance(document, Bill):
            return self._same_side(document) and self._comes_before(other)
        if isinstance(document, Order):
            return self._same_side(document) and not _in_conflict(record)
        return settled(record)

    def _same_side(self, document: Bill | Order) -> bool:
        """Whether it is not known to be of the other side, or of another customer: what we buy
        and sell is numbered apart, and every customer numbers his orders himself."""
        mine = _bill(self._me)
        ours, theirs = self._side(mine), self._side(document)
        if ours == "receivable" and agree(marks(mine.buyer), marks(document.buyer)) is False:
            return False
        return None in (ours, theirs) or ours == theirs

    def _side(self, document: Bill | Order) -> str | None:
        return direction_of(document, self._context)

    def _comes_before(self, other: Stored) -> bool:
        """Whoever came first takes up the order, and whoever was decided about.

        A credit counts whenever it comes, unless it is held itself.
        """
        mine, theirs = _bill(self._me), _bill(other)
        if isinstance(theirs, CreditNote) and not isinstance(mine, CreditNote):
            return settled(other.record) and not other.payment_hold
        if isinstance(mine, CreditNote) and not isinstance(theirs, CreditNote):
            return True
        return other.position < self._me.position or standing(other.record) in DECIDED


def standing(record: Record) -> State:
    """Where a record is; one in exception, where it was taken from."""
    state = record.exception.from_state if record.exception is not None else record.state
    return state or "received"


def settled(record: Record) -> bool:
    """Whether what a document says may be relied on: it is valid, and nobody objects to it."""
    if record.state == "exception":
        return standing(record) in EFFECTIVE
    return record.state != "received"


def _in_conflict(record: Record) -> bool:
    """Whether another order of this number is there, and nobody has said which of them counts."""
    return record.exception is not None and record.exception.code == "natural_key_conflict"


def _terms(kind: str, values: Iterable[str]) -> list[str]:
    return [f"{kind}:{value}" for value in values]


def _bill(stored: Stored) -> Bill:
    document = stored.record.document
    assert isinstance(document, Bill)  # noqa: S101  (the callers have looked)
    return document
