"""What makes two deliveries one payment, statement, bank transaction or journal entry."""

from __future__ import annotations

from canonical_model.documents.bank_statement import Balance, BankStatement
from canonical_model.documents.bank_transaction import BankTransaction
from canonical_model.documents.journal_entry import JournalEntry
from canonical_model.documents.payment import Payment
from canonical_model.documents.payment_status import PaymentStatus
from canonical_model.envelope import Context, Source
from canonical_model.identity.accounts import account_part
from canonical_model.identity.bank_ledger import is_reference, transaction_parts
from canonical_model.identity.key_parts import Found, day_part, entity_part, number_part, year_part
from canonical_model.identity.normalise import amount_text, plain
from canonical_model.identity.record_ids import NATURAL
from canonical_model.identity.rungs import rungs


def payment(document: Payment, source: Source, context: Context) -> Found:
    """As we sent it, and by its id in a system; where neither is known, by what it settles."""
    entity = entity_part(document, context)
    found = _payment_sent(document, entity)
    head = [entity, document.direction or ""]
    if object_id := plain(source.object_id):
        origin = [plain(source.system), plain(source.connection), plain(source.object_type)]
        return [*found, (NATURAL, [*head, *origin, object_id])]
    return found or _payment_seen(document, head)


def _payment_sent(document: Payment, entity: str) -> Found:
    # An end-to-end id alone recurs, and a message alone names a whole file of payments.
    if document.direction != "out" or document.from_account is None:
        return []
    message, end_to_end = plain(document.message_id), plain(document.end_to_end_id)
    account = account_part(document.from_account.id)
    if not (account and message and is_reference(end_to_end)):
        return []
    return [(NATURAL, [entity, account, message, plain(document.batch_id), end_to_end])]


def _payment_seen(document: Payment, head: list[str]) -> Found:
    amount, day = document.amount, document.value_date
    if amount is None or day is None:
        return []
    incoming = document.direction == "in"
    party = document.payer if incoming else document.payee
    account = document.from_account if incoming else document.to_account
    money = [amount_text(amount), plain(document.currency)]
    tail = [day.isoformat(), *money, plain(document.structured_ref)]
    other = rungs(party, [account] if account is not None else [])
    return [(basis, [*head, rung, *tail]) for basis, rung in other]


def payment_status(document: PaymentStatus, source: Source, context: Context) -> Found:
    """The report's own id; banks may use it again in another year."""
    message = plain(document.message_id)
    tail = [plain(document.original_message_id), year_part(document.created_at)]
    return [(NATURAL, [plain(context.entity), message, *tail])] if message else []


def bank_statement(document: BankStatement, source: Source, context: Context) -> Found:
    """Account and id, or what it covers and ends with."""
    account = account_part(document.account.id) if document.account is not None else ""
    if not account:
        return []
    closing = _closing(document.balances)
    if statement := plain(document.id):
        return [(NATURAL, [account, statement, _statement_year(document, closing)])]
    if document.period is None or document.period.end is None or closing is None:
        return []
    days = [day_part(document.period.start), day_part(document.period.end)]
    return [(NATURAL, [account, *days, *_balance_parts(closing)])]


def _closing(balances: list[Balance]) -> Balance | None:
    booked = [each for each in balances if each.type == "CLBD" and each.amount is not None]
    return max(booked, key=_balance_parts_by_day, default=None)


def _balance_parts_by_day(balance: Balance) -> list[str]:
    return [day_part(balance.date), *_balance_parts(balance)]


def _balance_parts(balance: Balance) -> list[str]:
    amount = amount_text(balance.amount) if balance.amount is not None else ""
    return [balance.direction or "", plain(balance.currency), amount]


def _statement_year(document: BankStatement, closing: Balance | None) -> str:
    # Formats without a creation time (SWIFT MT940) restart their numbers each year all the same.
    covered = document.period.end if document.period is not None else None
    closed = closing.date if closing is not None else None
    return year_part(document.created_at or covered or closed)


def bank_transaction(document: BankTransaction, source: Source, context: Context) -> Found:
    """One numbered entry of one account."""
    parts = transaction_parts(document)
    return [(NATURAL, parts)] if parts else []


def journal_entry(document: JournalEntry, source: Source, context: Context) -> Found:
    """Number within ledger and fiscal year."""
    number = number_part(document.number)
    head = [plain(document.ledger), entity_part(document, context), plain(source.system)]
    stated = plain(document.fiscal_period)[:4]
    booked = year_part(document.posting_date or document.issue_date)
    year = stated if len(stated) == 4 and stated.isdigit() else booked
    return [(NATURAL, [*head, number, year])] if number else []
