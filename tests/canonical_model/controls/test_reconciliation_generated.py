"""How much of six thousand bank lines is matched, and how much of that is right."""

from __future__ import annotations

import pytest

from canonical_model.controls.reconciliation import Proposal, reconcile
from tests.canonical_model.controls.generated.bank import Place, books

pytestmark = pytest.mark.slow

SEED = 20261121
ITEMS, LINES = 15_000, 6_000


def test_what_is_accepted_is_right_and_the_rest_nearly_all() -> None:
    made = books(SEED, ITEMS, LINES)
    outcome = reconcile(made.lines, made.items)
    found: dict[Place, Proposal] = {
        (part.line, part.detail): each for each in outcome.proposals for part in each.lines
    }

    def right(place: Place) -> bool:
        named = frozenset(part.item for part in found[place].items)
        return named == (made.settles[place] or made.again.get(place))

    accepted = {place for place, each in found.items() if each.decision == "accept"}
    true = [place for place, items in made.settles.items() if items]
    assert len(made.items) + len(made.lines) >= 20_000
    assert len(made.strong) > 3_000
    assert all(map(right, accepted))
    recalled = [place for place in made.strong if place in accepted and right(place)]
    assert len(recalled) / len(made.strong) >= 0.97
    # What a person is asked to confirm is worth confirming.
    matched = [place for place in found if right(place)]
    assert len(matched) / len(found) >= 0.95
    assert len([place for place in true if place in found and right(place)]) / len(true) >= 0.94
