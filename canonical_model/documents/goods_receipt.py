"""Goods receipts."""

from __future__ import annotations

from typing import Annotated

from canonical_model.base.scalars import Maybe, Text, says
from canonical_model.documents.movement import Movement


class GoodsReceipt(Movement, tag_field="kind", tag="goods_receipt", frozen=True, kw_only=True):
    """What came in; service entry sheets are receipts too."""

    delivery_note: Annotated[
        Maybe[Text], says("The supplier's delivery note", "DespatchDocumentReference", "XBLNR")
    ] = None
