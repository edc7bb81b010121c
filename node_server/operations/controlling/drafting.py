"""Invoices and credit notes drafted of what moved, out of files alone."""

from __future__ import annotations

from typing import Any

from canonical_model import wire
from canonical_model.controls.billing import BillingSettings, Draft, credit_for, invoice_for
from canonical_model.documents import AnyDocument
from canonical_model.documents.goods_return import Return
from canonical_model.documents.invoice import Bill
from canonical_model.documents.purchase_order import Order
from canonical_model.documents.shipment import Shipment
from canonical_model.envelope import Context
from canonical_model.identity import direction_of
from node_server.operations.controlling.deciding import settings_of
from node_server.operations.controlling.gathering import Gathered


def drafted(found: Gathered, settings: str | None, context: Context) -> list[dict[str, Any]]:
    """For each shipment and return its bill, or what stands in its way; earlier drafts count."""
    usual = settings_of(settings, BillingSettings)
    documents = [
        record.document for record in found.records.values() if _is_sale(record.document, context)
    ]
    told = []
    for handle, moved in _moved(found):
        draft = _draft(moved, documents, usual)
        if draft.document is not None:
            documents.append(draft.document)
        told.append({"file": handle, "problems": [], **wire.to_plain(draft)})
    return told


def _draft(
    moved: Shipment | Return, documents: list[AnyDocument], settings: BillingSettings
) -> Draft:
    if isinstance(moved, Return) or moved.reverses is not None:
        return credit_for(moved, documents, settings)
    return invoice_for(moved, documents, settings)


def _moved(found: Gathered) -> list[tuple[str, Shipment | Return]]:
    """What left before what came back, each in the order of the files."""
    records = [(handle, record.document) for handle, record in found.records.items()]
    moved = [(h, d) for h, d in records if isinstance(d, Shipment | Return)]
    return sorted(moved, key=lambda each: isinstance(each[1], Return))


def _is_sale(document: AnyDocument, context: Context) -> bool:
    """Whether it is an order or a bill, and not one of what we buy."""
    return isinstance(document, Order | Bill) and direction_of(document, context) != "payable"
