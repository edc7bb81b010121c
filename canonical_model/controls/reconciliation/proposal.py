"""What reconciling says: which bank lines settle which open items, how sure that is, and why."""

from __future__ import annotations

from typing import Annotated, Literal

from canonical_model.base.scalars import (
    Amount,
    Code,
    Count,
    Currency,
    Maybe,
    Number,
    Part,
    Text,
    says,
)
from canonical_model.parts.reference import Ref

DifferenceKind = Literal["none", "discount", "fee", "exchange", "short", "over"]


class Reason(Part, frozen=True, kw_only=True):
    """One thing that speaks for a match, or, with a weight below zero, against it."""

    basis: Annotated[Code, says("What it rests on", examples=["end_to_end"])]
    weight: Annotated[Number, says("How much it weighs; below zero it takes away")]
    why: Annotated[Text, says("In words")]


class LinePart(Part, frozen=True, kw_only=True):
    """A bank line, or one of the transactions inside a collective entry."""

    line: Annotated[Text, says("Handle of the bank line")]
    detail: Annotated[Maybe[Count], says("Which of its details, from 0; all when absent")] = None
    amount: Annotated[Amount, says("Signed: above zero came in")]
    currency: Annotated[Maybe[Currency], says("Currency of the account")] = None


class ItemPart(Part, frozen=True, kw_only=True):
    """An open item and what is taken off it."""

    item: Annotated[Text, says("Handle of the open item")]
    kind: Annotated[Code, says("invoice, credit_note or payment")]
    amount: Annotated[Amount, says("What was open, signed: above zero we receive it")]
    settled: Annotated[Amount, says("How much of that is settled, differences included")]
    currency: Annotated[Maybe[Currency], says("Its currency")] = None
    settles: Annotated[list[Ref], says("For a payment: the documents it was made for")] = []


class Proposal(Part, frozen=True, kw_only=True):
    """Lines that settle items. Accepted only on a strong reference and an explained amount."""

    lines: Annotated[list[LinePart], says("Bank lines")]
    items: Annotated[list[ItemPart], says("Open items")]
    decision: Annotated[Literal["accept", "propose"], says("Whether a person must confirm it")]
    score: Annotated[Number, says("How likely it is right, 0 to 1")]
    difference: Annotated[DifferenceKind, says("What explains that amounts differ")] = "none"
    difference_amount: Annotated[
        Maybe[Amount], says("Items less lines, signed like the items; in the items' currency")
    ] = None
    reasons: Annotated[list[Reason], says("For and against")] = []
    alternatives: Annotated[Count, says("Other open items that would do as well")] = 0


class Unreconciled(Part, frozen=True, kw_only=True):
    """A line, or an item, for which nothing is proposed, and why."""

    handle: Annotated[Text, says("Handle of the line or item")]
    detail: Annotated[Maybe[Count], says("Which detail of the line")] = None
    why: Annotated[Text, says("In words")]
    near: Annotated[list[Text], says("Handles of what comes nearest")] = []


class Reconciliation(Part, frozen=True, kw_only=True):
    """The outcome: every line is in a proposal, unmatched or skipped."""

    proposals: Annotated[list[Proposal], says("Most likely first")] = []
    unmatched_lines: Annotated[list[Unreconciled], says("Lines that match nothing")] = []
    open_items: Annotated[list[Text], says("Items that stay open, in whole or in part")] = []
    skipped: Annotated[
        list[Unreconciled], says("What cannot be reconciled, such as pending lines")
    ] = []
