"""What warehouse documents share."""

from __future__ import annotations

from typing import Annotated

from canonical_model.base.scalars import Code, Date, Instant, Maybe, Text, in_utc, says
from canonical_model.documents.document import Document
from canonical_model.parts.identifier import Identifier
from canonical_model.parts.movement import MoveLine
from canonical_model.parts.party import Party


class Movement(Document, frozen=True, kw_only=True):
    """Goods that move: one shape, several kinds, as in EPCIS."""

    lines: Annotated[list[MoveLine], says("What moved")] = []
    occurred_at: Annotated[Maybe[Instant], says("When it happened", "eventTime")] = None
    posting_date: Annotated[Maybe[Date], says("Day it is booked on", "BUDAT")] = None
    from_party: Annotated[Maybe[Party], says("Who hands over", "DespatchSupplierParty")] = None
    to_party: Annotated[Maybe[Party], says("Who receives", "DeliveryCustomerParty")] = None
    carrier: Annotated[Maybe[Party], says("Who carries", "CarrierParty")] = None
    from_location: Annotated[Maybe[Identifier], says("Place it leaves", "readPoint")] = None
    to_location: Annotated[Maybe[Identifier], says("Place it reaches", "bizLocation")] = None
    tracking: Annotated[list[Identifier], says("Tracking numbers, SSCC", "TrackingID")] = []
    reverses: Annotated[Maybe[Text], says("Document it undoes", "SMBLN")] = None
    reason_code: Annotated[Maybe[Code], says("Why", "GRUND")] = None

    def __post_init__(self) -> None:
        in_utc(self, "occurred_at")
