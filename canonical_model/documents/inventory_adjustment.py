"""Inventory adjustments."""

from __future__ import annotations

from typing import Annotated, Literal

from canonical_model.base.scalars import Maybe, says
from canonical_model.documents.movement import Movement


class InventoryAdjustment(
    Movement, tag_field="kind", tag="inventory_adjustment", frozen=True, kw_only=True
):
    """A change of stock without a counterparty; the only kind with signed quantities."""

    type: Annotated[
        Maybe[Literal["count", "write_off", "write_on", "revalue", "transfer", "other"]],
        says("Why the stock changes", "EPCIS bizStep"),
    ] = None
