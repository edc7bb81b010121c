"""What is wrong with a document: arithmetic, presence, codes, identifiers.

A check is one function in the file of its family, declared together with its rule.
"""

from __future__ import annotations

from canonical_model.checks.case import NOTHING, Related
from canonical_model.checks.profile import profile_of
from canonical_model.checks.registry import Rule
from canonical_model.checks.run import RULES, check, rule

__all__ = ["NOTHING", "RULES", "Related", "Rule", "check", "profile_of", "rule"]
