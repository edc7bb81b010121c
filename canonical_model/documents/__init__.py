"""The kinds of finance documents, one a file."""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct

from canonical_model.documents.bank_account import BankAccountDocument
from canonical_model.documents.bank_statement import BankStatement
from canonical_model.documents.bank_transaction import BankTransactionDocument
from canonical_model.documents.credit_note import CreditNote
from canonical_model.documents.goods_receipt import GoodsReceipt
from canonical_model.documents.goods_return import Return
from canonical_model.documents.inventory_adjustment import InventoryAdjustment
from canonical_model.documents.invoice import Invoice
from canonical_model.documents.journal_entry import JournalEntry
from canonical_model.documents.order_response import OrderResponse
from canonical_model.documents.party import PartyDocument
from canonical_model.documents.payment import Payment
from canonical_model.documents.payment_status import PaymentStatus
from canonical_model.documents.purchase_order import PurchaseOrder
from canonical_model.documents.quote import Quote
from canonical_model.documents.ref_data import RefData
from canonical_model.documents.sales_order import SalesOrder
from canonical_model.documents.shipment import Shipment
from canonical_model.documents.tax_determination import TaxDetermination

AnyDocument: TypeAlias = (
    Invoice
    | CreditNote
    | PurchaseOrder
    | SalesOrder
    | OrderResponse
    | Quote
    | GoodsReceipt
    | Shipment
    | Return
    | InventoryAdjustment
    | Payment
    | PaymentStatus
    | BankStatement
    | BankTransactionDocument
    | JournalEntry
    | PartyDocument
    | BankAccountDocument
    | RefData
    | TaxDetermination
)

# kind -> (class, prefix of its record ids)
_KINDS: tuple[tuple[type[Struct], str], ...] = (
    (Invoice, "inv"),
    (CreditNote, "crn"),
    (PurchaseOrder, "po"),
    (SalesOrder, "sor"),
    (OrderResponse, "orr"),
    (Quote, "quo"),
    (GoodsReceipt, "grn"),
    (Shipment, "shp"),
    (Return, "ret"),
    (InventoryAdjustment, "adj"),
    (Payment, "pay"),
    (PaymentStatus, "pst"),
    (BankStatement, "bst"),
    (BankTransactionDocument, "btx"),
    (JournalEntry, "jnl"),
    (PartyDocument, "pty"),
    (BankAccountDocument, "ban"),
    (RefData, "ref"),
    (TaxDetermination, "tax"),
)

KINDS: dict[str, type[Struct]] = {str(cls.__struct_config__.tag): cls for cls, _ in _KINDS}
PREFIXES: dict[str, str] = {str(cls.__struct_config__.tag): prefix for cls, prefix in _KINDS}


def kind_of(document: AnyDocument) -> str:
    """The kind of a document, as its `kind` field says on the wire."""
    return str(type(document).__struct_config__.tag)
