"""Whether a statement is whole: both balances, and counts and sums that agree."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from connectors._codecs.limits import Tree

if TYPE_CHECKING:
    from connectors._codecs.mt940.statement import Statement

_WITHOUT_BALANCES = ("MT941", "MT942")  # messages that need no balances at both ends


def check_end(statement: Statement) -> None:
    """Adds the notices a finished statement deserves."""
    head, trailer = statement.head, statement.trailer
    _check_counts(statement)
    if head["message"] in _WITHOUT_BALANCES:
        return
    if "opening" not in head:
        statement.error("no_opening", "no balance in field 60; ask for the whole file")
    if not statement.closed:
        statement.error("truncated", "no field 62 ends the statement; ask for the whole file")
    if "opening" in head and "closing" in trailer:
        _check_sum(statement)


def _check_sum(statement: Statement) -> None:
    made = _signed(statement.head["opening"]) + statement.moved
    stated = _signed(statement.trailer["closing"])
    if made != stated:
        statement.warn(
            "does_not_reconcile",
            f"opening balance and entries make {made}, the closing balance is {stated};"
            " check that no entry is missing",
        )


def _check_counts(statement: Statement) -> None:
    """Fields 90C and 90D of MT942."""
    for key, mark in (("credit_total", "C"), ("debit_total", "D")):
        total = statement.trailer.get(key)
        if total and total["count"] != str(statement.counts[mark]):
            statement.error(
                "count_mismatch",
                f"field 90{mark} counts {total['count']} entries, {statement.counts[mark]} are"
                " there; ask for the whole file",
            )


def _signed(balance: dict[str, Tree]) -> Decimal:
    value = Decimal(balance["amount"])
    return value if balance["mark"] == "C" else -value
