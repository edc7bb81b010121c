"""The terms of a record: by what others that concern it find it, without looking at the rest.

`order:`, `receipt:` and `bill:` with a number stand for being that document or naming it; `of:` for
being an order of this counterparty, `loose:` for being about its orders without naming one; `dup:`
for what a copy of the document would share; `pay:` for what a bank may call a payment; `party:` for
what a party can be known by, on itself, on what it bills and on what it is paid; `like:` for what
parties that may be one would share; `news:` for what a report calls payments, `account:` for whose
statement it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from sqlalchemy import Connection

from canonical_model.controls.duplicates import index_terms
from canonical_model.controls.match.arrivals import day_of
from canonical_model.controls.match.parties import marks
from canonical_model.controls.reconciliation import moment_of
from canonical_model.controls.reconciliation.open_items import keys_of_payment
from canonical_model.controls.reconciliation.payment_news import news_of
from canonical_model.controls.screening import party_terms
from canonical_model.documents import AnyDocument
from canonical_model.documents.bank_statement import BankStatement
from canonical_model.documents.invoice import Bill
from canonical_model.documents.movement import Movement
from canonical_model.documents.party import PartyDocument
from canonical_model.documents.payment import Payment
from canonical_model.documents.payment_status import PaymentStatus
from canonical_model.documents.purchase_order import Order
from canonical_model.envelope import Record
from canonical_model.identity import number_key, rungs
from canonical_model.identity.bank_ledger import account_part
from canonical_model.identity.fingerprints import gross_text
from canonical_model.parts.party import Party
from canonical_model.parts.reference import Ref
from node_server.operations.house import House
from node_server.store import terms
from node_server.store.open_records import PAYOUT

_KINDS: Final = (
    *("purchase_order", "sales_order", "goods_receipt", "shipment", "return"),
    *("inventory_adjustment", "invoice", "credit_note", "payment"),
)
_BATCH: Final = 200
_ORDERS: Final = frozenset({"order", "sales_order"})
_RECEIPTS: Final = frozenset({"receipt", "despatch", "shipment"})
_BILLS: Final = frozenset({"invoice", "preceding", "credit"})
# An account is what may have been changed.
_NO_PROOF: Final = frozenset({"iban"})


def note(connection: Connection, record: Record, *, fresh: bool = False) -> None:
    """Keep the terms of a record as it is now; `fresh` where it was not stored before."""
    found = dict(_placed(record))
    terms.replace(connection, record.tenant or "", record.id or "", found, fresh=fresh)


def complete(house: House) -> int:
    """Note the terms of what was kept before there were any, once in a process; how many."""
    return house.kept(_Completion).run()


class _Completion:
    def __init__(self, house: House) -> None:
        self._house = house
        self._done = False

    def run(self) -> int:
        """Go through all that lacks terms, some at a time, so that nobody waits for long."""
        after, count = 0, 0
        while not self._done:
            with self._house.store.writing() as connection:
                found = terms.lacking(connection, _KINDS, after=after, limit=_BATCH)
                for after, record in found:  # noqa: B007  (where to go on)
                    note(connection, record, fresh=True)
            count += len(found)
            self._done = len(found) < _BATCH
        return count


def _placed(record: Record) -> Iterator[tuple[str, str]]:
    document = record.document
    if isinstance(document, Payment):
        yield from ((f"pay:{key}", "") for key in keys_of_payment(document, record))
        if "payout" in ((record.source and record.source.object_type) or "").casefold():
            yield PAYOUT, ""
    elif isinstance(document, BankStatement):
        yield account_term(document), place_in_chain(document)
    elif isinstance(document, PaymentStatus):
        told = news_of({record.id or "": record})
        yield from ((f"news:{key}", "") for n in told for key in (*n.keys, *n.batches))
    if isinstance(document, Bill | Movement | Order):
        place = place_of(document)
        yield from ((term, place) for term in sorted(trade_terms(document)))
        yield from duplicate_terms(record).items()
    yield from ((term, "") for term in sorted(party_terms_of(document)))


def party_terms_of(document: AnyDocument) -> set[str]:
    """By what a party finds its bills and payments, and they find it."""
    if isinstance(document, PartyDocument):
        return _known_by(document) | {f"like:{term}" for term in party_terms(document)}
    if isinstance(document, Bill):
        return _known_by(document.seller) | _known_by(document.payee)
    return _known_by(document.payee) if isinstance(document, Payment) else set()


def _known_by(party: Party | None) -> set[str]:
    return {f"party:{rung}" for basis, rung in rungs(party) if basis not in _NO_PROOF}


def trade_terms(document: AnyDocument) -> set[str]:
    """What documents of one trade have in common."""
    if not isinstance(document, Bill | Movement | Order):
        return set()
    orders, receipts = orders_of(document), receipts_of(document)
    found = {f"order:{number}" for number in orders}
    found |= {f"receipt:{number}" for number in receipts}
    if isinstance(document, Bill):
        found |= {f"bill:{number}" for number in bills_of(document)}
    if isinstance(document, Order):
        found |= {f"of:{mark}" for mark in counterparties(document)}
    elif not orders:
        found |= {f"loose:{mark}" for mark in counterparties(document)}
    return found


def duplicate_terms(record: Record) -> dict[str, str]:
    """What a copy of a bill would share, and where it stands among those that do."""
    if not isinstance(record.document, Bill):
        return {}
    place = place_of(record.document)
    return {f"dup:{term}": place for term in index_terms(record)}


def lock_names(tenant: str, record: Record) -> set[str]:
    """What two bills have in common that may be one though they share no key: whoever takes one
    in locks these."""
    document = record.document
    if not isinstance(document, Bill) or document.issue_date is None:
        return set()
    return {f"{tenant}:day:{gross_text(document)}:{document.issue_date}"}


def account_term(statement: BankStatement) -> str:
    """By what the statements of one account are found."""
    return f"account:{account_part(statement.account.id) if statement.account is not None else ''}"


def place_in_chain(statement: BankStatement) -> str:
    """Where it stands among the statements of its account."""
    day, legal, number = moment_of(statement)
    return f"{day.isoformat()} {legal:010} {number:010}"


def place_of(document: Bill | Movement | Order) -> str:
    """By day and number: like documents stand side by side."""
    day = day_of(document) if isinstance(document, Movement) else document.issue_date
    return f"{day.isoformat() if day is not None else ''} {number_key(document.number or '')}"


def orders_of(document: Bill | Movement | Order) -> set[str]:
    """Numbers of the orders that a document is or names."""
    if isinstance(document, Order):
        return set(_numbers([document.number]))
    return set(_numbers(ref.number for ref in _refs(document) if ref.role in _ORDERS))


def receipts_of(document: Bill | Movement | Order) -> set[str]:
    """Numbers of the receipts and shipments that a document is, names or takes back."""
    if isinstance(document, Order):
        return set()
    named = [ref.number for ref in _refs(document) if ref.role in _RECEIPTS]
    if isinstance(document, Movement):
        named += [document.number, document.reverses]
    return set(_numbers(named))


def bills_of(document: Bill) -> set[str]:
    """Numbers of the invoice that a document is, and of those that it credits or corrects."""
    named = [ref.number for ref in _refs(document) if ref.role in _BILLS]
    return set(_numbers([document.number, *named]))


def counterparties(document: Bill | Movement | Order) -> set[str]:
    """Marks of both sides: which of them is ours may not be known."""
    if isinstance(document, Movement):
        sides = [document.from_party, document.to_party]
    else:
        sides = [document.seller, document.buyer]
    return {text for side in sides for _, text in marks(side)}


def _refs(document: Any) -> Iterator[Ref]:
    yield from document.refs
    for line in document.lines:
        yield from line.refs


def _numbers(stated: Iterable[str | None]) -> Iterator[str]:
    for number in stated:
        if number and (key := number_key(number)):
            yield key
