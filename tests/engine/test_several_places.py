"""Maps of payloads in several shapes, and objects that are found in one of several places."""

from __future__ import annotations

from typing import Any

import pytest

from connectors._engine.recognition import Recogniser, Recognition, Sight
from tests.engine.small_maps import compiled, document, documents, problems

EACH = "each: [Bills, '[*]']\nfields: {number: No}"
PARTY = """
fields:
  seller:
    - {at: "N[?Role=='SE'][0]", fields: {name: Name}}
    - {at: "N[?Role=='RI'][0]", when: Paid, fields: {name: Name}}
    - fields: {name: Fallback}
"""


@pytest.mark.parametrize(
    ("tree", "numbers"),
    [
        ({"Bills": [{"No": "1"}, {"No": "2"}]}, ["1", "2"]),
        ({"No": "3"}, ["3"]),
        ([{"No": "4"}, {"No": "5"}], ["4", "5"]),
        ({"Bills": {"No": "6"}}, ["6"]),
    ],
)
def test_the_first_place_with_records_counts(tree: Any, numbers: list[str]) -> None:
    assert [each["number"] for each in documents(EACH, tree)] == numbers


def test_a_record_is_placed_where_it_was_found() -> None:
    found = compiled(EACH).run([{"No": "4", "Other": "x"}])
    assert [each.position for each in found] == ["[0]"]


@pytest.mark.parametrize(
    ("tree", "name"),
    [
        ({"N": [{"Role": "RI", "Name": "b"}, {"Role": "SE", "Name": "a"}], "Paid": "y"}, "a"),
        ({"N": [{"Role": "SE"}, {"Role": "RI", "Name": "b"}], "Paid": "y"}, "b"),
        ({"N": [{"Role": "RI", "Name": "b"}], "Fallback": "c"}, "c"),
    ],
)
def test_the_first_block_with_anything_in_it_counts(tree: Any, name: str) -> None:
    assert document(PARTY, tree)["seller"]["name"] == name


def test_a_document_can_use_a_fragment() -> None:
    text = "use: whole\nfields: {status: S}\nfragments: {whole: {fields: {number: N, status: T}}}"
    assert document(text, {"N": "1", "S": "open", "T": "shut"}) == {"number": "1", "status": "open"}


def test_a_fragment_that_a_document_uses_is_checked() -> None:
    assert any("nowhere" in each for each in problems("use: nowhere\nfields: {number: N}"))


def test_a_bad_path_among_several_places_is_told() -> None:
    assert any("each" in each for each in problems("each: [a, 'b[']\nfields: {number: N}"))


def test_a_map_that_claims_twice_is_no_tie_with_itself() -> None:
    looks = [{"has": ["a"]}, {"where": "b"}]
    known = [Recogniser("one/map", "json", look, "tree") for look in looks]
    claims = Recognition(known).claims(Sight("json", {"a": 1, "b": 2}))
    assert claims == (("one/map",), True)
