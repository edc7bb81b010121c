"""What is said of two documents that may be one."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from canonical_model.base.scalars import Code, Count, Maybe, Number, Part, Text, says

Difference = Literal["channel", "system", "supplier_record"]


class DuplicatePolicy(Part, frozen=True, kw_only=True):
    """From which suspicion on something happens, and how far the search goes."""

    hold_at: Annotated[Number, says("Score from which payment is held")] = Decimal("0.8")
    warn_at: Annotated[Number, says("Score from which a warning is due")] = Decimal("0.5")
    neighbours: Annotated[
        Count, says("Documents compared on either side of one, in each group that shares a value")
    ] = 24


class Evidence(Part, frozen=True, kw_only=True):
    """One reason for or against; weights of reasons for add up, those against take away."""

    basis: Annotated[Code, says("F0 to F7, or the name of a rule", examples=["F1"])]
    weight: Annotated[Number, says("How much it weighs, 0 to 1")]
    why: Annotated[Text, says("In words")]


class Duplicate(Part, frozen=True, kw_only=True):
    """Two documents that may be one; nothing is ever rejected for it, a person decides."""

    one: Annotated[Text, says("Handle of the first, in the order of the handles")]
    other: Annotated[Text, says("Handle of the second")]
    verdict: Annotated[
        Literal["hold", "warn", "link"],
        says("Hold before approval, warn, or link a credit note with what it takes back"),
    ]
    score: Annotated[Number, says("How likely they are one, 0 to 1")]
    reasons: Annotated[list[Evidence], says("What they share")] = []
    against: Annotated[list[Evidence], says("What speaks for two")] = []
    across: Annotated[list[Difference], says("In what their origins differ")] = []
    code: Annotated[Maybe[Code], says("Exception to open, for a hold")] = None
    why: Annotated[Text, says("All of it in words")]


class Reassessment(Part, frozen=True, kw_only=True):
    """What a new, changed or removed document changes about the suspicions."""

    raised: Annotated[list[Duplicate], says("New, or with another verdict")] = []
    kept: Annotated[list[Duplicate], says("The same verdict as before")] = []
    cleared: Annotated[list[Duplicate], says("No longer suspected; a hold may be released")] = []
