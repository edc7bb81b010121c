"""What write maps may say besides where each field goes: which documents, and in which groups."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from canonical_model.documents import AnyDocument
from connectors._engine.pack import Pack
from connectors._engine.rendering import render_documents
from connectors.errors import MapError, UnknownConnector


def rendered(folder: Path, text: str, *documents: dict[str, Any], kind: str = "invoice") -> Any:
    maps = folder / "erp" / "small" / "maps"
    maps.mkdir(parents=True, exist_ok=True)
    manifest = "format: 1\ntitle: Small\nresources: {thing: {title: Thing}}\n"
    (maps.parent / "manifest.yaml").write_text(manifest)
    (maps / "thing.write.yaml").write_text(f"format: 1\ndocument: {kind}\ncodec: json\n{text}")
    found = Pack((folder,))["erp/small"].write_map("thing")
    made = [msgspec.convert({"kind": kind, **each}, AnyDocument) for each in documents]  # type: ignore[call-overload]
    return json.loads(render_documents(found, made).payload)


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ("{path: direction, equals: payable}", "those of which direction is payable"),
        ("{path: direction, in: [payable, both]}", "direction is payable or both"),
        ("{path: direction, not_in: [receivable]}", "direction is not receivable"),
        ("due_date", "due_date is there"),
        ("{path: seller, present: true}", "seller is there"),
        ("[number, {path: status, present: false}]", "number is there and status is not there"),
    ],
)
def test_a_document_that_the_map_does_not_take_is_refused_in_words(
    tmp_path: Path, when: str, words: str
) -> None:
    text = f"when: {when}\nfields: {{No: number}}\n"
    taken: dict[str, Any] = {"number": "1", "direction": "payable", "due_date": "2026-01-31"}
    taken["seller"] = {"name": "A"}
    assert rendered(tmp_path, text, taken) == {"No": "1"}
    with pytest.raises(UnknownConnector, match=words):
        rendered(tmp_path, text, {"status": "x", "direction": "receivable"})


def test_a_condition_over_a_list_of_texts_holds_where_one_of_them_does(tmp_path: Path) -> None:
    text = "when: {path: roles, equals: supplier}\nfields: {Name: name}\n"
    both = {"name": "Acme", "roles": ["customer", "supplier"]}
    assert rendered(tmp_path, text, both, kind="party") == {"Name": "Acme"}
    with pytest.raises(UnknownConnector, match="roles is supplier"):
        rendered(tmp_path, text, {**both, "roles": ["customer"]}, kind="party")


def test_a_line_without_an_id_is_written_with_its_position(tmp_path: Path) -> None:
    text = "fields: {Lines: {each: lines, fields: {Id: id}}}"
    lines = [{"kind": "detail"}, {"kind": "detail", "id": "A"}, {"kind": "info"}]
    found = rendered(tmp_path, text, {"lines": lines})
    assert [line["Id"] for line in found["Lines"]] == ["1", "A", "3"]


GROUPS = """
many: true
fields:
  Batches:
    each: $.documents
    by: [batch_id, currency]
    fields:
      Id: items[0].batch_id
      Count: {path: items, through: [count_of]}
      Sum: {path: "items[*].amount", through: [sum]}
      Payments: {each: items, fields: {No: number}}
"""


def test_documents_that_say_the_same_go_into_one_group_in_their_order(tmp_path: Path) -> None:
    payments = [
        {"number": "1", "batch_id": "B", "amount": "1.10"},
        {"number": "2", "batch_id": "A", "amount": "2.00"},
        {"number": "3", "batch_id": "B", "amount": "2.20"},
        {"number": "4", "amount": "4.00"},
        {"number": "5", "amount": "5.00"},
    ]
    batches = rendered(tmp_path, GROUPS, *payments, kind="payment")["Batches"]
    assert [batch.get("Id") for batch in batches] == ["B", "A", None]
    assert [batch["Count"] for batch in batches] == [2, 1, 2]
    assert batches[0]["Sum"] == 3.3
    assert [[each["No"] for each in b["Payments"]] for b in batches] == [
        ["1", "3"],
        ["2"],
        ["4", "5"],
    ]


def test_an_item_can_be_written_as_a_row(tmp_path: Path) -> None:
    text = "fields: {Lines: {each: lines, as: [0, 'a', .], fields: {No: id}}}"
    found = rendered(tmp_path, text, {"lines": [{"kind": "detail"}, {"kind": "detail"}]})
    assert found == {"Lines": [[0, "a", {"No": "1"}], [0, "a", {"No": "2"}]]}


@pytest.mark.parametrize(
    ("row", "first"),
    [
        ("[create, [.]]", ["create", [{"No": "1"}]]),
        ("[4, .No, 0]", [4, "1", 0]),
        ("[add, [[.No], true]]", ["add", [["1"], True]]),
    ],
)
def test_a_row_holds_lists_and_single_fields_of_its_item(
    tmp_path: Path, row: str, first: list[Any]
) -> None:
    text = f"fields: {{Lines: {{each: lines, as: {row}, fields: {{No: id}}}}}}"
    found = rendered(tmp_path, text, {"lines": [{"kind": "detail"}, {"kind": "detail"}]})
    assert found["Lines"][0] == first
    assert len(found["Lines"]) == 2


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("[0, 0]", "a row without its item"),
        ("[4, [.No, .Nr]]", "unknown field 'Nr' of the item; known are No"),
    ],
)
def test_a_row_that_lacks_its_item_is_refused(tmp_path: Path, row: str, words: str) -> None:
    text = f"fields: {{Lines: {{each: lines, as: {row}, fields: {{No: id}}}}}}"
    with pytest.raises(MapError, match=words):
        rendered(tmp_path, text, {"lines": []})


UPWARD = """
many: true
fields:
  Batches:
    each: $.documents
    by: [currency]
    fields:
      Payments:
        each: items
        fields:
          Docs:
            each: allocations
            fields:
              Amount: amount
              Ccy: ^.currency
              First: ^^.items[0].number
              No: ^^^.documents[1].number
"""


def test_a_written_block_sees_the_objects_that_hold_it(tmp_path: Path) -> None:
    payments = [
        {"number": no, "currency": "EUR", "allocations": [{"amount": no}, {"amount": "9"}]}
        for no in ("1", "2")
    ]
    (batch,) = rendered(tmp_path, UPWARD, *payments, kind="payment")["Batches"]
    seen = [[(d["Ccy"], d["First"], d["No"]) for d in p["Docs"]] for p in batch["Payments"]]
    assert seen == [[("EUR", "1", "2"), ("EUR", "1", "2")]] * 2


def test_an_object_in_a_document_sees_the_document(tmp_path: Path) -> None:
    text = "fields: {Seller: {at: seller, fields: {Name: name, No: ^.number}}, Total: number}"
    found = rendered(tmp_path, text, {"number": "7", "seller": {"name": "A"}})
    assert found == {"Seller": {"Name": "A", "No": "7"}, "Total": "7"}


def test_a_block_that_says_something_through_two_fragments_is_written(tmp_path: Path) -> None:
    text = """
fragments:
  party: {fields: {Name: name}}
  sold_to: {use: party, fields: {Role: {const: soldTo}}}
fields: {Partners: [{at: buyer, fields: {Contact: {use: sold_to}}}]}
"""
    found = rendered(tmp_path, text, {"buyer": {"name": "A"}})
    assert found == {"Partners": [{"Contact": {"Name": "A", "Role": "soldTo"}}]}
