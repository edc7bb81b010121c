"""Tolerances and directories from files: what is read, and everything that is wrong at once."""

from __future__ import annotations

import contextlib
import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canonical_model import wire
from canonical_model.controls.match import Conversion, Limit, MatchRule, MatchSettings
from canonical_model.controls.policy import Absence, Assignment, Directory, InvalidSettings
from canonical_model.controls.settings import read_settings


def test_what_is_read_is_what_was_written() -> None:
    tree = {
        "rules": [
            {"supplier": "V-1", "price": {"percent": 2, "absolute": "0.5", "need": "either"}}
        ],
        "conversions": [{"item": "A", "unit": "XBX", "factor": 12, "of": "C62"}],
        "charge_words": ["flete"],
        "pair_at": "0.9",
    }
    limit = Limit(percent=Decimal(2), absolute=Decimal("0.5"), need="either")
    assert read_settings(tree, MatchSettings) == MatchSettings(
        rules=[MatchRule(supplier="V-1", price=limit)],
        conversions=[Conversion(item="A", unit="XBX", factor=Decimal(12), of="C62")],
        charge_words=("flete",),
        pair_at=Decimal("0.9"),
    )


def test_a_directory_is_read_with_its_days() -> None:
    tree = {
        "assignments": [{"role": "owner", "person": "ann", "limit": 500}],
        "absences": [{"person": "ann", "start": datetime.date(2026, 1, 1), "end": "2026-01-31"}],
    }
    day, end = datetime.date(2026, 1, 1), datetime.date(2026, 1, 31)
    assert read_settings(tree, Directory) == Directory(
        assignments=[Assignment(role="owner", person="ann", limit=Decimal(500))],
        absences=[Absence(person="ann", start=day, end=end)],
    )


@pytest.mark.parametrize(
    ("shape", "tree", "path", "says"),
    [
        (MatchSettings, {"rule": []}, "rule", "did you mean rules?"),
        (MatchSettings, {"rules": {}}, "rules", "a list of mappings works"),
        (MatchSettings, {"rules": [{"price": 2}]}, "rules[0].price", "a mapping works"),
        (
            MatchSettings,
            {"rules": [{"price": {"percent": 0.5}}]},
            "rules[0].price.percent",
            "'0.5'",
        ),
        (MatchSettings, {"rules": [{"receipt": "maybe"}]}, "rules[0].receipt", "known: if_any"),
        (MatchSettings, {"rules": [{"currency": "EURO"}]}, "(all)", "length <= 3"),
        (MatchSettings, {"conversions": [{"item": "A"}]}, "conversions[0].unit", "is missing"),
        (MatchSettings, {"charge_words": "x"}, "charge_words", "a list of texts works"),
        (MatchSettings, [], "", "a mapping works"),
        (
            Directory,
            {"absences": [{"person": "a", "end": "soon"}]},
            "absences[0].end",
            "a day works",
        ),
    ],
)
def test_a_fault_names_its_place(shape: Any, tree: Any, path: str, says: str) -> None:
    with pytest.raises(InvalidSettings) as refused:
        read_settings(tree, shape)
    found = [(each.path, f"{each.message} {each.hint}") for each in refused.value.issues]
    assert any(place == (path or "(all)") and says in words for place, words in found), found


def test_all_faults_come_at_once() -> None:
    tree = {"rules": [{"price": {"percent": 0.5}}, {"x": 1}], "conversions": [{}]}
    with pytest.raises(InvalidSettings, match=r"not settings: .*\(and 5 more\)"):
        read_settings(tree, MatchSettings)


LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4)
KEYS = st.sampled_from(["rules", "price", "percent", "conversions", "factor", "item", "x"])
TREES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3)
)


@given(TREES)
def test_any_tree_is_read_or_refused(tree: Any) -> None:
    with contextlib.suppress(InvalidSettings):
        assert wire.encode(read_settings(tree, MatchSettings))
