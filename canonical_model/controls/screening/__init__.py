"""Screening: who a party is, whom it resembles, and whether its bank details are to be trusted."""

from __future__ import annotations

from canonical_model.controls.screening.bank_details import (
    BankDetailChange,
    BankDetailCheck,
    check_bank_details,
)
from canonical_model.controls.screening.identifiers import (
    IdentifierFinding,
    IdentifierReport,
    check_identifiers,
)
from canonical_model.controls.screening.onboarding import OnboardingSettings
from canonical_model.controls.screening.screen import (
    Screening,
    ScreeningPolicy,
    WatchHit,
    screen,
)
from canonical_model.controls.screening.similar_parties import (
    PartyIndex,
    PartyReason,
    SimilarParty,
    party_terms,
    similar_parties,
)
from canonical_model.controls.screening.watch_list import (
    WatchEntry,
    WatchList,
    entry_of_entity,
    entry_of_row,
)

__all__ = [
    "BankDetailChange",
    "BankDetailCheck",
    "IdentifierFinding",
    "IdentifierReport",
    "OnboardingSettings",
    "PartyIndex",
    "PartyReason",
    "Screening",
    "ScreeningPolicy",
    "SimilarParty",
    "WatchEntry",
    "WatchHit",
    "WatchList",
    "check_bank_details",
    "check_identifiers",
    "entry_of_entity",
    "entry_of_row",
    "party_terms",
    "screen",
    "similar_parties",
]
