"""Small bank lines and open items for the tests of reconciliation."""

from __future__ import annotations

from typing import Any

import msgspec

from canonical_model.documents import KINDS
from canonical_model.envelope import Record

CUSTOMER = {"name": "Ateliers Bruyère SARL"}
ACCOUNT = {"id": {"value": "DE89370400440532013000", "kind": "account", "scheme": "iban"}}
KNOWN = {**CUSTOMER, "bank_accounts": [ACCOUNT]}
OTHER_ACCOUNT = {"id": {"value": "FR1420041010050500013M02606", "scheme": "iban"}}


def record(stated: dict[str, Any], **around: Any) -> Record:
    """A record around a document as it stands on the wire."""
    given = {name: value for name, value in stated.items() if value is not None}
    document = msgspec.convert(given, KINDS[stated["kind"]], strict=False)
    return Record(document=document, **around)


def bill(number: str = "RE-2026-0118", gross: str = "1190.00", **change: Any) -> Record:
    """An invoice of ours that is open."""
    stated = {
        "kind": "invoice",
        "direction": "receivable",
        "number": number,
        "issue_date": "2026-02-10",
        "due_date": "2026-03-12",
        "currency": "EUR",
        "buyer": KNOWN,
        "totals": {"gross": gross, "payable": gross},
    }
    return record({**stated, **change})


def credit_note(number: str = "GS-2026-0009", gross: str = "190.00", **change: Any) -> Record:
    """A credit note of ours that is open."""
    return bill(number, gross, kind="credit_note", **change)


def payment(**change: Any) -> Record:
    """A payment of ours that was sent."""
    stated = {
        "kind": "payment",
        "direction": "out",
        "type": "payment",
        "amount": "931.70",
        "currency": "EUR",
        "value_date": "2026-03-02",
        "payee": CUSTOMER,
        "to_account": ACCOUNT,
        "end_to_end_id": "PO-5521",
        "message_id": "MSG-1",
        "batch_id": "RUN-1",
    }
    state = change.pop("state", None)
    return record({**stated, **change}, state=state)


def line(amount: str = "1190.00", side: str = "credit", **detail: Any) -> Record:
    """A booked bank line with one transaction; names without a meaning there are the line's own."""
    own = {name: detail.pop(name) for name in _OF_THE_LINE if name in detail}
    stated = {
        "kind": "bank_transaction",
        "amount": amount,
        "currency": "EUR",
        "direction": side,
        "status": "booked",
        "booking_date": "2026-03-10",
        "details": [{name: value for name, value in detail.items() if value is not None}],
    }
    return record({**stated, **own})


_OF_THE_LINE = ("currency", "status", "booking_date", "details", "reversal", "account", "entry_ref")
