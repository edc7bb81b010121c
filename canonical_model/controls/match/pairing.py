"""Finding the order lines that a line is about: by reference, by item, by description."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction

from canonical_model.controls.match.book import Book, Head
from canonical_model.controls.match.descriptions import likeness
from canonical_model.controls.match.entry import Entry
from canonical_model.controls.match.order_line import OrderLine, Purpose, measure, same_price
from canonical_model.controls.match.pool import Pool
from canonical_model.controls.match.ratios import NOTHING, ONE, fraction, over
from canonical_model.controls.match.settings import MatchSettings
from canonical_model.controls.match.sharing import Enter, Shares, Sharing
from canonical_model.controls.match.verdict import Basis

_BY_ITEM = Fraction(95, 100)
_TEXT, _PRICE, _QUANTITY = Fraction(70, 100), Fraction(15, 100), Fraction(15, 100)
_PROPOSALS = 3


@dataclass(slots=True, eq=False)
class Candidate:
    """An order line that may be meant."""

    line: OrderLine
    score: Fraction
    why: str


@dataclass(slots=True, eq=False)
class Paired:
    """What an entry is about, how sure that is, and how it was shared out."""

    basis: Basis | None
    score: Fraction
    why: str
    shares: Shares = field(default_factory=dict)
    proposals: list[Candidate] = field(default_factory=list)
    corrects: bool = False
    """Whether only money is taken back, and no goods."""


class Pairing:
    """Pairs the lines of receipts and invoices with those of a book."""

    def __init__(self, book: Book, settings: MatchSettings) -> None:
        self.book = book
        self._pair_at = fraction(settings.pair_at) or ONE
        self._propose_at = fraction(settings.propose_at) or ONE

    def pair(self, entry: Entry, head: Head, purpose: Purpose, enter: Enter) -> Paired:
        """What an entry is about; its quantity is entered where it belongs."""
        paired, pools = self._find(entry, head)
        if not pools:
            return paired
        line = pools[0].first(purpose) or pools[0].lines[-1]
        if purpose == "credit" and self._corrects(entry, line):
            line.corrected += abs(entry.net or NOTHING)
            paired.shares, paired.corrects = {line: NOTHING}, True
        else:
            paired.shares = Sharing(entry, purpose, self.book.units, enter).among(pools)
        return paired

    def _find(self, entry: Entry, head: Head) -> tuple[Paired, list[Pool]]:
        if named := self.book.named(entry, head):
            basis, lines = named
            thing = "order line" if basis == "reference" else "receipt line"
            return Paired(basis, ONE, f"it names the {thing}"), [Pool(lines)]
        region, where = self.book.region(entry, head)
        if pools := region.pools(entry):
            return Paired("item", _BY_ITEM, f"the same item number, {where}"), pools
        if not entry.words and not entry.quantity and region.lines:
            return Paired("order", ONE, f"an amount without lines, {where}"), [region.whole]
        found = self._candidates(entry, region.like(entry))
        if found and found[0].score >= self._pair_at:
            best = found[0]
            equals = [each.line for each in found if each.score == best.score]
            return Paired("description", best.score, f"{best.why}, {where}"), [Pool(equals)]
        why = f"nothing is alike enough, {where}" if region.lines else f"not known: {where}"
        return Paired(None, NOTHING, why, proposals=found[:_PROPOSALS]), []

    def _corrects(self, entry: Entry, line: OrderLine) -> bool:
        """Whether a credit takes back money only: at no price that was ordered or invoiced."""
        if line.by_value:
            return False
        rate = line.rate(entry, self.book.units)
        if not entry.quantity or not rate:
            return not entry.quantity
        return entry.price is not None and not line.is_its_price(over(entry.price, rate))

    def _candidates(self, entry: Entry, lines: Iterable[OrderLine]) -> list[Candidate]:
        found = [self._judge(entry, line) for line in lines if not contradicts(entry, line.entry)]
        found = [each for each in found if each.score >= self._propose_at]
        return sorted(found, key=lambda each: (-each.score, each.line.rank))

    def _judge(self, entry: Entry, line: OrderLine) -> Candidate:
        text = likeness(entry.words, line.entry.words)
        rate = line.rate(entry, self.book.units) or NOTHING
        asked, price, amount = entry.price, line.price, measure(entry)
        priced = bool(rate and asked and price and same_price(over(asked, rate), price))
        whole = amount is not None and amount * rate == line.ordered
        said = [f"descriptions agree {round(text * 100)} %"]
        said += ["the price agrees"] * priced + ["the quantity agrees"] * whole
        score = _TEXT * text + _PRICE * priced + _QUANTITY * whole
        return Candidate(line, score, ", ".join(said))


def contradicts(one: Entry, other: Entry) -> bool:
    """Whether the same party, or standard, gives two numbers, and nobody gives one."""
    shared = one.marks.keys() & other.marks.keys()
    return bool(shared) and all(one.marks[who] != other.marks[who] for who in shared)
