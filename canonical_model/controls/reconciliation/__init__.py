"""Reconciliation: bank lines against what is open, and what banks say of our payments.

`reconcile` matches and `effects_of` says what follows; `explain_payouts` takes a provider's payout
apart; `confirmations` carries status reports and returns to invoices; `continuity` finds gaps
between statements; `ageing` says how old the rest is.
"""

from __future__ import annotations

from canonical_model.controls.reconciliation.ageing import Ageing, AgeRow, ageing
from canonical_model.controls.reconciliation.confirmations import (
    Confirmation,
    Confirmations,
    confirmations,
)
from canonical_model.controls.reconciliation.continuity import (
    AccountContinuity,
    ContinuityFault,
    continuity,
    moment_of,
)
from canonical_model.controls.reconciliation.effects import DocumentEffect, effects_of
from canonical_model.controls.reconciliation.payouts import (
    PayoutBreakdown,
    PayoutEntry,
    explain_payouts,
)
from canonical_model.controls.reconciliation.policy import (
    DifferenceAccounts,
    ReconciliationPolicy,
)
from canonical_model.controls.reconciliation.proposal import (
    ItemPart,
    LinePart,
    Proposal,
    Reason,
    Reconciliation,
    Unreconciled,
)
from canonical_model.controls.reconciliation.reconcile import reconcile
from canonical_model.controls.reconciliation.references import (
    PaymentReference,
    reference_of,
    references_in,
)

__all__ = [
    "AccountContinuity",
    "AgeRow",
    "Ageing",
    "Confirmation",
    "Confirmations",
    "ContinuityFault",
    "DifferenceAccounts",
    "DocumentEffect",
    "ItemPart",
    "LinePart",
    "PaymentReference",
    "PayoutBreakdown",
    "PayoutEntry",
    "Proposal",
    "Reason",
    "Reconciliation",
    "ReconciliationPolicy",
    "Unreconciled",
    "ageing",
    "confirmations",
    "continuity",
    "effects_of",
    "explain_payouts",
    "moment_of",
    "reconcile",
    "reference_of",
    "references_in",
]
