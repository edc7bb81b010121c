"""Carrying proposals out: nothing is settled beyond what is open, and no bank line twice."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import Connection

from canonical_model.controls.reconciliation import DifferenceAccounts, ItemPart, Proposal
from canonical_model.documents.payment import Payment
from node_server.errors import Refusal
from node_server.operations.house import House
from node_server.operations.reconciling import differences, payments, places
from node_server.operations.reconciling.book import Book
from node_server.operations.reconciling.ledger import Cause, Ledger
from node_server.operations.reconciling.places import Place
from node_server.store import open_records, proposals

Row = dict[str, Any]
BY_ITSELF = "control:reconciliation"
"""Who accepts what rests on a strong reference."""


@dataclass(slots=True)
class Standing:
    """A proposal as it is stored, with its parts."""

    row: Row
    body: dict[str, Any]
    parts: list[Row] = field(default_factory=list)

    @property
    def id(self) -> str:
        """Its id."""
        return str(self.row["id"])

    @property
    def proposal(self) -> Proposal:
        """What it says."""
        return msgspec.convert(self.body["proposal"], Proposal)

    @property
    def day(self) -> datetime.date | None:
        """When the money moved."""
        return datetime.date.fromisoformat(day) if (day := self.body.get("day")) else None

    def remember(self, book: Book, action: str, reason: str | None) -> bytes:
        """Add to its history; what is to be stored of it."""
        act = {"action": action, "by": book.keeper.actor, "at": book.keeper.stamp}
        self.body["history"].append(act | ({"reason": reason} if reason else {}))
        return msgspec.json.encode(self.body)

    def records(self, part: str) -> list[str]:
        """The records on one side of it."""
        return sorted({each["record_id"] for each in self.parts if each["part"] == part})

    @property
    def places(self) -> list[Place]:
        """Its bank lines."""
        lines = (each for each in self.parts if each["part"] == "line")
        return [places.of_text(each["record_id"], each["place"]) for each in lines]


def standing(connection: Connection, tenant: str, ids: Iterable[str]) -> dict[str, Standing]:
    """Proposals with their parts."""
    wanted = list(ids)
    rows = proposals.of_ids(connection, tenant, wanted)
    found = {
        name: Standing(rows[name], msgspec.json.decode(rows[name]["proposal"]))
        for name in wanted
        if name in rows
    }
    for part in proposals.parts(connection, tenant, found):
        found[part["proposal_id"]].parts.append(part)
    return found


def locks(connection: Connection, tenant: str, found: Iterable[Standing]) -> set[str]:
    """What is held while proposals are carried out: records, bookings, what payments settle."""
    parts = [part for each in found for part in each.parts]
    records = {part["record_id"] for part in parts}
    bookings = {f"{tenant}:booking:{part['booking']}" for part in parts if part["booking"]}
    for record in open_records.of_ids(connection, tenant, records):
        if isinstance(record.document, Payment):
            targets = payments.targets(connection, tenant, record.document)
            records |= {target.record_id for target in targets}
    return bookings | {f"{tenant}:record:{each}" for each in records}


@dataclass(slots=True)
class Carrying:
    """One transaction in which proposals are carried out."""

    book: Book
    ledger: Ledger
    accounts: DifferenceAccounts
    reason: str | None = None
    accepted: dict[str, bytes] = field(default_factory=dict)
    """What is to be stored of each."""
    taken: list[Place] = field(default_factory=list)
    lines: dict[str, str | None] = field(default_factory=dict)
    """The content of each record with bank lines that may still be reconciled."""
    booked: set[str] = field(default_factory=set)

    def load(self, found: Sequence[Standing]) -> None:
        """Read all that is about to be changed."""
        items = [name for each in found for name in each.records("item")]
        self.book.load(items)
        self.ledger.load(items)
        lines = {name for each in found for name in each.records("line")}
        bookings = {part["booking"] for each in found for part in each.parts if part["booking"]}
        self.lines = open_records.contents(self.book.connection, self.book.tenant, lines, "line")
        self.booked = proposals.booked(self.book.connection, self.book.tenant, bookings)
        rows = proposals.of_records(self.book.connection, self.book.tenant, lines, ("accepted",))
        self.taken = [
            places.of_text(row["record_id"], row["place"]) for row in rows if row["part"] == "line"
        ]

    def objection(self, wanted: Standing) -> str | None:
        """Why a proposal cannot be carried out any more."""
        hashes = {part["record_id"]: part["content_hash"] for part in wanted.parts}
        if any(place.meets(other) for place in wanted.places for other in self.taken):
            return "its bank line is settled already"
        if any(self.lines.get(name) != hashes[name] for name in wanted.records("line")):
            return "its bank line has changed since, or is not open any more"
        if any(part["booking"] in self.booked and part["booking"] for part in wanted.parts):
            return "its booking is settled already, by another report of it"
        for item in wanted.proposal.items:
            record = self.book.record(item.item)
            if record is None or record.content_hash != hashes[item.item]:
                return "a document of it has changed since"
            if open_records.open_as(record) != "item":
                return "a document of it is not open any more"
            if abs(item.settled) > self.ledger.left(record):
                return "less is open of a document than it would settle"
        return None

    def carry_out(self, wanted: Standing) -> None:
        """Settle the items; their payments' documents and the difference go along."""
        proposal = wanted.proposal
        for item in proposal.items:
            self._settle(wanted, item, over=proposal.difference == "over")
        journal = differences.book_difference(
            self.book, self.accounts, wanted.id, proposal, wanted.day
        )
        if journal is not None:
            wanted.body["journal"] = journal
        self.taken += wanted.places
        self.booked |= {part["booking"] for part in wanted.parts if part["booking"]}
        self.accepted[wanted.id] = wanted.remember(self.book, "accepted", self.reason)

    def _settle(self, wanted: Standing, item: ItemPart, *, over: bool) -> None:
        line = wanted.places[0].record_id
        cause = Cause(line, wanted.id, wanted.day, f"reconciled: {wanted.id}")
        self.ledger.settle(item.item, item.settled, cause, over=over)
        record = self.book.record(item.item)
        if record is not None and isinstance(record.document, Payment):
            payments.carry_on(self.ledger, record, wanted.id, wanted.day)

    def finish(self, others: Sequence[str] = ()) -> None:
        """Write it all: what was accepted, what that excludes, lines that are done."""
        keeper, tenant = self.book.keeper, self.book.tenant
        self.ledger.flush()
        proposals.write(self.book.connection, tenant, self.accepted)
        proposals.move(
            self.book.connection, tenant, self.accepted, "accepted",
            decided_by=keeper.actor, decided_at=keeper.stamp, reason=self.reason,
        )  # fmt: skip
        _exclude(self, others)


def _exclude(carrying: Carrying, others: Sequence[str]) -> None:
    """Other proposals of the same lines, and those for more than is open now, are superseded."""
    book = carrying.book
    lines = {place.record_id for place in carrying.taken}
    rows = proposals.of_records(book.connection, book.tenant, {*lines, *others}, ("proposed",))
    gone = {row["proposal_id"] for row in rows if _excluded(carrying, row)}
    proposals.supersede(book.connection, book.tenant, gone, "another proposal was accepted")


def _excluded(carrying: Carrying, row: Row) -> bool:
    if row["part"] == "line":
        place = places.of_text(row["record_id"], row["place"])
        return any(place.meets(other) for other in carrying.taken)
    record = carrying.book.record(row["record_id"])
    return record is None or abs(Decimal(row["amount"])) > carrying.ledger.left(record)


def refuse(why: str) -> Refusal:
    """The refusal of what cannot be carried out."""
    hint = "run the reconciliation again and decide on what it proposes then"
    return Refusal(409, "conflict", f"the proposal cannot be accepted: {why}", hint=hint)


def room(house: House, tenant: str, ids: Sequence[str]) -> set[str]:
    """The locks for these proposals."""
    with house.store.reading() as connection:
        return locks(connection, tenant, standing(connection, tenant, ids).values())
