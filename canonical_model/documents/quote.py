"""Requests for quotation, quotations and punch-out carts."""

from __future__ import annotations

from typing import Annotated, Literal

from canonical_model.base.scalars import Maybe, says
from canonical_model.documents.purchase_order import Order


class Quote(Order, tag_field="kind", tag="quote", frozen=True, kw_only=True):
    """An offer, the request for one, or a cart brought back from a supplier's shop."""

    type: Annotated[
        Maybe[Literal["request", "quotation", "cart", "catalogue"]], says("Which of them it is")
    ] = None
