"""What a match says: line by line, for the whole document, in words and in codes."""

from __future__ import annotations

from typing import Annotated, Literal, NamedTuple

from canonical_model.base.scalars import Code, Maybe, Number, Part, Text, says

Basis = Literal["reference", "receipt", "item", "description", "order"]
Verdict = Literal[
    "matched",
    "within_tolerance",
    "not_applicable",
    "charge_variance",
    "price_variance",
    "quantity_variance",
    "not_received",
    "over_invoiced",
    "over_credited",
    "item_differs",
    "unit_differs",
    "incomplete",
    "currency_differs",
    "supplier_differs",
    "no_order",
]
Outcome = Literal["agrees", "tolerated", "held"]
MatchStatus = Literal["none", "two_way", "three_way", "partial", "failed", "not_applicable"]


class Meaning(NamedTuple):
    """What a verdict that holds means to the counterparty, in Peppol's codes."""

    reason: str
    action: str


MEANINGS: dict[str, Meaning] = {
    "charge_variance": Meaning("PRI", "CNP"),
    "price_variance": Meaning("PRI", "CNP"),
    "quantity_variance": Meaning("QTY", "CNP"),
    "not_received": Meaning("DEL", "PIN"),
    "over_invoiced": Meaning("QTY", "CNP"),
    "over_credited": Meaning("QTY", "NIN"),
    "item_differs": Meaning("ITM", "PIN"),
    "unit_differs": Meaning("QTY", "NIN"),
    "incomplete": Meaning("ITM", "PIN"),
    "currency_differs": Meaning("FIN", "NIN"),
    "supplier_differs": Meaning("UNR", "PIN"),
    "no_order": Meaning("REF", "PIN"),
}
"""Verdicts that hold, mildest first: Peppol OPStatusReason and OPStatusAction of each."""

REJECTED_GOODS = Meaning("QUA", "CNP")
"""Goods came, and were refused: not the quantity is wrong but the quality."""

GRAVITY: dict[str, int] = {
    name: rank
    for rank, name in enumerate(("not_applicable", "matched", "within_tolerance", *MEANINGS))
}
"""The gravest finding gives a line, and the gravest line a document, its verdict."""


class Finding(Part, frozen=True, kw_only=True):
    """One comparison."""

    code: Annotated[Verdict, says("What it comes to")]
    outcome: Annotated[Outcome, says("Agrees, is tolerated, or holds")]
    message: Annotated[Text, says("In words")]
    expected: Annotated[Maybe[Number], says("What was agreed or received")] = None
    actual: Annotated[Maybe[Number], says("What is invoiced")] = None
    allowed: Annotated[Maybe[Number], says("How far off it may be")] = None
    reason: Annotated[Maybe[Code], says("Peppol OPStatusReason, where it holds")] = None
    action: Annotated[Maybe[Code], says("Peppol OPStatusAction, where it holds")] = None


class Pair(Part, frozen=True, kw_only=True):
    """An order line that an invoice line was set against, or might be."""

    order: Annotated[Maybe[Text], says("Number of the order")] = None
    line: Annotated[Text, says("Line of the order")]
    basis: Annotated[Maybe[Basis], says("By what they were paired; absent on a proposal")] = None
    score: Annotated[Number, says("How sure that is, 0 to 1")]
    why: Annotated[Text, says("The same in words")]
    quantity: Annotated[Maybe[Number], says("How much of the order line, in its unit")] = None
    unit: Annotated[Maybe[Code], says("That unit, or the currency where only money was agreed")] = (
        None
    )


class LineVerdict(Part, frozen=True, kw_only=True):
    """What is said of one line."""

    path: Annotated[Text, says("The line in the document", examples=["lines[0]"])]
    id: Annotated[Text, says("Its id, else its position")]
    verdict: Annotated[Verdict, says("The gravest finding")]
    holds: Annotated[bool, says("Whether it keeps the document from being paid")]
    message: Annotated[Text, says("Why, in words")]
    pairs: Annotated[list[Pair], says("What it was set against")] = []
    proposals: Annotated[list[Pair], says("What a person might set it against")] = []
    findings: Annotated[list[Finding], says("All comparisons")] = []


class MatchResult(Part, frozen=True, kw_only=True):
    """What is said of the whole document. It holds, or it does not; nothing is rejected."""

    number: Annotated[Maybe[Text], says("Number of the document")] = None
    verdict: Annotated[Verdict, says("The gravest of its lines and of itself")]
    holds: Annotated[bool, says("Whether payment waits for somebody entitled to release it")]
    match_status: Annotated[MatchStatus, says("How far it is matched, as a record says it")]
    message: Annotated[Text, says("Why, in words")]
    response: Annotated[Code, says("UNCL4343 as Peppol uses it: AP accepted, UQ under query")]
    reasons: Annotated[
        list[Code], says("Peppol OPStatusReason of all that holds, gravest first")
    ] = []
    actions: Annotated[list[Code], says("Peppol OPStatusAction that would mend it")] = []
    lines: Annotated[list[LineVerdict], says("Line by line")] = []
    findings: Annotated[list[Finding], says("Of the document as a whole")] = []
