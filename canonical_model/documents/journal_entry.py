"""Journal entries."""

from __future__ import annotations

from typing import Annotated, Literal

from canonical_model.base.scalars import Amount, Code, Currency, Date, Maybe, Part, Text, says
from canonical_model.documents.document import Document
from canonical_model.parts.address import Dimension
from canonical_model.parts.reference import Ref
from canonical_model.parts.tax import Tax


class JournalLine(Part, frozen=True, kw_only=True):
    """One posting; the amount is not negative, `side` says which way."""

    id: Annotated[Maybe[Text], says("Line id, else its position")] = None
    side: Annotated[Maybe[Literal["debit", "credit"]], says("Debit or credit")] = None
    amount: Annotated[Maybe[Amount], says("In the entry's currency")] = None
    account: Annotated[Maybe[Code], says("Ledger account")] = None
    base_amount: Annotated[Maybe[Amount], says("In the ledger's base currency")] = None
    party: Annotated[Maybe[Text], says("Supplier or customer, by its id")] = None
    tax: Annotated[Maybe[Tax], says("Tax it bears")] = None
    dimensions: Annotated[list[Dimension], says("Cost centre, project, …")] = []
    description: Annotated[Maybe[Text], says("Text")] = None
    refs: Annotated[list[Ref], says("Documents it books")] = []


class JournalEntry(Document, tag_field="kind", tag="journal_entry", frozen=True, kw_only=True):
    """A balanced set of postings."""

    posting_date: Annotated[Maybe[Date], says("Day it is booked on", "BUDAT")] = None
    lines: Annotated[list[JournalLine], says("Postings")] = []
    ledger: Annotated[Maybe[Text], says("Ledger it is booked in")] = None
    fiscal_period: Annotated[Maybe[Text], says("Fiscal period", examples=["2026-01"])] = None
    base_currency: Annotated[Maybe[Currency], says("Base currency of the ledger")] = None
    reverses: Annotated[Maybe[Text], says("Entry it undoes")] = None
    origin: Annotated[Maybe[Ref], says("Document that caused it")] = None
    type: Annotated[Maybe[Code], says("The ledger's own type of entry")] = None
