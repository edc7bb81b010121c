"""Entering invoices and credit notes into the order lines they are about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction

from canonical_model.controls.match.arrivals import enter_arrivals, trust_received
from canonical_model.controls.match.book import Book, Head
from canonical_model.controls.match.charges import Charges
from canonical_model.controls.match.entry import Entry, trade_entry
from canonical_model.controls.match.order_line import OrderLine
from canonical_model.controls.match.pairing import Paired, Pairing
from canonical_model.controls.match.parties import marks
from canonical_model.controls.match.ratios import NOTHING, fraction, over
from canonical_model.controls.match.settings import MatchSettings
from canonical_model.controls.match.side import Side
from canonical_model.controls.match.units import Units
from canonical_model.documents import AnyDocument
from canonical_model.documents.credit_note import CreditNote
from canonical_model.documents.invoice import Bill

_ASKS_FOR_NOTHING = frozenset({"proforma", "prepayment"})
_PREPAYMENT_CODES = frozenset({"386", "325"})  # UNTDID 1001


@dataclass(slots=True, eq=False)
class Claim:
    """A line of a bill and the order lines it is about."""

    entry: Entry
    takes_back: bool
    paired: Paired


@dataclass(slots=True, eq=False)
class Posted:
    """A bill in the ledger, and how far each of its order lines was when it came."""

    bill: Bill
    head: Head
    credit: bool
    claims: list[Claim] = field(default_factory=list)
    waiting: list[Entry] = field(default_factory=list)
    """Entries that take back, still to be paired."""
    billed: dict[OrderLine, Fraction] = field(default_factory=dict)
    """Invoiced in all, up to and with this one."""
    overcharged: dict[OrderLine, Fraction] = field(default_factory=dict)
    """Charged beyond the order's price by those before it."""
    charges: Charges | None = None


class Ledger:
    """The order lines with everything that is known to have happened to them."""

    def __init__(self, documents: list[AnyDocument], settings: MatchSettings, side: Side) -> None:
        self.side = side
        self.units = Units(settings.conversions)
        self.book = Book(side.orders(documents), self.units, lambda each: marks(side.party(each)))
        self._pairing = Pairing(self.book, settings)
        self._words = frozenset(word.casefold() for word in settings.charge_words)
        self._charged: defaultdict[str, Fraction] = defaultdict(Fraction)
        self.unplaced = enter_arrivals(documents, self._pairing, side)
        for line in self.book.lines:
            trust_received(line)

    def ask(self, bill: Bill, *, counts: bool = True) -> Posted:
        """Enter what a bill asks for; what it takes back waits until `settle`.

        One that does not count is looked at, and leaves no trace; it is to come after the others.
        """
        posted = Posted(bill, self.side.head(bill), is_credit(bill))
        for entry in entries_of(bill, self.units):
            if turn(entry) != posted.credit:
                posted.waiting.append(entry)
                continue
            paired = self._pairing.pair(entry, posted.head, "bill", _bill)
            posted.claims.append(Claim(entry, False, paired))
            self._note_prices(posted.claims[-1], posted)
        posted.billed = {line: line.billed for each in posted.claims for line in each.paired.shares}
        posted.charges = self._charge(posted)
        if not counts or asks_for_nothing(bill):
            _withdraw(posted.claims)
        return posted

    def settle(self, bills: Iterable[Posted]) -> None:
        """Enter what bills take back, when everything that was asked for is known."""
        for posted in bills:
            for entry in posted.waiting:
                paired = self._pairing.pair(entry, posted.head, "credit", _take_back)
                posted.claims.append(Claim(entry, True, paired))

    def trust_invoiced(self) -> None:
        """Where no invoice is known, the count that the order itself keeps is what there is."""
        for line in self.book.lines:
            counted = fraction(line.line.quantity_invoiced)
            if counted is not None and not line.billed and not line.credited:
                line.billed = counted

    def _note_prices(self, claim: Claim, posted: Posted) -> None:
        """What each order line was charged, so that a correction of a price is used only once."""
        entry = claim.entry
        for line, share in claim.paired.shares.items():
            posted.overcharged.setdefault(line, line.overcharged)
            rate = line.rate(entry, self.units) if entry.quantity and share is not None else None
            if rate and share is not None and entry.price is not None:
                asked = over(entry.price, rate)
                line.prices.add(asked)
                line.overcharged += max(asked - (line.price or asked), NOTHING) * share

    def _charge(self, posted: Posted) -> Charges:
        loose = [claim.entry for claim in posted.claims if self.is_charge(claim)]
        goods = Charges(posted.bill, loose)
        goods.set_against(
            (line, share)
            for claim in posted.claims
            for line, share in claim.paired.shares.items()
            if share is not None
        )
        goods.remember(self._charged)
        return goods

    def is_charge(self, claim: Claim) -> bool:
        """Whether a line without an order line is freight or the like, or a discount."""
        if claim.paired.shares:
            return False
        entry = claim.entry
        return not entry.words.isdisjoint(self._words) or (entry.net or NOTHING) < 0

    def is_service(self, claim: Claim, line: OrderLine) -> bool:
        """Whether a line is freight that was ordered as such, and is never received."""
        words = claim.entry.words & line.entry.words
        return not words.isdisjoint(self._words)


def is_credit(bill: Bill) -> bool:
    """Whether its positive lines take back: a credit note, unless it is written below zero."""
    totals = bill.totals
    stated = (totals.payable, totals.gross, totals.net) if totals is not None else ()
    amount = next((each for each in stated if each), None)
    return isinstance(bill, CreditNote) and (amount is None or amount > 0)


def asks_for_nothing(bill: Bill) -> bool:
    """Whether it delivers nothing: a pro-forma or prepayment invoice takes up no quantity."""
    return bill.type in _ASKS_FOR_NOTHING or bill.type_code in _PREPAYMENT_CODES


def entries_of(bill: Bill, units: Units) -> list[Entry]:
    """Its detail lines, else its total as one line that says nothing of goods."""
    gross = bill.prices_include_tax is True
    found = [
        trade_entry(line, at, units, bill.currency, gross=gross)
        for at, line in enumerate(bill.lines)
        if line.kind in (None, "detail")
    ]
    if not found and bill.totals is not None and bill.totals.net is not None:
        found = [Entry("totals.net", "total", net=fraction(bill.totals.net))]
    return sorted(found, key=lambda each: (not each.orders, each.order_key))


def turn(entry: Entry) -> bool:
    """Take the sign off an entry; whether it had one."""
    amount = entry.quantity or entry.net or NOTHING
    if amount < 0:
        entry.quantity = -entry.quantity if entry.quantity is not None else None
        entry.net = -entry.net if entry.net is not None else None
    return amount < 0


def _bill(line: OrderLine, quantity: Fraction) -> None:
    line.billed += quantity


def _take_back(line: OrderLine, quantity: Fraction) -> None:
    line.credited += quantity


def _withdraw(claims: list[Claim]) -> None:
    for claim in claims:
        for line, share in claim.paired.shares.items():
            line.billed -= share or NOTHING
