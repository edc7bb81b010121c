"""Parties as master data."""

from __future__ import annotations

from canonical_model.parts.party import Party


class PartyDocument(Party, tag_field="kind", tag="party", frozen=True, kw_only=True):
    """A supplier, customer, legal entity, bank or carrier as a document of its own."""
