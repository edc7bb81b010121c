"""Which map a payload belongs to."""

from __future__ import annotations

from typing import Any

import pytest

from connectors._engine.recognition import Recogniser, Recognition, Sight


def recogniser(name: str = "a/b/c", codec: str = "json", **spec: Any) -> Recogniser:
    return Recogniser(name, codec, spec, "xml" if codec == "xml" else "tree")


@pytest.mark.parametrize(
    ("spec", "claims"),
    [
        ({"has": ["Invoices"]}, True),
        ({"has": ["Invoices[0].Id", "Invoices"]}, True),
        ({"has": ["Invoices", "Bills"]}, False),
        ({"has": ["Empty"]}, False),
        ({"where": {"path": "Invoices[0].Type", "equals": "A"}}, True),
        ({"where": [{"path": "Invoices[0].Type", "in": ["A", "B"]}, "Gone"]}, False),
        ({"has": ["Invoices"], "where": {"path": "Bills", "present": False}}, True),
        ({}, False),
    ],
)
def test_a_map_claims_a_payload_when_all_it_says_holds(spec: Any, claims: bool) -> None:
    sight = Sight("json", {"Invoices": [{"Id": 0, "Type": "A"}], "Empty": []})
    assert recogniser(**spec).claims(sight) is claims


@pytest.mark.parametrize(
    ("spec", "claims"),
    [
        ({"root": "Invoice"}, True),
        ({"root": "CreditNote"}, False),
        ({"root": "Invoice", "namespace": "oasis"}, True),
        ({"root": "Invoice", "namespace": "peppol"}, False),
        ({"has": ["b:ID[@x='1']"]}, True),
        ({"has": ["Party"]}, True),
        ({"where": {"path": "Party/@role", "equals": "s"}}, True),
    ],
)
def test_xml_is_known_by_its_root_and_what_is_in_it(spec: Any, claims: bool) -> None:
    tree = {"ID": [{"#": "5", "@x": "1"}], "Party": [{"@role": "s", "Name": ["n"]}]}
    sight = Sight("xml", tree, root="Invoice", namespace="urn:oasis:names")
    assert recogniser(codec="xml", **spec).claims(sight) is claims


def test_messages_are_known_by_their_type() -> None:
    sight = Sight("edifact", {}, type="INVOIC")
    assert recogniser(codec="edifact", type=["INVOIC", "ORDERS"]).claims(sight)
    assert not recogniser(codec="edifact", type=["ORDERS"]).claims(sight)
    assert not recogniser(codec="x12", type=["INVOIC"]).claims(sight)


@pytest.mark.parametrize("tree", [None, [], "text", 5, {"Invoices": "no list"}, [[[{}]]]])
def test_any_tree_can_be_looked_at(tree: Any) -> None:
    look = recogniser(has=["Invoices[0].Id"], where={"path": "a[*].b[?c=='d'].e", "equals": "f"})
    assert not look.claims(Sight("json", tree))


def test_the_map_with_most_conditions_wins_and_ties_are_left_open() -> None:
    sight = Sight("json", {"a": 1, "b": 2, "c": 3})
    plain, rich = recogniser("x/y/plain", has=["a"]), recogniser("x/y/rich", has=["a", "b"])
    twin = recogniser("x/z/twin", has=["b"], where="c")
    assert Recognition([plain, rich]).claims(sight) == (("x/y/rich",), True)
    assert Recognition([plain, rich, twin]).claims(sight) == (("x/y/rich", "x/z/twin"), False)
    assert Recognition([recogniser(has=["d"])]).claims(sight) == ((), False)
