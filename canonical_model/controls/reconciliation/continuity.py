"""Whether an account's statements follow each other without a gap (B1 and B4)."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Annotated, Final, Literal, TypeAlias

from canonical_model.base.scalars import Code, Maybe, Part, Text, says
from canonical_model.checks import RULES, Related, check
from canonical_model.checks.identifiers import masked
from canonical_model.documents.bank_statement import BankStatement
from canonical_model.envelope import Record
from canonical_model.identity.bank_ledger import account_part

_KEPT: Final = frozenset({"B1", "B4"})
_OTHERS: Final = frozenset(RULES) - _KEPT
# Reports of a day that is not over, and notifications, are no links of the chain.
_NOT_STATEMENTS: Final = ("camt.052", "camt.054", "mt942")


class ContinuityFault(Part, frozen=True, kw_only=True):
    """Where a chain of statements is broken."""

    code: Annotated[
        Literal["statement_balance_mismatch", "statement_gap", "statement_repeated"],
        says("Its entries do not lead to its balance, something is missing, or it came twice"),
    ]
    statement: Annotated[Text, says("Handle of the statement it was found on")]
    previous: Annotated[Maybe[Text], says("Handle of the one before")] = None
    message: Annotated[Text, says("In words")]
    path: Annotated[Maybe[Text], says("Place in the statement")] = None
    expected: Annotated[Maybe[Text], says("What would be right")] = None
    actual: Annotated[Maybe[Text], says("What was found")] = None


class AccountContinuity(Part, frozen=True, kw_only=True):
    """The statements of one account, in order."""

    account: Annotated[Text, says("The account, cut")]
    currency: Annotated[Maybe[Code], says("Its currency")] = None
    statements: Annotated[list[Text], says("Handles, oldest first, repetitions left out")] = []
    faults: Annotated[list[ContinuityFault], says("Where it is broken")] = []


def continuity(statements: Mapping[str, Record]) -> list[AccountContinuity]:
    """Each account's chain of statements, whatever the order in which they are given."""
    by_account: dict[tuple[str, str], list[tuple[str, BankStatement]]] = defaultdict(list)
    for handle in sorted(statements):
        document = statements[handle].document
        if isinstance(document, BankStatement) and not _is_report(document):
            by_account[_account(document)].append((handle, document))
    return [_chain(account, found) for account, found in sorted(by_account.items())]


def _is_report(statement: BankStatement) -> bool:
    return (statement.format or "").strip().lower().startswith(_NOT_STATEMENTS)


def _account(statement: BankStatement) -> tuple[str, str]:
    account = statement.account
    return account_part(account.id) if account is not None else "", (
        account.currency or "" if account is not None else ""
    )


def _chain(account: tuple[str, str], found: list[tuple[str, BankStatement]]) -> AccountContinuity:
    kept: list[tuple[str, BankStatement]] = []
    faults: list[ContinuityFault] = []
    seen: dict[Moment, list[tuple[str, BankStatement]]] = defaultdict(list)
    for handle, statement in sorted(found, key=lambda each: (moment_of(each[1]), each[0])):
        alike = seen[moment_of(statement)]
        if first := next((name for name, other in alike if other == statement), None):
            faults.append(_repeated(handle, first))
            continue
        alike.append((handle, statement))
        previous = kept[-1] if kept else None
        faults += _faults(handle, statement, previous)
        kept.append((handle, statement))
    return AccountContinuity(
        account=masked(account[0].partition(":")[2]) or "unknown",
        currency=account[1] or None,
        statements=[handle for handle, _ in kept],
        faults=faults,
    )


Moment: TypeAlias = tuple[datetime.date, int, int]


def moment_of(statement: BankStatement) -> Moment:
    """By what statements of one account stand in order: the first day, then the numbers."""
    days = [each.date for each in statement.balances if each.date is not None]
    start = statement.period.start if statement.period is not None else None
    made = statement.created_at.date() if statement.created_at is not None else None
    day = start or min(days, default=None) or made or datetime.date.min
    return day, statement.legal_sequence or 0, statement.sequence or 0


def _repeated(handle: str, first: str) -> ContinuityFault:
    return ContinuityFault(
        code="statement_repeated",
        statement=handle,
        previous=first,
        message="the same statement came before; leave this one out",
    )


def _faults(
    handle: str, statement: BankStatement, previous: tuple[str, BankStatement] | None
) -> Iterator[ContinuityFault]:
    related = Related(previous_statement=previous[1] if previous is not None else None)
    for issue in check(statement, related=related, ignore=_OTHERS):
        yield ContinuityFault(
            code="statement_gap" if issue.rule == "B4" else "statement_balance_mismatch",
            statement=handle,
            previous=previous[0] if previous is not None else None,
            message=issue.message,
            path=issue.path,
            expected=issue.expected,
            actual=issue.actual,
        )
