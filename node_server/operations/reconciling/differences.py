"""Fees, discounts and differences of exchange: journals that are proposed, never posted here."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Final, Literal

from canonical_model.controls.reconciliation import DifferenceAccounts, Proposal
from canonical_model.documents.journal_entry import JournalEntry, JournalLine
from canonical_model.envelope import Context, Record, Source
from canonical_model.ingestion import decide
from canonical_model.parts.reference import Note, Ref, RefRole
from canonical_model.record import make_record
from node_server.operations.reconciling import places
from node_server.operations.reconciling.book import Book
from node_server.store import records

_BOOKED: Final = {
    "discount": "early-payment discount",
    "fee": "bank fee",
    "exchange": "difference of exchange",
}
_SYSTEM: Final = "counterfoil"


def book_difference(
    book: Book,
    accounts: DifferenceAccounts,
    proposal_id: str,
    proposal: Proposal,
    day: datetime.date | None,
) -> str | None:
    """Propose the journal of what explains that amounts differ; its id, where there is any."""
    amount = proposal.difference_amount
    if proposal.difference not in _BOOKED or not amount:
        return None
    entry = _entry(accounts, proposal_id, proposal, amount, day)
    return _kept(book, entry, proposal_id, "difference")


def reverse(book: Book, record: Record, proposal_id: str) -> str | None:
    """Propose the opposite of a journal that was posted already."""
    entry = record.document
    if not isinstance(entry, JournalEntry):
        return None
    lines = [_turned(line) for line in entry.lines]
    undone = JournalEntry(
        number=f"{entry.number or proposal_id}-R",
        issue_date=book.keeper.at.date(),
        posting_date=book.keeper.at.date(),
        currency=entry.currency,
        lines=lines,
        reverses=entry.number,
        origin=entry.origin,
        ledger=entry.ledger,
        notes=[Note(text="the reconciliation was undone")],
    )
    return _kept(book, undone, proposal_id, "reversal")


def _turned(line: JournalLine) -> JournalLine:
    side: Literal["debit", "credit"] = "credit" if line.side == "debit" else "debit"
    return JournalLine(
        side=side, amount=line.amount, account=line.account, party=line.party, refs=line.refs,
        description=line.description,
    )  # fmt: skip


def _kept(book: Book, entry: JournalEntry, proposal_id: str, sort: str) -> str | None:
    source = Source(system=_SYSTEM, object_type=f"reconciliation_{sort}", object_id=proposal_id)
    record = make_record(entry, source, Context(tenant=book.tenant))
    known = records.related(book.connection, book.tenant, record)
    kept, _ = book.keeper.keep(decide(known, record), record)
    return kept.id


def _entry(
    accounts: DifferenceAccounts,
    proposal_id: str,
    proposal: Proposal,
    amount: Decimal,
    day: datetime.date | None,
) -> JournalEntry:
    line = places.of_line(proposal.lines[0])
    words = _BOOKED[proposal.difference]
    return JournalEntry(
        number=proposal_id.upper()[:16],
        issue_date=day,
        posting_date=day,
        currency=proposal.items[0].currency,
        lines=_lines(accounts, proposal, amount),
        origin=Ref(role="bank_transaction", id=line.record_id),
        ledger=accounts.ledger,
        notes=[Note(text=f"{words}, found by reconciliation {proposal_id}")],
    )


def _lines(accounts: DifferenceAccounts, proposal: Proposal, amount: Decimal) -> list[JournalLine]:
    """Less came in, or more went out, than the documents ask for: an expense; else a gain."""
    ours = sum((item.amount for item in proposal.items), Decimal(0)) > 0
    refs = [Ref(role=_role(item.kind), id=item.item) for item in proposal.items]
    of_difference = JournalLine(
        side="debit" if amount > 0 else "credit",
        amount=abs(amount),
        account=getattr(accounts, proposal.difference),
        description=_BOOKED[proposal.difference],
        refs=refs,
    )
    of_party = JournalLine(
        side="credit" if amount > 0 else "debit",
        amount=abs(amount),
        account=accounts.receivable if ours else accounts.payable,
        description="receivable" if ours else "payable",
        refs=refs,
    )
    return [of_difference, of_party]


def _role(kind: str) -> RefRole:
    if kind == "credit_note":
        return "credit"
    return "payment" if kind == "payment" else "invoice"
