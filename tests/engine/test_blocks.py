"""Small maps, compiled and run: objects, lists, conditions, constants, and what is reported."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.engine.small_maps import compiled, document, issues, xml

D = Decimal


@pytest.mark.parametrize(
    ("value", "tree", "number"),
    [
        ("a.b", {"a": {"b": " 7 "}}, "7"),
        ("{const: 380}", {}, "380"),
        ("{first: [a, b]}", {"a": "", "b": "2"}, "2"),
        ("{first: [a, b]}", {"a": " \n ", "b": "2"}, "2"),
        ("{first: [a, b, {const: x}]}", {}, "x"),
        ("{first: [{path: a, when: b}, c]}", {"a": "1", "c": "3"}, "3"),
        ("{first: [{path: a, when: b}, c]}", {"a": "1", "b": "y", "c": "3"}, "1"),
        ("{const: x, when: {path: a, equals: 1}}", {"a": D("1")}, "x"),
        ("{const: x, when: {path: a, equals: 1}}", {"a": "2"}, None),
        ("{first: [{const: x, when: a}, {const: y}]}", {}, "y"),
        ("{all: [a, b], through: [join]}", {"a": "1", "b": "2"}, "1 2"),
        (
            "{all: ['a[*]', b], through: [{join: {mark: '-'}}]}",
            {"a": ["1", "2"], "b": "3"},
            "1-2-3",
        ),
        ("{path: 'a[*]', through: [last]}", {"a": ["1", "2"]}, "2"),
        ("{path: a, through: [upper, {before: {mark: X}}]}", {"a": "1x2"}, "1"),
        ("{path: a, through: [{split: {mark: ','}}, last, upper]}", {"a": "1,b"}, "B"),
        ("{path: a, table: t}", {"a": " k "}, "v"),
        ("{path: a, table: t, otherwise: keep}", {"a": "z"}, "z"),
        ("{path: a, table: t, otherwise: absent}", {"a": "z"}, None),
        ("{path: a, table: t, otherwise: {const: w}}", {"a": "z"}, "w"),
        ("{path: a, table: t, otherwise: {const: w}}", {"a": ""}, None),
        ("{path: a, table: t}", {"a": True}, "yes"),
    ],
)
def test_a_value_is(value: str, tree: Any, number: str | None) -> None:
    text = f"tables: {{t: {{k: v, true: 'yes'}}}}\nfields: {{number: {value}}}"
    assert document(text, tree).get("number") == number


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("a", True),
        ("zero", True),
        ("flag", True),
        ("blank", False),
        ("none", False),
        ("empty", False),
        ("gone", False),
        ("{path: gone, present: false}", True),
        ("{path: a, present: false}", False),
        ("{path: flag, equals: false}", True),
        ("{path: zero, equals: 0}", True),
        ("{path: a, in: [w, x]}", True),
        ("{path: a, not_in: [w, x]}", False),
        ("{path: gone, not_in: [w, x]}", True),
        ("[a, zero]", True),
        ("[a, gone]", False),
        ("[{path: a, equals: x}, {path: zero, equals: 1}]", False),
    ],
)
def test_a_condition_holds(condition: str, holds: bool) -> None:
    tree = {"a": "x", "zero": 0, "flag": False, "blank": "", "none": None, "empty": {}}
    text = f"fields: {{number: {{const: held, when: {condition}}}}}"
    assert document(text, tree) == ({"number": "held"} if holds else {})


ADDRESS = """
fields:
  seller:
    at: Party
    when: Party/Country
    fields:
      name: Party
      address: {at: Address, fields: {city: City, country: /Doc/Party/Country/@code}}
"""


def test_asking_whether_an_element_is_there_does_not_use_it_up() -> None:
    tree = xml(
        "<Doc><Party id='1'><Country code='DE'/><Address><City>Ulm</City></Address></Party></Doc>"
    )
    assert document(ADDRESS, tree, codec="xml") == {
        "seller": {"address": {"city": "Ulm", "country": "DE"}}
    }


@pytest.mark.parametrize(
    "party",
    [
        "{fields: {name: {const: Acme}}}",
        "{fields: {name: {const: Acme, when: a}}}",
        "{fields: {name: {first: [gone, {const: Acme}]}}}",
        "{fields: {name: gone, address: {fields: {country: {const: DE}}}}}",
        "{fields: {ids: [{fields: {kind: {const: vat}, value: gone}}], name: {const: Acme}}}",
    ],
)
def test_constants_alone_never_make_an_object(party: str) -> None:
    assert document(f"fields: {{seller: {party}}}", {"a": 1}) == {}


def test_a_constant_stands_beside_what_was_found() -> None:
    text = "fields: {seller: {fields: {name: {first: [a, b, {const: x}]}, master_id: c}}}"
    assert document(text, {"c": "1"}) == {"seller": {"name": "x", "master_id": "1"}}
    assert document(text, {"b": "1"}) == {"seller": {"name": "1"}}


def test_an_object_that_lacks_what_it_requires_is_absent() -> None:
    text = "fields: {seller: {fields: {name: n, ids: [{fields: {kind: {path: k}, value: v}}]}}}"
    assert document(text, {"n": "Acme", "k": "vat"}) == {"seller": {"name": "Acme"}}


LINES = """
fields:
  currency: Currency
  lines:
    - each: Lines
      fields:
        net: Net
        taxes: {each: Tax, fields: {rate: Rate}}
    - each: Charges[*].Of
      fields: {net: Net}
    - fields: {net: Rounding}
"""


def test_blocks_of_one_list_are_numbered_as_they_stand_in_the_document() -> None:
    tree = {"Lines": [{}, {"Net": 1}], "Charges": [{"Of": {"Net": 2}}], "Rounding": 3}
    lines = document(LINES, tree)["lines"]
    assert [(line["id"], line["net"]) for line in lines] == [("1", "1"), ("2", "2"), ("3", "3")]


def test_what_does_not_fit_is_reported_where_it_stands_and_where_it_goes() -> None:
    tree = {
        "Lines": [{}, {"Net": 1}, {"Tax": [{"Rate": 19}, {}, {"Rate": "x%"}]}],
        "Charges": [{"Of": [{"Net": "much"}, {"Net": 5}]}],
        "Rounding": "none",
    }
    found = [(i.path, i.source_path, i.actual, i.expected) for i in issues(LINES, tree)]
    assert found == [
        ("lines[1].taxes[1].rate", "Lines[2].Tax[2].Rate", "x%", "a decimal"),
        ("lines[2].net", "Charges[*].Of[0].Net", "much", "a decimal"),
        ("lines[3].net", "Rounding", "none", "a decimal"),
    ]
    assert all(i.code == "value_unfit" and i.severity == "error" for i in issues(LINES, tree))


def test_records_of_a_payload_have_a_position_of_their_own() -> None:
    text = f"each: Items\n{LINES}  due_date: $.Day"
    tree = {"Day": "soon", "Items": [{}, {"Lines": [{"Net": 1}, {"Net": "x"}]}]}
    found = [(i.path, i.source_path) for i in issues(text, tree)]
    assert found == [
        ("due_date", "$.Day"),
        ("lines[1].net", "Items[1].Lines[1].Net"),
        ("due_date", "$.Day"),
    ]
    assert [m.position for m in compiled(text).run(tree)] == ["Items[0]", "Items[1]"]


def test_positions_in_xml_count_from_one() -> None:
    text = "each: c:Doc\nfields:\n  lines: {each: \"Line[@k='1']\", fields: {net: c:Net}}"
    tree = xml("<R><Doc/><Doc><Line k='0'/><Line k='1'><Net>x</Net></Line></Doc></R>")
    (issue,) = issues(text, tree, codec="xml")
    assert (issue.path, issue.source_path) == ("lines[0].net", "Doc[2]/Line[@k='1'][1]/Net")


@pytest.mark.parametrize(
    ("codes", "amount", "written"),
    [
        (("EUR", None), "5", "5.00"),
        (("JPY", None), "5", "5"),
        (("KWD", None), "5.1", "5.100"),
        (("EUR", "JPY"), "5", "5"),
        (("JPY", "KWD"), "5", "5.000"),
        (("EUR", "KWD"), D("1E+2"), "100.000"),
        ((None, None), "5", "5"),
        (("EUR", None), "5.12345", "5.12345"),
        (("XYZ", None), "5", "5"),
    ],
)
def test_amounts_are_padded_to_the_nearest_currency(codes: Any, amount: Any, written: str) -> None:
    text = """
fields:
  currency: Outer
  allocations:
    - fields: {settled: {fields: {currency: Inner, amount: Amount}}, amount: Amount}
"""
    tree = {"Outer": codes[0], "Inner": codes[1] or codes[0] or "XYZ", "Amount": amount}
    (found,) = document(text, tree, document="payment")["allocations"]
    assert found["settled"]["amount"] == written
    (plain,) = document(text, {**tree, "Inner": None}, document="payment")["allocations"]
    assert found["amount"] == plain["amount"], "a currency ends with its block"


@pytest.mark.parametrize(
    ("code", "but", "written"),
    [
        ("eur", "", "-10.99"),
        ("jpy", "", "-1099"),
        ("kwd", "", "-1.099"),
        ("mga", "{but: {MGA: 0}}", "-1099.00"),
        (None, "", "-10.99"),
    ],
)
def test_minor_units_are_those_of_the_nearest_currency(code: Any, but: str, written: str) -> None:
    steps = f"[absolute, {{minor_units: {but or '{}'}}}, negate]"
    text = f"""
fields:
  currency: {{path: Code, through: [upper]}}
  lines: {{each: Lines, fields: {{net: {{path: Amount, through: {steps}}}}}}}
  totals:
    fields:
      gross: {{all: [{{path: Total, through: {steps}}}], through: [sum]}}
"""
    found = document(text, {"Code": code, "Total": 1099, "Lines": [{"Amount": 1099}]})
    assert (found["lines"][0]["net"], found["totals"]["gross"]) == (written, written)


def test_a_fragment_lies_below_the_fields_of_the_block_that_uses_it() -> None:
    text = """
fragments:
  base: {fields: {name: N, master_id: M}}
  party: {use: base, fields: {master_id: P}}
fields:
  seller: {at: S, use: party, fields: {name: Own}}
  buyer: {at: B, use: party}
"""
    who = {"N": "n", "M": "m", "P": "p", "Own": "o"}
    found = document(text, {"S": who, "B": who})
    assert found["seller"] == {"name": "o", "master_id": "p"}
    assert found["buyer"] == {"name": "n", "master_id": "p"}


def test_lists_of_texts_take_all_of_a_path_or_several_values() -> None:
    values = "[Names, {const: 5}, {path: S, through: [{split: {mark: ;}}]}, 'L[*].N']"
    tree = {"Names": ["a", "", "b"], "S": "c;d", "L": [{"N": "e"}, {}]}
    found = document(f"fields: {{remittance: {values}}}", tree, document="payment")
    assert found["remittance"] == ["a", "b", "5", "c", "d", "e"]


def test_free_mappings_hold_what_was_found() -> None:
    text = "fields: {attributes: {fields: {colour: c, 'any name': n, size: s}}}"
    found = document(text, {"c": "red", "n": D("1.50")}, document="ref_data")
    assert found == {"attributes": {"colour": "red", "any name": "1.50"}}


def test_what_a_field_comes_from_is_known_without_running() -> None:
    lineage = {each.path: each for each in compiled(LINES).lineage}
    assert lineage["lines[*].taxes[*].rate"].sources == ("Lines[*].Tax[*].Rate",)
    assert not lineage["currency"].derived
