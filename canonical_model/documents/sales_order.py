"""Sales orders."""

from __future__ import annotations

from canonical_model.documents.purchase_order import Order


class SalesOrder(Order, tag_field="kind", tag="sales_order", frozen=True, kw_only=True):
    """An order as the seller's system keeps it."""
