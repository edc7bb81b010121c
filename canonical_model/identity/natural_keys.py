"""Document identity: what makes two deliveries one document, kind by kind.

A key part that is absent is the empty string. A kind's core part (number, account, amount and
date, …) must be there, else there is no natural key: numberless invoices must not become one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias, TypeGuard

from canonical_model.documents import KINDS, AnyDocument, kind_of
from canonical_model.documents.bank_account import BankAccountDocument
from canonical_model.documents.bank_statement import Balance, BankStatement
from canonical_model.documents.bank_transaction import BankTransaction
from canonical_model.documents.credit_note import CreditNote
from canonical_model.documents.invoice import Invoice
from canonical_model.documents.journal_entry import JournalEntry
from canonical_model.documents.movement import Movement
from canonical_model.documents.payment import Payment
from canonical_model.documents.purchase_order import PurchaseOrder
from canonical_model.documents.ref_data import RefData
from canonical_model.documents.shipment import Shipment
from canonical_model.envelope import Context, Key, Source
from canonical_model.errors import UnknownKind
from canonical_model.identity.bank_ledger import (
    account_part,
    real_reference,
    scheme_and_value,
    transaction_parts,
)
from canonical_model.identity.direction import counterparty_rungs, direction_of
from canonical_model.identity.normalise import (
    alphanumeric,
    amount_text,
    bic,
    day_text,
    number_key,
    plain,
    year_text,
)
from canonical_model.identity.record_ids import NATURAL, VERSION, make_key
from canonical_model.identity.rungs import WEAK_RUNGS, rungs
from canonical_model.parts.identifier import Identifier
from canonical_model.parts.money import Period

Found: TypeAlias = list[tuple[str, list[str]]]
"""Basis and parts of each key, strongest first; the parts without version, tenant and kind."""


def _one(*parts: str | None) -> Found:
    """One key of all these parts."""
    return [(NATURAL, [*parts])] if _complete(parts) else []


def _each(head: list[str], bases: list[tuple[str, str]], *tail: str | None) -> Found:
    """A key for each rung, which stands between head and tail."""
    if not _complete(tail):
        return []
    return [(basis, [*head, rung, *tail]) for basis, rung in bases]


def _complete(parts: tuple[str | None, ...]) -> TypeGuard[tuple[str, ...]]:
    """Whether every core part is there; one that is absent is None instead of empty."""
    return None not in parts


def _entity(document: Any, context: Context) -> str:
    return plain(document.entity or context.entity)


def _number(number: str | None) -> str | None:
    return number_key(number or "") or None


def order_numbers(document: Any) -> list[str]:
    """The orders a document and its lines name, sorted."""
    refs = list(document.refs)
    for line in document.lines:
        refs += line.refs
    numbers = {number_key(ref.number) for ref in refs if ref.role == "order" and ref.number}
    return sorted(numbers - {""})


def _bill(bill: Invoice | CreditNote, source: Source, context: Context) -> Found:
    direction = direction_of(bill, context)
    head = [direction or "", _entity(bill, context)]
    # The kind is a part, so that an invoice is never one with a credit note.
    tail = [kind_of(bill), _number(bill.number), year_text(bill.issue_date)]
    return _each(head, counterparty_rungs(bill, direction), *tail)


def _purchase_order(order: PurchaseOrder, source: Source, context: Context) -> Found:
    entity, number = _entity(order, context), _number(order.number)
    # An order we receive has the customer's number: two customers may both have 4500000001.
    if direction_of(order, context) == "receivable":
        return _each([entity], rungs(order.buyer), number)
    return _one(entity, number)


def _traded(document: Any, context: Context, *tail: str | None) -> Found:
    other = counterparty_rungs(document, direction_of(document, context))
    return _each([_entity(document, context)], other, *tail)


def _tracked(shipment: Shipment) -> Found:
    carrier = next((rung for _, rung in rungs(shipment.carrier)), "")
    numbers = {alphanumeric(tracking.value) for tracking in shipment.tracking} - {""}
    return [(NATURAL, ["tracking", carrier, number]) for number in sorted(numbers)]


def _movement_year(document: Movement) -> str:
    return year_text(document.posting_date or document.issue_date or document.occurred_at)


def _issuing_system(source: Source) -> str | None:
    system = plain(source.system)
    return f"system:{system}" if system else None


def _warehouse(document: Movement) -> str:
    place = document.from_location or document.to_location
    return plain(place.value) if place is not None else ""


def _payment(payment: Payment, source: Source, context: Context) -> Found:
    """As we sent it, and by its id in a system; where neither is known, by what it settles."""
    head = [_entity(payment, context), payment.direction or ""]
    origin = [plain(source.system), plain(source.connection), plain(source.object_type)]
    known = _sent(payment, head[0]) + _one(*head, *origin, plain(source.object_id) or None)
    return known or _settled(payment, head)


def _sent(payment: Payment, entity: str) -> Found:
    account = payment.from_account
    if payment.direction != "out" or account is None:
        return []
    # An end-to-end id alone recurs, and a message alone names a whole file of payments.
    message, end_to_end = plain(payment.message_id), real_reference(payment.end_to_end_id)
    order = [message or None, plain(payment.batch_id), end_to_end or None]
    return _one(entity, account_part(account.id) or None, *order)


def _settled(payment: Payment, head: list[str]) -> Found:
    incoming = payment.direction == "in"
    party = payment.payer if incoming else payment.payee
    account = payment.from_account if incoming else payment.to_account
    amount = None if payment.amount is None else amount_text(payment.amount)
    settled = [amount, plain(payment.currency), plain(payment.structured_ref)]
    other = rungs(party, [account] if account is not None else [])
    return _each(head, other, day_text(payment.value_date) or None, *settled)


def _bank_statement(statement: BankStatement, source: Source, context: Context) -> Found:
    """Account and id, or what it covers and ends with."""
    account = account_part(statement.account.id) if statement.account is not None else ""
    period = statement.period or Period()
    closing = _closing(statement.balances)
    if number := plain(statement.id):
        # Without a creation time (SWIFT MT940) they restart their numbers each year all the same.
        closed = closing.date if closing is not None else None
        year = year_text(statement.created_at or period.end or closed)
        return _one(account or None, number, year)
    if closing is None:
        return []
    covered = [day_text(period.start), day_text(period.end) or None]
    return _one(account or None, *covered, *_balance_parts(closing))


def _closing(balances: list[Balance]) -> Balance | None:
    booked = [each for each in balances if each.type == "CLBD" and each.amount is not None]
    return max(booked, key=lambda last: [day_text(last.date), *_balance_parts(last)], default=None)


def _balance_parts(balance: Balance) -> list[str]:
    amount = amount_text(balance.amount) if balance.amount is not None else ""
    return [balance.direction or "", plain(balance.currency), amount]


def _bank_transaction(transaction: BankTransaction, source: Source, context: Context) -> Found:
    parts = transaction_parts(transaction)
    return [(NATURAL, parts)] if parts else []


def _fiscal_year(entry: JournalEntry) -> str:
    stated = plain(entry.fiscal_period)[:4]
    booked = year_text(entry.posting_date or entry.issue_date)
    return stated if len(stated) == 4 and stated.isdigit() else booked


def _bank_account(account: BankAccountDocument, source: Source, context: Context) -> Found:
    scheme, value = scheme_and_value(account.id)
    if scheme == "iban":
        return _one(scheme, value or None)
    # The same account number exists at many banks; only an IBAN includes its bank.
    branch = account.branch
    bank = bic(account.bic or "") if branch is None else alphanumeric(branch.value)
    return _one(scheme, value or None, bank)


def _ref_data(row: RefData, source: Source, context: Context) -> Found:
    # Ledgers number their lists as they like, and the values of each dimension anew.
    ledger = [plain(context.entity), plain(source.system), plain(source.connection)]
    parent = plain(row.parent) if row.list == "dimension_value" else ""
    return _one(*ledger, row.list or None, parent, plain(row.code) or None)


# d, s and c are the document, its source and the context.
_BY_KIND: dict[str, Callable[[Any, Source, Context], Found]] = {
    "invoice": _bill,
    "credit_note": _bill,
    "purchase_order": _purchase_order,
    "sales_order": lambda d, s, c: _one(_entity(d, c), _number(d.number)),
    "order_response": lambda d, s, c: _traded(d, c, _number(d.number), " ".join(order_numbers(d))),
    "quote": lambda d, s, c: _traded(
        d, c, d.type or "", _number(d.number), year_text(d.issue_date)
    ),
    # The warehouse system's number, which restarts each year, else the supplier's papers.
    "goods_receipt": lambda d, s, c: (
        _one(_entity(d, c), plain(s.system), _number(d.number), _movement_year(d))
        or _each([], rungs(d.from_party), _number(d.delivery_note), " ".join(order_numbers(d)))
    ),
    "shipment": lambda d, s, c: _each([], rungs(d.from_party), _number(d.number)) or _tracked(d),
    # Who takes the goods back authorises the return and numbers it.
    "return": lambda d, s, c: (
        _each([], rungs(d.to_party), _number(d.number))
        or _one(_issuing_system(s), _number(d.number))
    ),
    "inventory_adjustment": lambda d, s, c: _one(
        plain(s.system), _warehouse(d), _number(d.number), _movement_year(d)
    ),
    "payment": _payment,
    # Banks may use the id of a report again in another year.
    "payment_status": lambda d, s, c: _one(
        plain(c.entity),
        plain(d.message_id) or None,
        plain(d.original_message_id),
        year_text(d.created_at),
    ),
    "bank_statement": _bank_statement,
    "bank_transaction": _bank_transaction,
    "journal_entry": lambda d, s, c: _one(
        plain(d.ledger), _entity(d, c), plain(s.system), _number(d.number), _fiscal_year(d)
    ),
    # A name or a shared account does not make a master record.
    "party": lambda d, s, c: _each([], [rung for rung in rungs(d) if rung[0] not in WEAK_RUNGS]),
    "bank_account": _bank_account,
    "ref_data": _ref_data,
    "tax_determination": lambda d, s, c: _one(
        _entity(d, c),
        plain(s.system),
        d.type or "",
        _number(d.number),
        year_text(d.issue_date or d.tax_date),
    ),
}
_BY_TYPE = {KINDS[kind]: (kind, found) for kind, found in _BY_KIND.items()}
_BY_TYPE[BankTransaction] = _BY_TYPE[KINDS["bank_transaction"]]  # one inside a statement


def natural_keys(
    document: AnyDocument | BankTransaction, source: Source, context: Context
) -> list[Key]:
    """The natural keys, strongest first; empty when the document's core part is missing."""
    known = _BY_TYPE.get(type(document))
    if known is None:
        raise UnknownKind(type(document).__name__, KINDS)
    kind, found = known
    head = [VERSION, plain(context.tenant), kind]
    return [make_key(basis, head + parts) for basis, parts in found(document, source, context)]


def transaction_key(
    transaction: BankTransaction, context: Context, account: Identifier | None = None
) -> Key | None:
    """The ledger key of a transaction inside a statement, whose account stands in for its own."""
    parts = transaction_parts(transaction, account)
    head = [VERSION, plain(context.tenant), "bank_transaction"]
    return make_key(NATURAL, head + parts) if parts else None
