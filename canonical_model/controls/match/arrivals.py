"""Entering receipts, shipments and returns into the order lines they are about."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from canonical_model.controls.match.entry import Entry, movement_entry
from canonical_model.controls.match.order_line import OrderLine
from canonical_model.controls.match.pairing import Pairing
from canonical_model.controls.match.ratios import NOTHING, ONE, fraction
from canonical_model.controls.match.sharing import Enter
from canonical_model.controls.match.side import Side
from canonical_model.documents import AnyDocument
from canonical_model.documents.movement import Movement
from canonical_model.identity import number_key


class Unplaced(NamedTuple):
    """A line of a receipt that is for no order line."""

    movement: Movement
    entry: Entry


def enter_arrivals(documents: list[AnyDocument], pairing: Pairing, side: Side) -> list[Unplaced]:
    """What came, then what of it was undone, then what went back; returns what has no place."""
    unplaced: list[Unplaced] = []
    for arrival in side.arrivals(documents):
        unplaced += _enter(arrival, pairing, side, undone=arrival.reverses is not None)
    for returned in side.returns(documents):
        for entry, _ in moves(returned):
            pairing.pair(entry, side.moving_head(returned), "return", _give_back)
    return unplaced


def trust_received(line: OrderLine) -> None:
    """Where no receipt is known, the count that the order itself keeps is what there is."""
    counted = fraction(line.line.quantity_received)
    if counted is not None and not line.touched:
        line.accepted = counted


def _enter(movement: Movement, pairing: Pairing, side: Side, *, undone: bool) -> Iterator[Unplaced]:
    head, number = side.moving_head(movement), number_key(movement.number or "")
    for entry, accepted in moves(movement):
        negative = (entry.quantity or NOTHING) < 0
        enter = receiving(accepted, -1 if undone != negative else 1, day_of(movement))
        paired = pairing.pair(entry, head, "return" if undone != negative else "receive", enter)
        pairing.book.remember(number, entry, paired.shares)
        if not paired.shares:
            yield Unplaced(movement, entry)


def moves(movement: Movement) -> Iterator[tuple[Entry, Fraction]]:
    """Each line with the part of it that was accepted."""
    found = [(movement_entry(line, at), line) for at, line in enumerate(movement.lines)]
    for entry, line in sorted(found, key=lambda each: each[0].order_key):
        accepted, rejected = fraction(line.accepted), fraction(line.rejected)
        if entry.quantity is None and accepted is not None:
            entry.quantity = accepted + (rejected or NOTHING)
        yield entry, _accepted(entry.quantity, accepted, rejected)


def _accepted(
    quantity: Fraction | None, accepted: Fraction | None, rejected: Fraction | None
) -> Fraction:
    if not quantity:
        return ONE
    if accepted is None:
        accepted = quantity - (rejected or NOTHING)
    return min(ONE, max(NOTHING, accepted / quantity))


def receiving(accepted: Fraction, sign: int, day: datetime.date | None) -> Enter:
    """Enters a quantity of which this part was accepted; with sign -1 it undoes that."""

    def enter(line: OrderLine, quantity: Fraction) -> None:
        good = quantity * accepted * sign
        line.accepted += good
        line.rejected += quantity * sign - good
        line.arrivals.append((day, good))

    return enter


def _give_back(line: OrderLine, quantity: Fraction) -> None:
    line.returned += quantity


def day_of(movement: Movement) -> datetime.date | None:
    """The day the goods moved: as booked, else as it happened, else as issued."""
    if movement.posting_date is None and movement.occurred_at is not None:
        return movement.occurred_at.date()
    return movement.posting_date or movement.issue_date
