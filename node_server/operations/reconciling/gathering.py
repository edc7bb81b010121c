"""What a run works on: bank lines that are left over, and the documents that are open."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection

from canonical_model.controls.reconciliation.movements import Place as Named
from canonical_model.controls.reconciliation.options import Pairing
from canonical_model.documents.bank_statement import BankStatement
from canonical_model.documents.bank_transaction import BankTransaction
from canonical_model.envelope import Record
from canonical_model.identity.bank_ledger import account_part
from canonical_model.identity.normalise import alphanumeric
from node_server.operations.reconciling import open_amounts, places
from node_server.operations.reconciling.places import Entry, Place
from node_server.store import allocations, open_records, proposals

_REFUSED = ("rejected", "undone")


@dataclass(frozen=True, slots=True)
class Scope:
    """Which bank lines a run is about; all that are left over unless it says less."""

    account: str | None = None
    first: datetime.date | None = None
    last: datetime.date | None = None
    lines: tuple[str, ...] | None = None
    """Only of these records."""

    def has(self, record: Record) -> bool:
        """Whether a record's account is meant."""
        if self.account is None:
            return True
        return alphanumeric(self.account) in _accounts(record)

    def covers(self, line: BankTransaction) -> bool:
        """Whether the day of a line is meant."""
        day = line.value_date or line.booking_date
        if day is None:
            return self.first is None and self.last is None
        return (self.first or day) <= day <= (self.last or day)


def _accounts(record: Record) -> Iterator[str]:
    document = record.document
    known = []
    if isinstance(document, BankStatement) and document.account is not None:
        known.append(document.account.id)
    if isinstance(document, BankTransaction):
        known.append(document.account)
    for each in known:
        yield account_part(each).partition(":")[2]


@dataclass(slots=True)
class Work:
    """Bank lines with what is known of them, and open documents."""

    lines: dict[str, Record] = field(default_factory=dict)
    items: dict[str, Record] = field(default_factory=dict)
    taken: set[Named] = field(default_factory=set)
    """Lines that are settled, or not meant."""
    covered: set[Place] = field(default_factory=set)
    """Lines that the run is about, by their entry."""
    bookings: dict[tuple[str, str], str] = field(default_factory=dict)
    days: dict[tuple[str, str], datetime.date] = field(default_factory=dict)
    refused: set[Pairing] = field(default_factory=set)
    elsewhere: set[str] = field(default_factory=set)
    """Records of which some entries are on another record as well."""


def gather(
    connection: Connection, tenant: str, scope: Scope, only: Collection[str] | None = None
) -> Work:
    """Everything that a run needs, out of one state of the store; `only` names the documents."""
    work = Work()
    for record in _records(connection, tenant, scope):
        if scope.has(record):
            work.lines[record.id or ""] = record
    currencies = set(_sort_out(connection, tenant, scope, work))
    if work.covered:
        if only is None:
            found = open_records.items(connection, tenant, currencies)
        else:
            found = open_records.of_ids(connection, tenant, only)
        _add_items(connection, tenant, found, work)
        _add_refused(connection, tenant, work)
    return work


def _records(connection: Connection, tenant: str, scope: Scope) -> Iterable[Record]:
    if scope.lines is None:
        return open_records.lines(connection, tenant)
    found = open_records.of_ids(connection, tenant, scope.lines)
    return (each for each in found if open_records.open_as(each) == "line")


def _sort_out(connection: Connection, tenant: str, scope: Scope, work: Work) -> Iterator[str]:
    """Leave out what is settled, what is not meant, and what another report has told already."""
    known = [each for record in work.lines.values() for each in places.entries(record)]
    booked = proposals.booked(connection, tenant, {e.booking for e in known if e.booking})
    settled = places_of(proposals.of_records(connection, tenant, work.lines, ("accepted",)))
    seen: dict[str, str] = {}
    for entry in known:
        work.taken |= {_named(each) for each in settled.get(entry.place[:2], ())}
        if not entry.booked:
            continue
        if _is_elsewhere(entry, booked, seen, settled):
            work.elsewhere.add(entry.place.record_id)
            work.taken |= _all_of(entry)
        elif not scope.covers(entry.line):
            work.taken |= _all_of(entry)
        elif _named(entry.place) not in work.taken:
            work.covered.add(entry.place)
            if day := entry.line.value_date or entry.line.booking_date:
                work.days[entry.place[:2]] = day
            yield from _currencies(entry, work.lines[entry.place.record_id])
        if entry.booking is not None:
            seen.setdefault(entry.booking, entry.place.record_id)
            work.bookings[entry.place.record_id, entry.place.entry] = entry.booking


def _is_elsewhere(
    entry: Entry,
    booked: Collection[str],
    seen: Mapping[str, str],
    settled: Mapping[tuple[str, str], list[Place]],
) -> bool:
    """Whether the same booking is on another record that has it first."""
    if entry.booking is None or entry.place[:2] in settled:
        return False
    first = seen.get(entry.booking)
    return entry.booking in booked or first not in (None, entry.place.record_id)


def _all_of(entry: Entry) -> set[Named]:
    handle = entry.place.handle
    return {(handle, -1), *((handle, number) for number in range(len(entry.line.details)))}


def _named(place: Place) -> Named:
    return place.handle, place.detail


def places_of(rows: Iterable[Mapping[str, str]]) -> dict[tuple[str, str], list[Place]]:
    """The places of the bank lines among parts of proposals, by record and entry."""
    found: dict[tuple[str, str], list[Place]] = {}
    for row in rows:
        if row["part"] == "line":
            place = places.of_text(row["record_id"], row["place"])
            found.setdefault(place[:2], []).append(place)
    return found


def _currencies(entry: Entry, record: Record) -> Iterator[str]:
    document = record.document
    account = document.account if isinstance(document, BankStatement) else None
    stated = [entry.line.currency, account.currency if account is not None else None]
    for detail in entry.line.details:
        stated += [m.currency for m in (detail.instructed, detail.counter_value) if m is not None]
        if detail.rate is not None:
            stated += [detail.rate.base, detail.rate.quote]
    yield from (each for each in stated if each)


def _add_items(connection: Connection, tenant: str, found: Iterable[Record], work: Work) -> None:
    begun = allocations.of_open(connection, tenant)
    for record in found:
        record_id = record.id or ""
        if open_records.open_as(record) == "item":
            work.items[record_id] = open_amounts.remaining(record, begun.get(record_id, ()))


def _add_refused(connection: Connection, tenant: str, work: Work) -> None:
    """What a person has said no to stays refused as long as the documents say the same."""
    touched = {
        row["proposal_id"] for row in proposals.of_records(connection, tenant, work.lines, _REFUSED)
    }
    found: dict[str, tuple[set[Named], set[str]]] = {}
    stale: set[str] = set()
    for row in proposals.parts(connection, tenant, touched):
        lines, items = found.setdefault(row["proposal_id"], (set(), set()))
        record = work.lines.get(row["record_id"]) or work.items.get(row["record_id"])
        if record is None or record.content_hash != row["content_hash"]:
            stale.add(row["proposal_id"])
        if row["part"] == "line":
            lines.add(_named(places.of_text(row["record_id"], row["place"])))
        else:
            items.add(row["record_id"])
    work.refused = {
        (frozenset(lines), frozenset(items))
        for name, (lines, items) in found.items()
        if name not in stale
    }
