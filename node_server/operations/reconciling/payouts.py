"""Payouts of providers taken apart: told on request, and kept where nothing is left unexplained."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from msgspec import structs
from sqlalchemy import Connection

from canonical_model import wire
from canonical_model.controls.reconciliation import PayoutBreakdown, explain_payouts
from canonical_model.documents.bank_transaction import BankTransaction
from canonical_model.documents.payment import Payment
from canonical_model.envelope import Record
from canonical_model.parts.reference import Ref
from node_server.operations.house import House
from node_server.operations.reconciling import explained_lines, places
from node_server.operations.reconciling.accepting import BY_ITSELF
from node_server.operations.reconciling.book import Book
from node_server.operations.reconciling.closing import close_lines
from node_server.store import open_records, proposals

_KINDS: Final = ("payment", "bank_transaction")
_SURE: Final = frozenset({"batch", "balance"})


@dataclass(frozen=True, slots=True)
class TakenApart:
    """A payout, what it consists of, and all that its provider has told."""

    system: str
    breakdown: PayoutBreakdown
    records: Mapping[str, Record]

    @property
    def payout(self) -> Record:
        """The payout itself."""
        return self.records[self.breakdown.payout]

    @property
    def day(self) -> datetime.date | None:
        """When it was paid out."""
        document: Any = self.payout.document
        found: datetime.date | None = document.issue_date or document.value_date
        return found


def taken_apart(connection: Connection, tenant: str) -> Iterator[TakenApart]:
    """Every payout, oldest first for each provider: the earlier ones use up what came before."""
    kept = open_records.of_kinds(connection, tenant, _KINDS)
    for system, records in sorted(_by_system(kept).items()):
        paid_out = {n: r for n, r in records.items() if is_payout(r)}
        entries = {n: r for n, r in records.items() if isinstance(r.document, BankTransaction)}
        others = {n: r for n, r in records.items() if n not in paid_out and n not in entries}
        for each in explain_payouts(paid_out, entries, others):
            yield TakenApart(system, each, records)


def _by_system(kept: Iterator[Record]) -> dict[str, dict[str, Record]]:
    found: dict[str, dict[str, Record]] = defaultdict(dict)
    for record in kept:
        system = record.source.system if record.source is not None else None
        if system:
            found[system][record.id or ""] = record
    return found


def is_payout(record: Record) -> bool:
    """Whether it is money that a provider moves to our bank account."""
    stated = (record.source.object_type if record.source is not None else None) or ""
    return isinstance(record.document, Payment) and "payout" in stated.casefold()


def page(
    house: House, tenant: str, first: datetime.date | None, last: datetime.date | None
) -> dict[str, Any]:
    """What each payout of these days consists of."""
    rows: list[dict[str, Any]] = []
    with house.store.reading() as connection:
        for each in taken_apart(connection, tenant):
            day = each.day
            if day is None or (first or day) <= day <= (last or day):
                stated = {"day": day.isoformat()} if day is not None else {}
                rows.append({"system": each.system, **stated, **wire.to_plain(each.breakdown)})
    return {"data": rows, "has_more": False}


def concerned(house: House, tenant: str, record: Record) -> bool:
    """Whether a payout may be explained by what has come, or is one."""
    if record.source is None or not isinstance(record.document, Payment | BankTransaction):
        return False
    with house.store.reading() as connection:
        return open_records.has_payouts(connection, tenant)


def keep(house: House, tenant: str) -> int:
    """Keep what is explained now and was not before; how many payouts."""
    with house.store.reading() as connection:
        found = [each for each in taken_apart(connection, tenant) if _is_sure(each)]
    new = [each for each in found if not _is_kept(each)]
    for each in new:
        _keep(house, tenant, each)
    return len(new)


def _is_sure(found: TakenApart) -> bool:
    return found.breakdown.complete and found.breakdown.basis in _SURE


def _is_kept(found: TakenApart) -> bool:
    known = {link.id for link in found.payout.links}
    return known.issuperset(entry.entry for entry in found.breakdown.entries)


def _keep(house: House, tenant: str, found: TakenApart) -> None:
    """Link the payout with its entries; what no charge or refund explains, the payout does."""
    lone = _lone(found)
    names = {found.breakdown.payout, *lone}
    with house.store.writing(*(f"{tenant}:record:{name}" for name in names)) as connection:
        book = Book(connection, tenant, BY_ITSELF)
        payout = book.record(found.breakdown.payout)
        if payout is None:
            return
        linked = {link.id for link in payout.links}
        new = [e.entry for e in found.breakdown.entries if e.entry not in linked]
        links = [Ref(role="bank_transaction", id=name) for name in new]
        book.note(structs.replace(payout, links=[*payout.links, *links]), "linked")
        _explain(book, found, lone)
        close_lines(book, lone)
        book.finish()


def _lone(found: TakenApart) -> list[str]:
    """The entries that no charge or refund is behind, and the one that is the payout itself."""
    fees = [each.entry for each in found.breakdown.entries if each.payment is None]
    source = found.payout.source
    own = source.object_id if source is not None else None
    return fees + [n for n, r in found.records.items() if own and _is_itself(r, own)]


def _is_itself(record: Record, own: str) -> bool:
    line = record.document
    if not isinstance(line, BankTransaction) or "payout" not in (line.bank_code or "").casefold():
        return False
    refs = [detail.refs for detail in line.details if detail.refs is not None]
    linked = [ref.id for detail in line.details for ref in detail.structured_refs]
    return own in linked or any(ref.provider == own for ref in refs)


def _explain(book: Book, found: TakenApart, lone: list[str]) -> None:
    rows = proposals.of_records(book.connection, book.tenant, lone, ("accepted",))
    done = {row["record_id"] for row in rows}
    for name in lone:
        record = book.record(name)
        if record is None or name in done or open_records.open_as(record) != "line":
            continue
        entry = next(places.entries(record))
        why = f"part of the payout {found.breakdown.payout}"
        explained_lines.explain(book, entry, record, found.payout, why)
