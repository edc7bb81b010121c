"""Duplicates: documents that may be one, found over many, explained, held and never rejected."""

from __future__ import annotations

from canonical_model.controls.duplicates.index import DuplicateIndex, find_duplicates
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
    "find_duplicates",
]
