"""`^`: from inside a list, what holds the item, and what holds that."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.small_maps import compiled, documents, issues, problems, xml

BATCHES = {
    "file": "F",
    "batches": [
        {"no": "1", "day": "2026-01-31", "entries": [{"id": "a"}, {"id": "b"}]},
        {"no": "2", "day": "2026-02-01", "entries": [{"id": "c", "refs": [{"doc": "R"}]}]},
    ],
}


def values(text: str, tree: Any, *names: str, **kind: str) -> list[tuple[Any, ...]]:
    return [tuple(each.get(name) for name in names) for each in documents(text, tree, **kind)]


def test_a_record_sees_what_holds_it_one_level_for_each_caret() -> None:
    text = """
each: "batches[*].entries[*]"
fields: {number: id, buyer_reference: ^.no, issue_date: ^.day, status: ^^.file}
"""
    found = values(text, BATCHES, "number", "buyer_reference", "issue_date", "status")
    assert found == [
        ("a", "1", "2026-01-31", "F"),
        ("b", "1", "2026-01-31", "F"),
        ("c", "2", "2026-02-01", "F"),
    ]


def test_above_the_payload_there_is_nothing() -> None:
    text = 'each: "batches[*].entries[*]"\nfields: {number: id, status: ^^^.file}'
    assert values(text, BATCHES, "status") == [(None,)] * 3


def test_records_can_be_chosen_by_what_holds_them() -> None:
    text = """
each: "batches[*].entries[*]"
when: {path: ^.no, equals: "2"}
source: {object_id: ^.no}
fields: {number: id}
"""
    (found,) = compiled(text).run(BATCHES)
    assert (found.source.object_id, found.position) == ("2", "batches[*].entries[2]")


XML = """<M><Hd><Id>7</Id></Hd>
<E><Ccy>EUR</Ccy><D><B><No>1</No></B><T><Amt>5</Amt></T><T><Amt>6</Amt><P><N>x</N></P></T></D>
<D><B><No>2</No></B><T><Amt>7</Amt></T></D></E></M>"""


def test_in_xml_each_element_on_the_way_is_a_level() -> None:
    text = """
fields:
  lines:
    each: E/D/T
    fields:
      net: Amt
      account: ^/B/No
      note: ^^/Ccy
      unit: ^^^/Hd/Id
      item: {at: P, fields: {name: N, seller_id: ^/Amt, buyer_id: ^^/B/No}}
"""
    (found,) = documents(text, xml(XML), codec="xml")
    rows = [(e["net"], e["account"], e["note"], e["unit"]) for e in found["lines"]]
    assert rows == [("5", "1", "EUR", "7"), ("6", "1", "EUR", "7"), ("7", "2", "EUR", "7")]
    assert found["lines"][1]["item"] == {"name": "x", "seller_id": "6", "buyer_id": "1"}


def test_a_fragment_looks_up_from_where_it_is_used() -> None:
    text = """
fragments: {line: {fields: {net: amount, account: ^.code}}}
fields:
  lines: {each: "groups[?code].rows", use: line}
"""
    tree = {"groups": [{"code": "A", "rows": [{"amount": 1}, {"amount": 2}]}, {"rows": [{}]}]}
    (found,) = documents(text, tree)
    assert [(each["net"], each["account"]) for each in found["lines"]] == [("1", "A"), ("2", "A")]


def test_after_a_list_the_block_stands_where_it_stood() -> None:
    text = """
each: rows
fields:
  lines: {each: parts, fields: {net: n, account: ^.id}}
  totals: {at: sums, fields: {gross: g, net: ^.id}}
  number: ^.no
"""
    tree = {"no": "N", "rows": [{"id": "4", "parts": [{"n": 1}], "sums": {"g": 9}}]}
    (found,) = documents(text, tree)
    assert found["lines"][0]["account"] == "4"
    assert found["totals"] == {"gross": "9", "net": "4"}
    assert found["number"] == "N"


def test_a_list_is_not_gone_through_unless_the_path_says_so() -> None:
    tree = {"groups": [{"rows": [{"net": 1}]}]}
    for path in ("groups.rows", "groups.rows[*]"):
        text = f"fields: {{lines: {{each: '{path}', fields: {{net: net, note: ^.x}}}}}}"
        assert documents(text, tree)[0].get("lines") is None


def test_lines_within_lines_see_the_line_that_holds_them() -> None:
    text = """
fields:
  lines: {each: rows, nested: {each: rows}, fields: {id: id, net: n, note: ^.id}}
"""
    tree = {"id": "0", "rows": [{"id": "1", "rows": [{"id": "2", "rows": [{"id": "3"}]}]}]}
    (found,) = documents(text, tree)
    assert [(each["id"], each["note"]) for each in found["lines"]] == [
        ("1", "0"),
        ("2", "1"),
        ("3", "2"),
    ]


def test_what_does_not_fit_is_told_with_the_path_from_the_root() -> None:
    text = 'each: "batches[*].entries[*]"\nfields: {number: id, balance: ^.day}'
    assert {issue.source_path for issue in issues(text, BATCHES)} == {"batches[*].day"}
    text = "each: rows\nfields: {lines: {each: parts, fields: {net: ^.id}}}"
    tree = {"rows": [{"id": 1, "parts": [{}]}, {"id": "x", "parts": [{}]}]}
    assert [issue.source_path for issue in issues(text, tree)] == ["rows[1].id"]


def test_lineage_and_unread_leaves_know_of_it() -> None:
    found = compiled('each: "batches[*].entries[*]"\nfields: {number: id, status: ^^.file}')
    assert ("status", ("file",)) in [(each.path, each.sources) for each in found.lineage]
    assert "file" not in [path for path, _ in found.unmapped(BATCHES)[0]]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("each: ^.rows\nfields: {number: id}", "each: ^.rows: nothing holds the payload"),
        ("recognises: {has: [^.a]}\nfields: {number: id}", "recognises.has.0: ^.a: nothing"),
        ("fields: {number: ^a}", "fields.number: column 2 of path '^a'"),
    ],
)
def test_a_caret_that_leads_nowhere_is_told(text: str, problem: str) -> None:
    (found,) = problems(text)
    assert found.startswith(problem)
