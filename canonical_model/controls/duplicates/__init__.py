"""Duplicates: documents that may be one, found over many, explained, held and never rejected."""

from __future__ import annotations

from canonical_model.controls.duplicates.index import (
    DuplicateIndex,
    duplicates_of,
    find_duplicates,
    index_terms,
)
from canonical_model.controls.duplicates.verdict import (
    Duplicate,
    DuplicatePolicy,
    Evidence,
    Reassessment,
)

__all__ = [
    "Duplicate",
    "DuplicateIndex",
    "DuplicatePolicy",
    "Evidence",
    "Reassessment",
    "duplicates_of",
    "find_duplicates",
    "index_terms",
]
