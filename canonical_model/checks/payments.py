"""Payments and what they settle."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from canonical_model.checks.case import Case
from canonical_model.checks.figures import ZERO, total
from canonical_model.checks.finding import FINE, Finding, Findings
from canonical_model.checks.registry import checks
from canonical_model.documents.payment import Allocation, Payment
from canonical_model.parts.reference import Ref

_PAYMENT = ("payment",)


@checks("P1", "allocations_mismatch", kinds=_PAYMENT)
def allocated(payment: Payment, case: Case) -> Findings:
    """Sum of allocations, unapplied amount and fees.

    `amount` is the sum of the allocations in the payment's currency (credits subtracted) +
    `unapplied` + `fees`. Only where there are allocations; P3 takes credit applications.

    Look for a missing allocation, or state what is left in `unapplied`.
    """
    if not payment.allocations or payment.amount is None or payment.type == "credit_application":
        return FINE
    settled = total(_settled(each, payment.currency) for each in payment.allocations)
    if settled is None:
        return FINE
    exact = settled + (payment.unapplied or ZERO) + (payment.fees or ZERO)
    return case.compare("amount", payment.amount, exact)


def _settled(allocation: Allocation, currency: str | None) -> Decimal | None:
    """What an allocation takes from the payment, in the payment's currency."""
    settled = allocation.settled
    if settled is not None and settled.currency != currency:
        return None
    amount = settled.amount if settled is not None else allocation.amount
    return -amount if amount is not None and allocation.side == "credit" else amount


@checks("P2", "allocation_exceeds_balance", kinds=_PAYMENT)
def within_balance(payment: Payment, case: Case) -> Findings:
    """Open balance of the target.

    What the allocations to one document take from it, discount, withheld tax and write-off
    included, is at most what is open on it. Needs the open balances.

    Check whether the document was already paid, or the amount belongs to another one.
    """
    balances = case.related.open_balances
    taken: dict[str, Decimal] = {}
    found: list[Finding] = []
    for index, each in enumerate(payment.allocations if balances else ()):
        name = _known(each.target, balances)
        if name is None or each.amount is None:
            continue
        parts = (each.amount, each.discount, each.withheld, each.write_off)
        taken[name] = taken.get(name, ZERO) + sum((part or ZERO for part in parts), ZERO)
        if taken[name] > balances[name]:
            still_open, claimed = map(case.figures.text, (balances[name], taken[name]))
            message = f"{claimed} is settled of {still_open} open; correct one of them"
            found.append(Finding(f"allocations[{index}].amount", still_open, claimed, message))
    return found


def _known(target: Ref | None, balances: Mapping[str, Decimal]) -> str | None:
    names = (target.id, target.number) if target is not None else ()
    return next((name for name in names if name is not None and name in balances), None)


@checks("P3", "credit_application_unbalanced", kinds=_PAYMENT)
def credits_applied(payment: Payment, case: Case) -> Findings:
    """Sum of what the credits settle.

    A credit application moves no money: its `amount` is zero and its debit allocations equal its
    credit allocations. Allocations without a side are not compared.

    Each credit note needs allocations to invoices of the same amount.
    """
    if payment.type != "credit_application":
        return FINE
    found: list[Finding] = []
    if payment.amount:
        none, moved = case.figures.text(ZERO), case.figures.text(payment.amount)
        message = f"a credit application that moves {moved}; its amount is zero"
        found.append(Finding("amount", none, moved, message))
    if all(each.side is not None for each in payment.allocations):
        debits = _side(payment.allocations, "debit")
        credit = _side(payment.allocations, "credit")
        if debits is not None and credit is not None:
            found += case.compare("allocations", debits, credit)
    return found


def _side(allocations: Iterable[Allocation], side: str) -> Decimal | None:
    return total(each.amount for each in allocations if each.side == side)
