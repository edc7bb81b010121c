"""What lists show of a document, whatever its kind."""

from __future__ import annotations

from typing import Any

from canonical_model.envelope import Record
from canonical_model.wire.encoding import decimal_text
from node_server.store.records import Facts


def facts_of(record: Record) -> Facts:
    """Number, other side, money and dates of a record, as far as it has them."""
    document = record.document
    mapping = record.source.mapping if record.source else None
    return Facts(
        number=_text(_first(document, "number", "id", "code", "master_id")),
        counterparty=_other_side(document),
        currency=_first(document, "currency"),
        amount=_amount(document),
        date=_text(_first(document, "issue_date", "booking_date", "posting_date", "value_date")),
        due_date=_text(_first(document, "due_date")),
        connector="/".join(mapping.split("/")[:2]) if mapping else None,
    )


def _first(document: Any, *names: str) -> Any:
    return next((v for n in names if (v := getattr(document, n, None)) is not None), None)


def _text(value: Any) -> str | None:
    # An id may be an identifier with a scheme: its value is what people know.
    value = getattr(value, "value", value)
    return None if value is None else str(value)


def _other_side(document: Any) -> str | None:
    receivable = getattr(document, "direction", None) == "receivable"
    party = _first(document, *(("buyer", "seller") if receivable else ("seller", "buyer")))
    party = party or _first(document, "counterparty", "to", "supplier", "from_")
    name = getattr(party, "name", None) or getattr(document, "name", None)
    return name if isinstance(name, str) else None


def _amount(document: Any) -> str | None:
    totals = getattr(document, "totals", None)
    amount = getattr(document, "amount", None)
    if totals is not None:
        amount = totals.gross if totals.gross is not None else totals.payable
    return None if amount is None else decimal_text(amount)
