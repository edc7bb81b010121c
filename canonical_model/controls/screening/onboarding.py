"""What a tenant asks of a party before it trusts it, and of a change of its bank details."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from canonical_model.base.scalars import Code, Number, Part, Text, says


class OnboardingSettings(Part, frozen=True, kw_only=True):
    """Gates of a new party, and how a change of its accounts takes effect."""

    required: Annotated[
        list[Code], says("Identifiers that a party must state", examples=["vat", "iban", "lei"])
    ] = []
    similar_at: Annotated[Number, says("Likeness to a known party from which it is held")] = (
        Decimal("0.8")
    )
    cooling_off_hours: Annotated[
        Number, says("Hours between the approval of changed bank details and their use")
    ] = Decimal(48)
    hold_unverified: Annotated[
        bool, says("Whether accounts that nobody has confirmed hold payments")
    ] = False
    connections: Annotated[list[Text], says("Connections that an applied change is posted to")] = []
