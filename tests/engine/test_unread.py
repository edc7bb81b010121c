"""What no rule read is told, each leaf once, with the record it lies in."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import connectors
from connectors._engine.paths import parse
from connectors._engine.unread import Noting, NotingList, watch
from tests.engine.small_maps import compiled, xml

MAP = """
each: Items
fields:
  number: Number
  due_date: $.Day
  lines: {each: Lines, when: Kind, fields: {net: Net, item: {fields: {name: "\\"odd name\\""}}}}
"""
TREE = {
    "Day": "2026-01-31",
    "Page": 1,
    "Items": [
        {"Number": "1", "Kind": "x", "Lines": [{"Net": 1, "Tax": {"Rate": 19}}, {"Net": 2}]},
        {"Number": "2", "More": ["a", "", None, {"b": False}], "a.b": 5},
        *({"Number": str(n), "Left": n} for n in range(3, 13)),
    ],
}


def test_each_leaf_that_no_rule_read_is_told_with_its_record() -> None:
    found = compiled(MAP).unmapped(TREE)
    assert found[0] == [("Page", "1"), ("Items[0].Lines[0].Tax.Rate", "19")]
    assert found[1] == [
        ("Items[1].More[0]", "a"),
        ("Items[1].More[3].b", "false"),
        ('Items[1]."a.b"', "5"),
    ]
    assert found[2:] == [[(f"Items[{n - 1}].Left", str(n))] for n in range(3, 13)]


def test_without_a_document_nothing_is_told() -> None:
    assert compiled(MAP).unmapped({"Page": 1}) == []


def test_xml_leaves_are_texts_and_attributes_numbered_where_they_repeat() -> None:
    tree = xml("<D><No x='1'>5</No><Note>a</Note><Note l='en'>b</Note><P><Q>c<r/>d</Q></P></D>")
    (found,) = compiled("fields: {number: No}", codec="xml").unmapped(tree)
    assert found == [
        ("No/@x", "1"),
        ("Note[1]", "a"),
        ("Note[2]", "b"),
        ("Note[2]/@l", "en"),
        ("P/Q", "cd"),
    ]


def test_a_filtered_list_still_tells_what_lies_in_its_items() -> None:
    text = "each: \"Items[?Kind=='a']\"\nfields: {number: Number}"
    tree = {"Items": [{"Kind": "b", "X": 1}, {"Kind": "a", "Number": 1, "Y": 2}]}
    (found,) = compiled(text).unmapped(tree)
    assert ("Items[1].Y", "2") in found
    assert not any(path.endswith("Number") for path, _ in found)


@pytest.mark.parametrize(
    ("loss", "left"),
    [
        ("**.no", ["a.x", "a.b[0].x", "x"]),
        ("**.b.**.no", ["a.no", "a.x", "a.b[0].x", "no", "x"]),
        ("*.no", ["a.x", "a.b[0].no", "a.b[0].x", "no", "x"]),
        ("a.**", ["no", "x"]),
        ("**.b", ["a.no", "a.x", "no", "x"]),
    ],
)
def test_a_known_loss_can_lie_at_any_depth(loss: str, left: list[str]) -> None:
    tree = {"a": {"no": 1, "x": 2, "b": [{"no": 3, "x": 4}]}, "no": 5, "x": 6}
    (found,) = compiled(f"known_losses: ['{loss}']\nfields: {{number: none}}").unmapped(tree)
    assert [path for path, _ in found] == left


NAMES = ["Invoices", "Type", "Contact", "Name", "LineItems", "LineAmount", "Total", "any name", "z"]
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals(allow_nan=False, allow_infinity=False, places=3)
    | st.sampled_from(["ACCPAY", "", " ", "2026-02-29", "1,5", "/Date(1)/"])
)
TREES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=5)
    ),
    max_leaves=25,
)


def leaves(node: Any, path: str = "") -> list[str]:
    if isinstance(node, dict):
        return [p for n, v in node.items() for p in leaves(v, f"{path}.{n}".removeprefix("."))]
    if isinstance(node, list):
        return [p for i, v in enumerate(node) for p in leaves(v, f"{path}[{i}]")]
    return [path] if node not in (None, "") else []


def asked(node: Any, path: str = "", *, known: bool = False) -> list[str]:
    if isinstance(node, Noting):
        return [
            p
            for n, v in node.items()
            for p in asked(v, f"{path}.{n}".removeprefix("."), known=n in node.asked)
        ]
    if isinstance(node, NotingList):
        return [p for i, v in enumerate(node) for p in asked(v, f"{path}[{i}]", known=known)]
    return [path] if known and node not in (None, "") else []


@given(TREES, st.booleans())
def test_a_real_map_takes_any_tree_and_every_leaf_is_read_or_told(tree: Any, wrap: bool) -> None:
    found = connectors.pack()["erp/xero"].read_map("invoice")
    payload = {"Invoices": tree} if wrap else tree
    records = list(found.run(payload))
    told = [path.replace('"', "") for lost in found.unmapped(payload) for path, _ in lost]
    watched = watch(payload)
    fitting = found._fitting(payload)
    assert len(list(fitting._run(watched, fitting._functions(Noting, NotingList)))) == len(records)
    if records:
        read = set(asked(watched))
        inside = [p for p in leaves(payload) if p not in read]
        assert sorted(told) == sorted(inside)


def test_numbers_are_told_as_they_are_written() -> None:
    (found,) = compiled("fields: {number: a}").unmapped({"b": Decimal("1E+3"), "c": True})
    assert found == [("b", "1000"), ("c", "true")]


def test_a_told_path_can_be_written_into_a_map() -> None:
    (found,) = compiled("fields: {number: a}").unmapped({"a b": {"c": [{"d.e": 1}]}})
    ((path, _),) = found
    assert compiled(f"fields: {{number: '{path}'}}").unmapped({"a b": {"c": [{"d.e": 1}]}}) == [[]]
    assert parse(path)
