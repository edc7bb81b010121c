"""Credit notes."""

from __future__ import annotations

from canonical_model.documents.invoice import Bill


class CreditNote(Bill, tag_field="kind", tag="credit_note", frozen=True, kw_only=True):
    """Takes back all or part of an invoice; amounts keep the source's sign."""
