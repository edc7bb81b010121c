"""Bank accounts as master data."""

from __future__ import annotations

from canonical_model.parts.bank_account import BankAccount


class BankAccountDocument(
    BankAccount, tag_field="kind", tag="bank_account", frozen=True, kw_only=True
):
    """An account of ours or of a counterparty as a document of its own."""
