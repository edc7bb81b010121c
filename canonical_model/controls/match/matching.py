"""Two-way and three-way match of invoices and credit notes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from canonical_model.controls.match.entry import pointers
from canonical_model.controls.match.judging import Judge
from canonical_model.controls.match.ledger import Ledger
from canonical_model.controls.match.parties import Marks, agree, marks
from canonical_model.controls.match.rules import RuleBook
from canonical_model.controls.match.settings import MatchSettings
from canonical_model.controls.match.side import BUYING, SELLING, Side, age, only
from canonical_model.controls.match.verdict import MatchResult
from canonical_model.documents import AnyDocument
from canonical_model.documents.credit_note import CreditNote
from canonical_model.documents.invoice import Bill, Invoice
from canonical_model.envelope import Context
from canonical_model.identity import direction_of, number_key

USUAL = MatchSettings()
"""Nothing may differ, everything must have been ordered and received."""

_NOBODY = Context()
_CORRECTED_INVOICE = "384"  # UNTDID 1001


def match(
    bill: Bill,
    documents: Iterable[AnyDocument],
    settings: MatchSettings = USUAL,
    context: Context = _NOBODY,
) -> MatchResult:
    """Set an invoice or credit note against its orders and what was received.

    `documents` are the others of the same trade, in any order: orders, receipts or shipments,
    returns, and the invoices and credit notes that count besides this one. Rejected and voided
    ones are the caller's to leave out.
    """
    given = list(documents)
    ledger = Ledger(given, settings, _side(bill, context))
    batch = _Batch([bill])
    others = [each for each in only(given, Invoice, CreditNote) if each not in batch]
    posted = [ledger.ask(each) for each in others]
    ledger.trust_invoiced()
    last = ledger.ask(bill)
    ledger.settle([*posted, last])
    return Judge(ledger, RuleBook(settings), context).judge(last)


def match_all(
    bills: Sequence[Bill],
    documents: Iterable[AnyDocument],
    settings: MatchSettings = USUAL,
    context: Context = _NOBODY,
) -> list[MatchResult]:
    """Match many bills of one direction, the oldest first; results in the order of `bills`.

    Each is judged after those before it, and after all credit notes among them.
    """
    if not bills:
        return []
    given, batch = list(documents), _Batch(bills)
    ledger = Ledger(given, settings, _side(bills[0], context))
    earlier = [each for each in only(given, Invoice, CreditNote) if each not in batch]
    posted = [ledger.ask(each) for each in earlier]
    order = sorted(range(len(bills)), key=lambda at: (batch.replaces(bills[at]), age(bills[at])))
    asked = {at: ledger.ask(bills[at], counts=not batch.replaces(bills[at])) for at in order}
    ledger.settle([*posted, *asked.values()])
    judge = Judge(ledger, RuleBook(settings), context)
    return [judge.judge(asked[at]) for at in range(len(bills))]


def _side(bill: Bill, context: Context) -> Side:
    return SELLING if direction_of(bill, context) == "receivable" else BUYING


class _Batch:
    """The bills that are judged: they, and what they replace, do not count against them."""

    def __init__(self, bills: Iterable[Bill]) -> None:
        self._numbers: defaultdict[tuple[type[Bill], str], list[Marks]] = defaultdict(list)
        self._corrected: set[str] = set()
        for bill in bills:
            self._numbers[type(bill), number_key(bill.number or "")].append(marks(bill.seller))
            if bill.type == "corrective" or bill.type_code == _CORRECTED_INVOICE:
                self._corrected |= {number for number, _ in pointers(bill.refs, "preceding")}

    def __contains__(self, other: object) -> bool:
        """Whether it is one of them, or replaced by one of them."""
        if not isinstance(other, Bill) or not other.number:
            return False
        theirs = self._numbers.get((type(other), number_key(other.number)), [])
        same = any(agree(each, marks(other.seller)) is not False for each in theirs)
        return same or self.replaces(other)

    def replaces(self, bill: Bill) -> bool:
        """Whether one of them says that it corrects this one (UNTDID 1001 code 384)."""
        return isinstance(bill, Invoice) and number_key(bill.number or "") in self._corrected
