"""Journal entries."""

from __future__ import annotations

from canonical_model.checks.case import Case
from canonical_model.checks.figures import figures_of, total
from canonical_model.checks.finding import FINE, Finding, Findings
from canonical_model.checks.registry import checks
from canonical_model.documents.journal_entry import JournalEntry


@checks("J1", "journal_unbalanced", kinds=("journal_entry",))
def balanced(entry: JournalEntry, case: Case) -> Findings:
    """Sum of debits.

    Debits equal credits, in the entry's currency and in the base currency. Not compared while a
    line lacks its side, or one of them its amount in that currency.

    Look for a missing line, or for a line on the wrong side.
    """
    if any(line.side is None for line in entry.lines):
        return FINE
    in_currency = _balanced(entry, "amount", entry.currency)
    return [*in_currency, *_balanced(entry, "base_amount", entry.base_currency)]


def _balanced(entry: JournalEntry, name: str, currency: str | None) -> Findings:
    debits = total(getattr(line, name) for line in entry.lines if line.side == "debit")
    credit = total(getattr(line, name) for line in entry.lines if line.side == "credit")
    if debits is None or credit is None or debits == credit:
        return FINE
    text = figures_of(currency).text
    expected, actual = text(debits), text(credit)
    message = f"debits of {expected} against credits of {actual} by {name}; they must be equal"
    return (Finding("lines", expected, actual, message),)
