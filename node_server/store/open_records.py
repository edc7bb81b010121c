"""What waits for money, and what money waits for a document: the index that reconciling reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, Literal

from sqlalchemy import Connection, func, select

from canonical_model import wire
from canonical_model.documents import kind_of
from canonical_model.documents.payment import Payment
from canonical_model.envelope import Record
from canonical_model.parts.reference import Ref
from node_server.store.control_tables import record_terms
from node_server.store.tables import records

PAYOUT: Final = "payout:"
"""The term of every payout of a provider."""

OpenAs = Literal["item", "line"]

_ITEMS: Final = frozenset({"invoice", "credit_note", "payment"})
_LINES: Final = frozenset({"bank_statement", "bank_transaction"})
_SETTLED: Final = frozenset({"paid", "overpaid", "refunded", "not_applicable"})
_NOT_OPEN: Final = frozenset({"received", "rejected", "archived"})
_UNPAYABLE: Final = frozenset({"draft", "rejected", "cancelled", "returned"})
_AT_ONCE: Final = 500


def open_as(record: Record) -> OpenAs | None:
    """How reconciling sees a record: as an open item, as bank lines, or not at all."""
    kind = kind_of(record.document)
    if kind in _LINES:
        return "line" if record.state == "validated" else None
    if kind not in _ITEMS or record.state in _NOT_OPEN:
        return None
    if isinstance(record.document, Payment):
        return _of_payment(record, record.document)
    return None if record.state == "paid" or record.payment_status in _SETTLED else "item"


def _of_payment(record: Record, payment: Payment) -> OpenAs | None:
    """A payment waits for its bank line, though a report may say before that it is settled."""
    found = record.match_status == "two_way"
    return None if found or payment.settlement in _UNPAYABLE else "item"


def items(
    connection: Connection, tenant: str, currencies: Iterable[str] | None
) -> Iterator[Record]:
    """The open items in these currencies, or in all, and those whose currency is not known."""
    query = _open(tenant, "item")
    if currencies is not None:
        meant = records.c.currency.is_(None) | records.c.currency.in_(sorted(currencies))
        query = query.where(meant)
    return _read(connection, query)


def lines(connection: Connection, tenant: str) -> Iterator[Record]:
    """The bank statements and transactions of which something is left over."""
    return _read(connection, _open(tenant, "line"))


def of_ids(connection: Connection, tenant: str, ids: Iterable[str]) -> Iterator[Record]:
    """These records, in the order of their arrival."""
    wanted = sorted(ids)
    for first in range(0, len(wanted), _AT_ONCE):
        some = records.c.id.in_(wanted[first : first + _AT_ONCE])
        query = select(records.c.record).where(records.c.tenant == tenant, some)
        yield from _read(connection, query.order_by(records.c.position))


def of_kinds(connection: Connection, tenant: str, kinds: Sequence[str]) -> Iterator[Record]:
    """The records of these kinds that are neither refused nor archived."""
    query = select(records.c.record).where(
        records.c.tenant == tenant,
        records.c.kind.in_(kinds),
        records.c.state.not_in(("rejected", "archived")),
    )
    return _read(connection, query.order_by(records.c.position))


def has_payouts(connection: Connection, tenant: str) -> bool:
    """Whether there is any payout of a provider."""
    query = select(record_terms.c.record_id).where(
        record_terms.c.tenant == tenant, record_terms.c.term == PAYOUT
    )
    return connection.scalar(query.limit(1)) is not None


def contents(
    connection: Connection, tenant: str, ids: Iterable[str], side: OpenAs
) -> dict[str, str | None]:
    """The hash of the content of those that are open on a side; nobody else changes them now."""
    found: dict[str, str | None] = {}
    wanted = sorted(ids)
    for first in range(0, len(wanted), _AT_ONCE):
        query = select(records.c.id, records.c.content_hash).where(
            records.c.tenant == tenant,
            records.c.id.in_(wanted[first : first + _AT_ONCE]),
            records.c.open_as == side,
        )
        query = query.order_by(records.c.position).with_for_update()
        found |= {row.id: row.content_hash for row in connection.execute(query)}
    return found


def count(connection: Connection, tenant: str, side: OpenAs) -> int:
    """How many records are open on a side."""
    query = select(func.count()).where(records.c.tenant == tenant, records.c.open_as == side)
    return connection.scalar(query) or 0


def held(connection: Connection, tenant: str, ids: Sequence[str]) -> set[str]:
    """Those of the records that somebody must look at before anything happens by itself."""
    found: set[str] = set()
    for first in range(0, len(ids), _AT_ONCE):
        query = select(records.c.id).where(
            records.c.tenant == tenant,
            records.c.id.in_(ids[first : first + _AT_ONCE]),
            records.c.payment_hold.is_(True) | (records.c.state == "exception"),
        )
        found |= set(connection.scalars(query))
    return found


def bill(connection: Connection, tenant: str, ref: Ref) -> str | None:
    """The one invoice or credit note that a reference means."""
    mine = (records.c.tenant == tenant, records.c.kind.in_(("invoice", "credit_note")))
    for column, named in ((records.c.id, ref.id), (records.c.number, ref.number)):
        if named:
            query = select(records.c.id).where(*mine, column == named).limit(2)
            found = list(connection.scalars(query))
            if len(found) == 1:
                return str(found[0])
    return None


def _open(tenant: str, side: OpenAs) -> Any:
    query = select(records.c.record).where(records.c.tenant == tenant, records.c.open_as == side)
    return query.order_by(records.c.position)


def _read(connection: Connection, query: Any) -> Iterator[Record]:
    found = connection.scalars(query.execution_options(yield_per=_AT_ONCE))
    return (wire.decode_record(data) for data in found)
