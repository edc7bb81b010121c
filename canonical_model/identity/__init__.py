"""Identity: the keys, ids and fingerprints of a document.

Delivery (source key), document (natural keys) and suspicion (fingerprints) are three things; only
the first two may merge. All of it follows from the document, its source and the context alone.
"""

from __future__ import annotations

from canonical_model.identity.bank_ledger import (
    OccurrenceCounter,
    number_transactions,
    reference_rung,
)
from canonical_model.identity.canonical_json import NotCanonicalJson, canonical_json, sha256_hex
from canonical_model.identity.direction import direction_of, entity_of
from canonical_model.identity.document_keys import idempotency_key, keys, source_key
from canonical_model.identity.fingerprints import (
    HOLD_AT,
    WARN_AT,
    Hit,
    Suspicion,
    compare,
    fingerprints,
    search_terms,
    suspicion,
    suspicions,
)
from canonical_model.identity.natural_keys import natural_keys, transaction_key
from canonical_model.identity.normalise import (
    bic,
    iban,
    name_norm,
    number_key,
    number_loose,
    remittance_text,
    tax_id,
)
from canonical_model.identity.outbound import OutboundKey, OutboundKeyError, outbound_key
from canonical_model.identity.record_ids import is_weak, record_id
from canonical_model.identity.rungs import RUNGS, WEAK_RUNGS, rungs

__all__ = [
    "HOLD_AT",
    "RUNGS",
    "WARN_AT",
    "WEAK_RUNGS",
    "Hit",
    "NotCanonicalJson",
    "OccurrenceCounter",
    "OutboundKey",
    "OutboundKeyError",
    "Suspicion",
    "bic",
    "canonical_json",
    "compare",
    "direction_of",
    "entity_of",
    "fingerprints",
    "iban",
    "idempotency_key",
    "is_weak",
    "keys",
    "name_norm",
    "natural_keys",
    "number_key",
    "number_loose",
    "number_transactions",
    "outbound_key",
    "record_id",
    "reference_rung",
    "remittance_text",
    "rungs",
    "search_terms",
    "sha256_hex",
    "source_key",
    "suspicion",
    "suspicions",
    "tax_id",
    "transaction_key",
]
