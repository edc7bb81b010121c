"""Key parts that several kinds share; an absent part is the empty string."""

from __future__ import annotations

import datetime
from typing import Any, TypeAlias

from canonical_model.documents.invoice import Bill
from canonical_model.envelope import Context
from canonical_model.identity.normalise import number_key, plain
from canonical_model.parts.bank_account import BankAccount

Found: TypeAlias = list[tuple[str, list[str]]]
"""Basis and parts of each key, strongest first; the parts without version, tenant and kind."""


def number_part(number: str | None) -> str:
    """The number for identity."""
    return number_key(number) if number else ""


def entity_part(document: Any, context: Context) -> str:
    """Our legal entity: the document's, else the context's."""
    return plain(document.entity or context.entity)


def year_part(day: datetime.date | None) -> str:
    """The year, with four digits."""
    return f"{day.year:04d}" if day is not None else ""


def day_part(day: datetime.date | None) -> str:
    """The day as ISO 8601 writes it."""
    return day.isoformat() if day is not None else ""


def order_numbers(document: Any) -> list[str]:
    """The orders a document and its lines name, sorted."""
    refs = list(document.refs)
    for line in document.lines:
        refs.extend(line.refs)
    numbers = {number_key(ref.number) for ref in refs if ref.role == "order" and ref.number}
    return sorted(numbers - {""})


def bill_accounts(document: Bill) -> list[BankAccount]:
    """The accounts an invoice asks to be paid to."""
    stated = [account for way in document.payment for account in way.accounts]
    return [*stated, *document.payee.bank_accounts] if document.payee is not None else stated
