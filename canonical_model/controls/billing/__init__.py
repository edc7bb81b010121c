"""Billing what was done: an invoice for what was shipped, a credit note for what came back."""

from __future__ import annotations

from canonical_model.controls.billing.crediting import credit_for
from canonical_model.controls.billing.drafts import BillingSettings, Draft, Problem
from canonical_model.controls.billing.invoicing import invoice_for

__all__ = ["BillingSettings", "Draft", "Problem", "credit_for", "invoice_for"]
