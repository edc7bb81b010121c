"""Goods that move."""

from __future__ import annotations

from canonical_model.checks.case import Case
from canonical_model.checks.figures import ZERO, plain
from canonical_model.checks.finding import Finding, Findings
from canonical_model.checks.registry import checks
from canonical_model.documents.movement import Movement


@checks("M3", "quantities_mismatch", kinds=("goods_receipt", "return"), severity="warning")
def inspected(movement: Movement, case: Case) -> Findings:
    """Sum of accepted and rejected.

    `quantity` is `accepted` plus `rejected` where both are stated, and never less than one. What is
    outstanding is not in it.

    `quantity` is what arrived, good or bad; what is still to come is `outstanding`.
    """
    found: list[Finding] = []
    for index, line in enumerate(movement.lines):
        if line.quantity is None or (line.accepted is None and line.rejected is None):
            continue
        judged = (line.accepted or ZERO) + (line.rejected or ZERO)
        complete = line.accepted is not None and line.rejected is not None
        if judged > line.quantity or (complete and judged != line.quantity):
            path = f"lines[{index}].quantity"
            found.append(Finding(path, plain(judged), plain(line.quantity)))
    return found
