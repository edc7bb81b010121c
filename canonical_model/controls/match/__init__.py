"""Two-way and three-way match: orders, what was received, and what is invoiced for it."""

from __future__ import annotations

from canonical_model.controls.match.matching import match, match_all
from canonical_model.controls.match.settings import Conversion, Limit, MatchRule, MatchSettings
from canonical_model.controls.match.verdict import Finding, LineVerdict, MatchResult, Pair

__all__ = [
    "Conversion",
    "Finding",
    "Limit",
    "LineVerdict",
    "MatchResult",
    "MatchRule",
    "MatchSettings",
    "Pair",
    "match",
    "match_all",
]
