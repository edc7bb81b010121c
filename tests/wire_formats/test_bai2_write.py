from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors._codecs import bai2
from connectors.errors import CodecError
from tests.wire_formats.hostile import sample

DATA = sample("bai2/two_groups.bai")


def _without_trailers(units: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{key: value for key, value in unit.items() if key != "trailer"} for unit in units]


def test_what_was_read_is_written_and_read_alike_with_totals_that_agree() -> None:
    units = bai2.decode(DATA).units
    data = bai2.encode(units)
    result = bai2.decode(data)
    assert _without_trailers(result.units) == _without_trailers(units)
    assert result.notices == []
    assert max(len(line) for line in data.splitlines()) <= 80
    assert bai2.encode(result.units) == data


def test_amounts_in_major_units_are_enough_to_write() -> None:
    units = copy.deepcopy(bai2.decode(DATA).units)
    for unit in units:
        for each in (*unit["summaries"], *unit["entries"]):
            each.pop("raw_amount", None)
    assert bai2.decode(bai2.encode(units)).units[0]["entries"][0]["raw_amount"] == "150000"


@pytest.mark.parametrize(
    "change",
    [
        {"entries": [{"type": "165", "amount": "1.005"}]},
        {"entries": [{"type": "165", "amount": "1,00"}]},
        {"entries": [{"type": "165", "amount": "1.00", "bank_ref": "a,b"}]},
        {"entries": [{"amount": "1.00"}]},
        {"account": "ä"},
    ],
)
def test_a_tree_that_does_not_fit_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(CodecError):
        bai2.encode([{**bai2.decode(DATA).units[0], **change}])


TEXTS = st.lists(
    st.text(alphabet="AB ,/1", min_size=1, max_size=150).map(str.strip).filter(bool), max_size=2
)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**12), TEXTS, st.from_regex(r"[A-Z0-9]{0,60}", fullmatch=True))
def test_once_written_a_tree_is_in_normal_form(amount: int, text: list[str], ref: str) -> None:
    unit = copy.deepcopy(bai2.decode(DATA).units[0])
    unit["entries"] = [{"type": "165", "raw_amount": str(amount), "bank_ref": ref, "text": text}]
    once = bai2.decode(bai2.encode([unit]))
    assert once.notices == []
    assert bai2.decode(bai2.encode(once.units)).units == once.units
    assert once.units[0]["entries"][0].get("bank_ref", "") == ref
