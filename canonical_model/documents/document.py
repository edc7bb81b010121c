"""What every trade document has."""

from __future__ import annotations

from typing import Annotated

from canonical_model.base.scalars import Currency, Date, Maybe, Part, Text, says
from canonical_model.parts.address import Dimension
from canonical_model.parts.money import Rate
from canonical_model.parts.reference import Attachment, Note, Ref


class Document(Part, frozen=True, kw_only=True):
    """Header fields shared by trade documents; all optional, absence is an issue, not a refusal."""

    number: Annotated[
        Maybe[Text],
        says("The issuer's own number: on a payable the supplier's", "BT-1", examples=["INV-123"]),
    ] = None
    issue_date: Annotated[Maybe[Date], says("Day of issue", "BT-2", examples=["2026-01-31"])] = None
    currency: Annotated[Maybe[Currency], says("Currency of its amounts", "BT-5")] = None
    entity: Annotated[Maybe[Text], says("Our legal entity, by its master id")] = None
    refs: Annotated[list[Ref], says("Links to other documents", "BT-11", "BT-13", "BT-25")] = []
    notes: Annotated[list[Note], says("Remarks", "BG-1")] = []
    attachments: Annotated[list[Attachment], says("Files", "BG-24")] = []
    dimensions: Annotated[list[Dimension], says("Cost centre, project, … of the whole")] = []
    rates: Annotated[list[Rate], says("Exchange rates stated on it")] = []
    status: Annotated[Maybe[Text], says("The source's own status, verbatim")] = None
