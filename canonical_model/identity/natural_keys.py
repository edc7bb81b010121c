"""Document identity: what makes two deliveries one document, kind by kind.

A key part that is absent is the empty string. A kind's core part (number, account, amount and
date, …) must be there, else there is no natural key: numberless invoices must not become one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from canonical_model.documents import KINDS, AnyDocument
from canonical_model.documents.bank_transaction import BankTransaction
from canonical_model.envelope import Context, Key, Source
from canonical_model.errors import UnknownKind
from canonical_model.identity import master_keys, money_keys, movement_keys, trade_keys
from canonical_model.identity.bank_ledger import transaction_parts
from canonical_model.identity.key_parts import Found
from canonical_model.identity.normalise import plain
from canonical_model.identity.record_ids import NATURAL, VERSION, make_key
from canonical_model.parts.identifier import Identifier

_BY_KIND: dict[str, Callable[[Any, Source, Context], Found]] = {
    "invoice": trade_keys.invoice,
    "credit_note": trade_keys.credit_note,
    "purchase_order": trade_keys.purchase_order,
    "sales_order": trade_keys.sales_order,
    "order_response": trade_keys.order_response,
    "quote": trade_keys.quote,
    "goods_receipt": movement_keys.goods_receipt,
    "shipment": movement_keys.shipment,
    "return": movement_keys.goods_return,
    "inventory_adjustment": movement_keys.inventory_adjustment,
    "payment": money_keys.payment,
    "payment_status": money_keys.payment_status,
    "bank_statement": money_keys.bank_statement,
    "bank_transaction": money_keys.bank_transaction,
    "journal_entry": money_keys.journal_entry,
    "party": master_keys.party,
    "bank_account": master_keys.bank_account,
    "ref_data": master_keys.ref_data,
    "tax_determination": trade_keys.tax_determination,
}
_BY_TYPE = {KINDS[kind]: (kind, parts) for kind, parts in _BY_KIND.items()}
_BY_TYPE[BankTransaction] = _BY_TYPE[KINDS["bank_transaction"]]  # one inside a statement


def natural_keys(
    document: AnyDocument | BankTransaction, source: Source, context: Context
) -> list[Key]:
    """The natural keys, strongest first; empty when the document's core part is missing."""
    known = _BY_TYPE.get(type(document))
    if known is None:
        raise UnknownKind(type(document).__name__, KINDS)
    kind, parts_of = known
    head = [VERSION, plain(context.tenant), kind]
    return [
        make_key(basis, [*head, *parts]) for basis, parts in parts_of(document, source, context)
    ]


def transaction_key(
    transaction: BankTransaction, context: Context, account: Identifier | None = None
) -> Key | None:
    """The ledger key of a transaction inside a statement, whose account stands in for its own."""
    parts = transaction_parts(transaction, account)
    head = [VERSION, plain(context.tenant), "bank_transaction"]
    return make_key(NATURAL, [*head, *parts]) if parts else None
