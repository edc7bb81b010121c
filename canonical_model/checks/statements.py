"""Bank statements and their entries."""

from __future__ import annotations

import datetime
from decimal import Decimal

from canonical_model.base.codes import code_list
from canonical_model.checks.case import Case
from canonical_model.checks.figures import total
from canonical_model.checks.finding import FINE, Finding, Findings
from canonical_model.checks.registry import checks
from canonical_model.documents.bank_statement import Balance, BankStatement
from canonical_model.documents.bank_transaction import BankTransaction, Side

_STATEMENT = ("bank_statement",)


def _signed(amount: Decimal | None, side: Side | None) -> Decimal | None:
    if amount is None or side is None:
        return None
    return amount if side == "credit" else -amount


def _booked_balance(statement: BankStatement, moment: str) -> tuple[int, Decimal] | None:
    """The first opening or the last closing booked balance, with its position."""
    types = code_list("balance_type").codes
    found: list[tuple[datetime.date, int, Balance]] = []
    for index, balance in enumerate(statement.balances):
        row = types.get(balance.type or "")
        if row is not None and row["moment"] == moment and row["basis"] == "booked":
            found.append((balance.date or datetime.date.min, index, balance))
    if not found:
        return None
    pick = min if moment == "opening" else max
    _, index, balance = pick(found, key=lambda each: each[:2])
    signed = _signed(balance.amount, balance.direction)
    return None if signed is None else (index, signed)


@checks("B1", "statement_balance_mismatch", kinds=_STATEMENT)
def entries_lead_to_closing(statement: BankStatement, case: Case) -> Findings:
    """Opening balance plus credits less debits.

    The closing booked balance is the opening one + booked credits less booked debits; debit
    balances are negative. Not applied to a statement without entries, as its entries may follow one
    by one; nor to entries of several currencies.

    Look for an entry that is missing, read twice, or still pending.
    """
    opening = _booked_balance(statement, "opening")
    closing = _booked_balance(statement, "closing")
    if opening is None or closing is None or not statement.transactions:
        return FINE
    booked = [each for each in statement.transactions if each.status in (None, "booked")]
    moved = total(_signed(each.amount, each.direction) for each in booked)
    if moved is None or len({each.currency for each in booked if each.currency}) > 1:
        return FINE
    return case.compare(f"balances[{closing[0]}].amount", closing[1], opening[1] + moved)


@checks("B2", "details_mismatch", kinds=("bank_statement", "bank_transaction"), severity="warning")
def details_add_up(document: BankStatement | BankTransaction, case: Case) -> Findings:
    """Sum of its details.

    The amount of an entry is the sum of its details, where each carries an amount. A detail of the
    other side is subtracted. Not compared where charges are stated.

    Each detail carries its own amount in the account's currency, not that of the entry.
    """
    if isinstance(document, BankTransaction):
        return _details(document, "", case)
    found: list[Finding] = []
    for index, entry in enumerate(document.transactions):
        if entry.details:
            found += _details(entry, f"transactions[{index}].", case)
    return found


def _details(entry: BankTransaction, prefix: str, case: Case) -> Findings:
    details = entry.details
    if entry.amount is None or not details or entry.charges:
        return FINE
    if any(each.charges for each in details):
        return FINE
    exact = total(
        -each.amount
        if each.amount is not None and each.direction not in (None, entry.direction)
        else each.amount
        for each in details
    )
    return FINE if exact is None else case.compare(f"{prefix}amount", entry.amount, exact)


@checks("B3", "summary_mismatch", kinds=_STATEMENT, severity="warning")
def summaries_agree(statement: BankStatement, case: Case) -> Findings:
    """Count or sum of the entries.

    Counts and sums that the bank states agree with the entries, of one side or of both. Not applied
    to a statement without entries.

    Look for an entry that is missing or was read twice.
    """
    found: list[Finding] = []
    reckoned: dict[Side | None, tuple[int, Decimal | None]] = {}
    for index, summary in enumerate(statement.summaries if statement.transactions else ()):
        if summary.direction not in reckoned:
            reckoned[summary.direction] = _count_and_sum(statement, summary.direction)
        count, exact = reckoned[summary.direction]
        path = f"summaries[{index}]"
        if summary.count is not None and summary.count != count:
            found.append(Finding(f"{path}.count", str(count), str(summary.count)))
        if summary.sum is not None and exact is not None:
            found += case.compare(f"{path}.sum", summary.sum, exact)
    return found


def _count_and_sum(statement: BankStatement, side: Side | None) -> tuple[int, Decimal | None]:
    entries = [each for each in statement.transactions if side in (None, each.direction)]
    return len(entries), total(each.amount for each in entries)


@checks("B4", "statement_gap", kinds=_STATEMENT, severity="warning")
def follows_previous(statement: BankStatement, case: Case) -> Findings:
    """Closing balance or next number of the statement before.

    A statement opens with the balance at which the one before closed, and its number is the next
    one, or 1 in a new year. Needs the previous statement of the account.

    Fetch the statements in between.
    """
    previous = case.related.previous_statement
    if previous is None:
        return FINE
    found: list[Finding] = []
    opening = _booked_balance(statement, "opening")
    closed = _booked_balance(previous, "closing")
    if opening is not None and closed is not None:
        found += case.compare(f"balances[{opening[0]}].amount", opening[1], closed[1])
    for name in ("legal_sequence", "sequence"):
        number, before = getattr(statement, name), getattr(previous, name)
        if number is not None and before is not None and number not in (before + 1, 1):
            found.append(Finding(name, str(before + 1), str(number)))
    return found
