"""Shipments."""

from __future__ import annotations

from typing import Annotated

from canonical_model.base.scalars import Code, Count, Maybe, Number, says
from canonical_model.documents.movement import Movement
from canonical_model.parts.money import Period


class Shipment(Movement, tag_field="kind", tag="shipment", frozen=True, kw_only=True):
    """What goes out, or is announced: despatch advice, ASN, fulfilment."""

    planned: Annotated[Maybe[Period], says("Planned despatch and arrival")] = None
    mode: Annotated[Maybe[Code], says("Transport mode", "UNECE Rec 19")] = None
    packages: Annotated[Maybe[Count], says("Number of packages")] = None
    gross_weight_kg: Annotated[Maybe[Number], says("Gross weight in kilograms")] = None
