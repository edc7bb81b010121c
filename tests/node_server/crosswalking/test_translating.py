"""A document in the target's words: looked up, never guessed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from canonical_model import wire
from node_server.operations.crosswalking.naming import KINDS, folded
from node_server.operations.crosswalking.translating import translated

BILL: dict[str, Any] = {
    "kind": "invoice",
    "direction": "payable",
    "seller": {"name": "Müster  GmbH & Co. KG", "ids": [{"kind": "vat", "value": "DE123456788"}]},
    "terms": {"net_days": 30},
    "taxes": [{"category": "S", "rate": "19.00"}],
    "lines": [
        {
            "id": "1", "account": "4400", "unit": "C62", "item": {"buyer_id": "A-1"},
            "price": {"net": "1", "base_unit": "C62"},
            "taxes": [{"category": "S", "rate": "19.00"}],
            "dimensions": [{"dimension": "cost_centre", "value": "K7"}],
        }
    ],
}  # fmt: skip
WALK = {
    "supplier": {"vat:DE123456788": "56"},
    "account": {"4400": "acc-9"},
    "unit": {"C62": "Stück"},
    "item": {"buyer:A-1": "i-3"},
    "term": {"net 30": "N30"},
    "tax_code": {"S 19": "INPUT19"},
    "dimension": {"cost_centre:K7": "dep-2"},
}


def said(document: dict[str, Any], walk: dict[str, dict[str, str]]) -> tuple[Any, list[str]]:
    read = wire.decode(json.dumps(document).encode())

    def look(kind: str, names: list[str]) -> str | None:
        return next((walk[kind][name] for name in names if name in walk[kind]), None)

    made, unknown = translated(read, look, frozenset(walk))
    return wire.to_plain(made), [each.code for each in unknown]


def test_everything_that_a_table_knows_is_said_in_its_words() -> None:
    made, unknown = said(BILL, WALK)
    assert unknown == []
    line = made["lines"][0]
    assert made["seller"]["master_id"] == "56"
    assert made["terms"]["code"] == "N30"
    assert (line["account"], line["unit"], line["price"]["base_unit"]) == (
        "acc-9",
        "Stück",
        "Stück",
    )
    assert line["item"]["buyer_id"] == "i-3"
    assert line["dimensions"][0]["value"] == "dep-2"
    assert made["taxes"][0]["code"] == line["taxes"][0]["code"] == "INPUT19"


def test_a_party_gets_what_else_the_target_names_it_by() -> None:
    read = wire.decode(json.dumps(BILL).encode())
    asked: list[tuple[str, str]] = []

    def further(kind: str, target: str) -> dict[str, str]:
        asked.append((kind, target))
        return {"party.address": "12"}

    made, _ = translated(read, lambda *_: "56", frozenset({"supplier"}), further)
    ids = wire.to_plain(made)["seller"]["ids"]
    assert asked == [("supplier", "56")]
    assert {"kind": "other", "scheme": "party.address", "value": "12"} in ids
    assert {"kind": "vat", "value": "DE123456788"} in ids


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "customer"])
def test_what_a_begun_table_does_not_know_is_named(kind: str) -> None:
    _, unknown = said(BILL, {kind: {"something else": "1"}})
    assert set(unknown) == {f"{kind}_unmapped"}


def test_without_a_table_the_document_stays_as_it_is() -> None:
    made, unknown = said(BILL, {})
    assert (made, unknown) == (wire.to_plain(wire.decode(json.dumps(BILL).encode())), [])


def test_a_receivable_names_a_customer() -> None:
    bill = {**BILL, "direction": "receivable", "buyer": {"name": "Käufer AG"}}
    made, unknown = said(bill, {"customer": {"name:kaufer ag": "c-1"}, "supplier": {"x": "y"}})
    assert unknown == []
    assert made["buyer"]["master_id"] == "c-1"


def test_an_identifier_goes_before_a_name() -> None:
    walk = {"supplier": {"name:muster gmbh co kg": "wrong", "vat:DE123456788": "right"}}
    assert said(BILL, walk)[0]["seller"]["master_id"] == "right"


@pytest.mark.parametrize(
    "name", ["Müster GmbH & Co. KG", "MÜSTER GMBH&CO.KG", " müster  gmbh co kg "]
)
def test_a_name_is_the_same_however_it_is_written(name: str) -> None:
    assert folded(name).replace(" ", "") == "mustergmbhcokg"
