"""Where and when goods or services were delivered."""

from __future__ import annotations

from typing import Annotated

from canonical_model.base.scalars import Date, Maybe, Part, Text, says
from canonical_model.parts.address import Address
from canonical_model.parts.identifier import Identifier
from canonical_model.parts.party import Party


class Delivery(Part, frozen=True, kw_only=True):
    """Delivery of the whole document (BG-13)."""

    date: Annotated[Maybe[Date], says("Actual delivery date", "BT-72")] = None
    location: Annotated[Maybe[Identifier], says("Place identifier", "BT-71")] = None
    party: Annotated[Maybe[Text], says("Name of who receives", "BT-70")] = None
    party_details: Annotated[Maybe[Party], says("Who receives, where more than a name")] = None
    address: Annotated[Maybe[Address], says("Where to", "BG-15")] = None
