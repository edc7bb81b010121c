"""Lines within lines, and conditions that compare with the root of the payload."""

from __future__ import annotations

import pytest

from tests.engine.small_maps import document, problems, xml

LINES = """
fields:
  lines:
    each: Line
    fields: {id: Id, net: Net}
    nested: {each: Sub, fields: {kind: {const: info}}}
"""


def test_lines_within_a_line_follow_it_and_name_their_parent() -> None:
    tree = xml(
        "<A><Line><Id>1</Id><Sub><Id>1.1</Id><Sub><Id>1.1.1</Id></Sub></Sub><Sub><Id>1.2</Id></Sub>"
        "</Line><Line><Id>2</Id></Line></A>"
    )
    lines = document(LINES, tree, codec="xml")["lines"]
    found = [(each["id"], each["kind"], each.get("parent")) for each in lines]
    assert found == [
        ("1", "detail", None),
        ("1.1", "info", "1"),
        ("1.1.1", "info", "1.1"),
        ("1.2", "info", "1"),
        ("2", "detail", None),
    ]


def test_a_line_within_a_line_without_an_id_gets_its_position_among_all() -> None:
    tree = xml("<A><Line><Net>1</Net><Sub><Net>2</Net></Sub></Line><Line><Net>3</Net></Line></A>")
    lines = document(LINES, tree, codec="xml")["lines"]
    found = [(each["id"], each["net"], each.get("parent")) for each in lines]
    assert found == [("1", "1", None), ("2", "2", "1"), ("3", "3", None)]


def test_only_lines_hold_lines() -> None:
    text = "fields: {notes: {each: Note, fields: {text: Text}, nested: {each: Note}}}"
    assert problems(text, codec="xml") == [
        "fields.notes.nested: only lines of a list hold lines, each of which names its parent"
    ]


TOTALS = """
<A><Own>EUR</Own><T><Amt c='SEK'>9</Amt></T><T><Amt c='EUR'>1</Amt><Sub><X/></Sub></T></A>
"""


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("T[Amt/@c=/A/Own]/Amt", "1"),
        ("T[Amt/@c!=/A/Own]/Amt", "9"),
        ("T[Amt/@c=/A/Gone]/Amt", None),
        ("T[Amt/@c!=/A/Gone]/Amt", "9"),
        ("T[Sub]/Amt", "1"),
        ("Own[.=/A/Own]", "EUR"),
        ("Own[.!=/A/Own]", None),
        ("Own[.!='SEK']", "EUR"),
    ],
)
def test_a_condition_may_compare_with_the_root(path: str, found: str | None) -> None:
    text = f'fields: {{number: "{path}"}}'
    assert document(text, xml(TOTALS), codec="xml").get("number") == found
