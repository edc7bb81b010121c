"""The match on many trades at once, against what is known to be right."""

from __future__ import annotations

from collections import Counter

from canonical_model.controls.match import match_all
from canonical_model.controls.match.verdict import MEANINGS
from tests.canonical_model.controls.trade_world import TOLERANCES, world


def test_a_world_of_trades_is_judged_as_it_was_made() -> None:
    trades = world(120)
    bills = [bill for trade in trades for bill, _ in trade.bills]
    truths = [truth for trade in trades for _, truth in trade.bills]
    known = [document for trade in trades for document in trade.documents]
    found = match_all(bills, known, TOLERANCES)
    pairs = list(zip(truths, found, strict=True))
    assert len({truth for truth, _ in pairs}) >= 9
    assert all(result.holds for truth, result in pairs if truth in MEANINGS)
    wrong = Counter((truth, got.verdict) for truth, got in pairs if truth != got.verdict)
    # What somebody retyped beyond recognition is proposed to a person, and nothing else goes wrong.
    assert {verdict for _, verdict in wrong} <= {"no_order"}
    assert wrong.total() <= len(pairs) / 50
