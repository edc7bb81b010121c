"""Bank statements and transactions of which nothing is left over are matched; and back."""

from __future__ import annotations

from collections.abc import Iterable

from canonical_model.envelope import Record
from node_server.operations.reconciling import places
from node_server.operations.reconciling.book import Book
from node_server.operations.reconciling.gathering import places_of
from node_server.operations.reconciling.ledger import step_to
from node_server.operations.reconciling.places import Place
from node_server.store import proposals


def close_lines(book: Book, record_ids: Iterable[str]) -> list[str]:
    """Move on the records all of whose bookings are settled, here or by another report."""
    wanted = sorted(set(record_ids))
    book.load(wanted)
    rows = proposals.of_records(book.connection, book.tenant, wanted, ("accepted",))
    taken = places_of(rows)
    closed: list[str] = []
    for record_id in wanted:
        record = book.record(record_id)
        if record is not None and step_to(record, "matched") and _is_done(book, record, taken):
            book.note(record, "matched", to="matched", reason="all its lines are reconciled")
            closed.append(record_id)
    return closed


def _is_done(book: Book, record: Record, taken: dict[tuple[str, str], list[Place]]) -> bool:
    booked = [each for each in places.entries(record) if each.booked]
    left = [each for each in booked if not _is_taken(len(each.line.details), taken, each.place)]
    if not booked or not left:
        return bool(booked)
    if any(each.booking is None for each in left):
        return False
    keys = {each.booking for each in left if each.booking is not None}
    return proposals.booked(book.connection, book.tenant, keys) == keys


def _is_taken(details: int, taken: dict[tuple[str, str], list[Place]], place: Place) -> bool:
    found = {each.detail for each in taken.get(place[:2], ())}
    return -1 in found or (details > 0 and found >= set(range(details)))


def open_again(book: Book, record_id: str, why: str | None) -> None:
    """What was matched has a line left over again."""
    record = book.record(record_id)
    if record is not None and record.state == "matched":
        book.note(record, "match_failed", to="validated", reason=why)
