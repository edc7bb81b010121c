"""One payload, several maps of a connector: each takes its own records."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from canonical_model.envelope import Context
from connectors._engine.mapping import Result, map_bytes
from connectors._engine.pack import Pack
from connectors.errors import UnknownConnector

BILL = """format: 1
document: invoice
codec: json
each: rows
when: {path: credit, present: false}
recognises: {where: "rows[0].no", shares: true}
known_losses: ["rows.private"]
fields: {number: no}
"""
CREDIT = """format: 1
extends: bill.read
document: credit_note
when: {path: credit, equals: true}
"""
PARTY = """format: 1
document: party
codec: json
each: people
recognises: {has: [people, rows], shares: true}
fields: {name: name}
"""


def pack(folder: Path, **maps: str) -> Pack:
    own = folder / "erp" / "shop" / "maps"
    own.mkdir(parents=True)
    resources = ", ".join(f"{name}: {{title: T}}" for name in maps)
    manifest = f"format: 1\ntitle: Shop\nresources: {{{resources}}}\n"
    (own.parent / "manifest.yaml").write_text(manifest)
    for name, text in maps.items():
        (own / f"{name}.read.yaml").write_text(text)
    return Pack((folder,))


def mapped(found: Pack, payload: Any, **options: Any) -> Result:
    return map_bytes(found, json.dumps(payload).encode(), context=Context(), **options)


def told(result: Result) -> list[tuple[str, str | None]]:
    numbers = [getattr(record.document, "number", None) for record in result.records]
    kinds = [type(record.document).__struct_config__.tag for record in result.records]
    return list(zip(map(str, kinds), numbers, strict=True))


def test_each_record_goes_to_the_map_that_takes_it_in_the_order_of_the_payload(
    tmp_path: Path,
) -> None:
    found = pack(tmp_path, bill=BILL, credit=CREDIT)
    result = mapped(found, {"rows": [{"no": "1"}, {"no": "2", "credit": True}, {"no": "3"}]})
    assert told(result) == [("invoice", "1"), ("credit_note", "2"), ("invoice", "3")]
    assert [r.source.raw_path for r in result.records] == [f"rows[{n}]" for n in range(3)]
    assert (result.connector, result.resource, result.issues) == ("erp/shop", "bill", [])


def test_a_connector_that_is_named_shares_as_well(tmp_path: Path) -> None:
    found = pack(tmp_path, bill=BILL, credit=CREDIT)
    rows = {"rows": [{"no": "1", "credit": True}]}
    result = mapped(found, rows, connector="erp/shop")
    assert (told(result), result.resource) == ([("credit_note", "1")], "credit")
    assert told(mapped(found, rows, connector="erp/shop", resource="bill")) == []


def test_a_resource_without_a_connector_is_looked_for_everywhere(tmp_path: Path) -> None:
    found = pack(tmp_path, bill=BILL, credit=CREDIT)
    rows = {"rows": [{"no": "1"}, {"no": "2", "credit": True}]}
    assert told(mapped(found, rows, resource="credit")) == [("credit_note", "2")]
    with pytest.raises(UnknownConnector, match="no connector reads 'credti'; did you mean credit"):
        mapped(found, rows, resource="credti")
    (issue,) = mapped(found, {"other": 1}, resource="credit").issues
    assert issue.code == "unclaimed"


def test_a_record_that_no_map_takes_is_told(tmp_path: Path) -> None:
    found = pack(tmp_path, bill=BILL, credit=CREDIT)
    result = mapped(found, {"rows": [{"no": "1"}, {"no": "2", "credit": "later"}]})
    assert told(result) == [("invoice", "1")]
    (issue,) = result.issues
    assert (issue.code, issue.severity, issue.source_path) == ("not_taken", "warning", "rows[1]")


def test_maps_with_fewer_conditions_share_too(tmp_path: Path) -> None:
    found = pack(tmp_path, bill=BILL, credit=CREDIT, party=PARTY)
    result = mapped(found, {"people": [{"name": "Ann"}], "rows": [{"no": "1"}]})
    assert sorted(told(result), key=str) == [("invoice", "1"), ("party", None)]
    # ... but a map that does not share leaves nothing to others, and does not join them.
    alone = pack(tmp_path / "b", bill=BILL, party=PARTY.replace(", shares: true", ""))
    assert told(mapped(alone, {"people": [{"name": "Ann"}], "rows": [{"no": "1"}]})) == [
        ("party", None)
    ]


def test_a_tie_with_another_connector_stays_one(tmp_path: Path) -> None:
    pack(tmp_path, bill=BILL)
    (tmp_path / "erp/shop").rename(tmp_path / "erp/other")
    found = pack(tmp_path, bill=BILL)
    (issue,) = mapped(found, {"rows": [{"no": "1"}]}).issues
    assert issue.code == "ambiguous"
    assert "erp/other/bill, erp/shop/bill" in issue.message


def test_what_no_map_reads_is_told_once_with_its_record(tmp_path: Path) -> None:
    found = pack(tmp_path, bill=BILL, credit=CREDIT)
    rows = [{"no": "1", "x": 1, "private": 5}, {"no": "2", "credit": True, "y": 2}]
    result = mapped(found, {"page": 7, "rows": rows}, unmapped=True)
    unread = [[each.source_path for each in record.unmapped] for record in result.records]
    assert unread == [["page", "rows[0].x"], ["rows[1].y"]]
