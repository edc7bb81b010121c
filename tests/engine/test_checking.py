"""All that is wrong with a map is found when it is loaded, each thing with what would work."""

from __future__ import annotations

import pytest

from connectors._engine.checking import Checker
from connectors._engine.contract import schema_problems, told
from connectors._engine.yaml_file import read_yaml
from tests.engine.small_maps import problems, spec_of


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("fields: {numbr: a}", "fields.numbr: unknown field 'numbr'; did you mean number"),
        ("fields: {seller: {fields: {nme: a}}}", "fields.seller.fields.nme: unknown field 'nme'"),
        ("source: {objekt: a}\nfields: {number: a}", "source.objekt: unknown field 'objekt'"),
        ("fields: {number: {path: a, table: t}}", "fields.number.table: unknown table 't'"),
        ("fields: {seller: {use: f}}", "fields.seller.use: unknown fragment 'f'"),
        (
            "fields: {number: {path: a, through: [uper]}}",
            "fields.number.through.0: unknown transform 'uper'; try upper",
        ),
        (
            "fields: {number: {path: a, through: [{part: {begin: 1}}]}}",
            "fields.number.through.0: transform part takes no 'begin'; it takes length, start",
        ),
        (
            "fields: {number: {path: a, through: [before]}}",
            "fields.number.through.0: transform before needs 'mark'",
        ),
        (
            "fields: {number: {path: a, through: [{part: {start: true}}]}}",
            "fields.number.through.0: transform part: 'start' is to be a int",
        ),
        (
            "fields: {number: {path: a, through: [{captured: {pattern: '('}}]}}",
            "fields.number.through.0: transform captured: missing )",
        ),
        ("fields: {number: 'a..b'}", "fields.number: column 3 of path 'a..b'"),
        ("fields: {number: {first: [a, 'b[']}}", "fields.number.first.1: column 3"),
        ("fields: {number: {path: a, when: {path: '*'}}}", "fields.number.when: column 1"),
        ("each: '[x]'\nfields: {number: a}", "each: column 2"),
        ("when: 'x y'\nfields: {number: a}", "when: column 2"),
        ("recognises: {has: [a, 'b c']}\nfields: {number: a}", "recognises.has.1: column 2"),
        ("recognises: {where: {path: '-', equals: x}}\nfields: {number: a}", "recognises.where:"),
        ("fields: {seller: Name}", "fields.seller: an object is wanted: give its `fields`"),
        ("fields: {number: {fields: {a: b}}}", "fields.number: a single value is wanted"),
        ("fields: {number: [a, b]}", "fields.number: a single value is wanted"),
        ("fields: {number: {path: a, const: b}}", "fields.number: a value has exactly one of"),
        ("fields: {number: {table: a}}", "fields.number: a value has exactly one of"),
        ("fields: {number: {const: a, through: [upper]}}", "fields.number: a constant is what it"),
        ("fields: {seller: {each: a, fields: {name: b}}}", "fields.seller.each: seller is one"),
        ("fields: {lines: {each: a, at: b, fields: {net: c}}}", "fields.lines.at: both `at` and"),
        ("fields: {number: {all: [a, b]}}", "fields.number: all of several want a transform"),
        (
            "fields: {number: {all: [a, b], through: [upper]}}",
            "fields.number.through.0: transform upper takes one value, and there are several",
        ),
        (
            "fields: {number: {path: a, through: [upper, join]}}",
            "fields.number.through.1: transform join takes several values, and there is one",
        ),
        (
            "fields: {number: {first: [a, b], through: [join]}}",
            "fields.number.through.0: transform join takes several values, and there is one",
        ),
        ("fields: {direction: {const: payble}}", "fields.direction.const: found payble; expected"),
        ("fields: {currency: {first: [a, {const: EURO}]}}", "fields.currency.first.1.const: found"),
        (
            "tables: {t: {a: payable, b: recievable}}\nfields: {direction: {path: d, table: t}}",
            "fields.direction.table: found recievable; expected one of payable, receivable",
        ),
        ("source: {object_id: a}", ": no fields; a map has `fields`"),
    ],
)
def test_a_problem_is_told_with_its_place(text: str, problem: str) -> None:
    (found,) = problems(text)
    assert found.startswith(problem)


def test_an_unknown_document_or_codec_is_refused() -> None:
    assert problems("fields: {}", document="invoce") == [
        "document: unknown document 'invoce'; did you mean invoice?"
    ]
    (found,) = problems("fields: {}", codec="jsn")
    assert found == "codec: unknown codec 'jsn'; did you mean json or ndjson?"


@pytest.mark.parametrize(
    ("fragments", "problem"),
    [
        (
            "{a: {use: b}, b: {use: a}}",
            "fragments.b.use: fragment 'a' uses itself; write the innermost one out",
        ),
        (
            "{a: {fields: {address: {fields: {city: x}}}, at: y}}",
            "fragments.a.at: a fragment has no `at`; give it where the fragment is used",
        ),
        ("{a: {fields: {nme: x}}}", "fragments.a.fields.nme: unknown field 'nme'; did you mean"),
    ],
)
def test_a_problem_of_a_fragment_is_told_at_the_fragment(fragments: str, problem: str) -> None:
    (found,) = problems(f"fragments: {fragments}\nfields: {{seller: {{use: a}}}}")
    assert found.startswith(problem)


def test_all_problems_are_told_at_once_in_the_order_of_the_file() -> None:
    text = """format: 1
document: invoice
codec: json
fields:
  number: 'a..b'
  seller:
    fields:
      name: {path: a, through: [uper]}
      nme: b
  lines: {each: '[', fields: {net: {path: c, table: none}}}
"""
    file = read_yaml("m.yaml", text)
    found = told([file], Checker(file.content, "tree", {}).problems())
    assert [line.partition(": ")[0] for line in found] == [
        "m.yaml:5:3",
        "m.yaml:8:33",
        "m.yaml:9:7",
        "m.yaml:10:11",
        "m.yaml:10:46",
    ]


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        (
            "fields: {}\nfeilds: {}",
            "m.yaml:2:1",
            "unknown 'feilds'; known are adds, codec, document",
        ),
        ("fields: {a: {path: b, trough: [x]}}", "m.yaml:1:23", "unknown 'trough'; known are"),
        ("fields: {a: 5}", "m.yaml:1:10", "5 is not"),
        ("version: 1.0\nfields: {}", "m.yaml:1:1", "'1.0' is not of type 'integer'"),
        ("fields: {a: {const: null}}", "m.yaml:1:14", "None is not of type"),
    ],
)
def test_what_the_contract_does_not_know_is_told_where_it_stands(
    text: str, place: str, words: str
) -> None:
    file = read_yaml("m.yaml", text)
    content = {"format": 1, "document": "invoice", "codec": "json", **file.content}
    (found,) = told([file], schema_problems("map", content))
    assert found.startswith(f"{place}: ")
    assert words in found


def test_xml_maps_are_checked_in_their_own_dialect() -> None:
    assert problems("fields: {number: 'a:B/c:D[1]/@e'}", codec="xml") == []
    (found,) = problems("fields: {number: 'A|B'}", codec="xml")
    assert "found '|B'; supported are child steps" in found


def test_a_map_without_mistakes_has_no_problems() -> None:
    text = """
tables: {t: {a: payable}}
fragments: {p: {fields: {name: N}}}
fields:
  number: {first: [a, {const: x, when: [b, {path: c, not_in: [d]}]}]}
  direction: {path: d, table: t, otherwise: {const: receivable}}
  seller: {at: S, use: p}
  lines: [{each: L, fields: {net: n}}, {at: M, when: M, fields: {net: n}}]
  totals: {fields: {net: {all: ['L[*].n', m], through: [sum, negate]}}}
"""
    assert problems(text) == []
    assert spec_of(text)["format"] == 1
