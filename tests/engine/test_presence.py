"""What lies below one child of a node is looked for only where the child is."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.small_maps import compiled, document, issues, xml

HEAD = "version: 1\neach: '.'\n"
TREE = HEAD + (
    "fields:\n"
    "  number: head.no\n"
    "  due_date: head.due\n"
    "  buyer_reference: {first: [head.ref, head.other.ref]}\n"
    "  contract: {all: [head.a, head.b], through: [join]}\n"
    "  issue_date: day\n"
)


@pytest.mark.parametrize("payload", [{}, {"head": None}, {"head": "text"}, {"head": []}])
def test_without_the_child_all_below_it_is_absent(payload: dict[str, Any]) -> None:
    fields = TREE.replace("  contract: {all: [head.a, head.b], through: [join]}\n", "")
    assert document(fields, {**payload, "day": "2026-01-02"}) == {"issue_date": "2026-01-02"}


def test_with_the_child_all_below_it_is_read() -> None:
    fields = "fields: {number: head.no, buyer_reference: {first: [head.ref, head.other.ref]}}\n"
    payload = {"head": {"no": 7, "other": {"ref": "R"}}}
    assert document(HEAD + fields, payload) == {"number": "7", "buyer_reference": "R"}


def test_what_does_not_fit_below_a_child_is_told_in_the_order_of_the_fields() -> None:
    fields = "fields: {issue_date: head.a, due_date: head.b, tax_point_date: c, number: head.n}\n"
    found = issues(HEAD + fields, {"head": {"a": "x", "b": "y", "n": "1"}, "c": "z"})
    assert [each.source_path for each in found] == ["head.a", "head.b", "c"]


def test_a_constant_needs_no_child() -> None:
    fields = "fields: {number: {first: [head.no, {const: none}]}, currency: head.cur}\n"
    assert document(HEAD + fields, {}) == {"number": "none"}


def test_a_count_of_nothing_is_still_a_count() -> None:
    count = "{path: 'head.rows[*].x', through: [count_of]}"
    fields = f"fields: {{lines: [{{fields: {{net: n, quantity: {count}}}}}]}}\n"
    for payload in ({"n": "5"}, {"n": "5", "head": {}}):
        (line,) = document(HEAD + fields, payload)["lines"]
        assert line["quantity"] == "0"


def test_an_empty_first_element_does_not_hide_the_second() -> None:
    fields = "each: A\nversion: 1\nfields: {lines: {each: B/C, fields: {net: N}}}\n"
    tree = xml("<r><A><B/><B><C><N>5</N></C></B></A></r>")
    (line,) = document(fields, tree, codec="xml")["lines"]
    assert line["net"] == "5"


def test_an_empty_element_is_an_item() -> None:
    fields = "version: 1\neach: A\nfields: {number: N}\n"
    assert len(list(compiled(fields, codec="xml").run(xml("<r><A/><A><N>1</N></A></r>")))) == 2


def test_a_block_whose_condition_fails_is_not_gone_through() -> None:
    fields = (
        "fields:\n  lines:\n"
        "    - {each: 'rows[*]', when: yes, fields: {net: n}}\n"
        "    - {each: 'rows[*]', when: {path: yes, present: false}, fields: {quantity: n}}\n"
    )
    rows = [{"n": "1"}, {"n": "2"}]
    kept = [line["quantity"] for line in document(HEAD + fields, {"rows": rows})["lines"]]
    assert kept == ["1", "2"]
