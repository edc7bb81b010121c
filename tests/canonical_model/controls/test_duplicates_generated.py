"""How many copies are found among twenty thousand invoices, and how many others are held."""

from __future__ import annotations

import pytest

from canonical_model.controls.duplicates import find_duplicates
from tests.canonical_model.controls.generated.bills import inbox

pytestmark = pytest.mark.slow

SEED = 20261121
DOCUMENTS = 20_000


def test_what_is_held_is_a_copy_and_copies_are_held() -> None:
    box = inbox(SEED, DOCUMENTS)
    held = {
        (each.one, each.other) for each in find_duplicates(box.records) if each.verdict == "hold"
    }
    right = held & box.same
    assert len(box.records) >= DOCUMENTS
    assert len(box.same) > 400
    assert len(right) / len(held) >= 0.98
    assert len(right) / len(box.same) >= 0.95
