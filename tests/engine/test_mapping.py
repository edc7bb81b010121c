"""From bytes to records: any bytes give a result, and the result says what became of them."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import connectors
from canonical_model.envelope import Context
from connectors._engine.mapping import Result, map_bytes
from connectors._engine.pack import Pack
from connectors.errors import UnknownConnector

MANIFEST = "format: 1\ntitle: {name}\nchannel: api\nresources: {{bill: {{title: Bill}}}}\n"
BILL = """format: 1
version: 3
document: invoice
codec: json
each: bills
recognises: {{has: [bills, {mark}]}}
source: {{object_type: {{const: bill}}, object_id: id}}
fields: {{number: no, currency: cur, balance: rest}}
"""


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    for name, mark in (("one", "first"), ("two", "second"), ("three", "second")):
        maps = tmp_path / "erp" / name / "maps"
        maps.mkdir(parents=True)
        (maps.parent / "manifest.yaml").write_text(MANIFEST.format(name=name), "utf-8")
        (maps / "bill.read.yaml").write_text(BILL.format(mark=mark), "utf-8")
    return Pack((tmp_path,))


def mapped(pack: Pack, payload: Any, **options: Any) -> Result:
    data = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return map_bytes(pack, data, context=options.pop("context", Context()), **options)


ONE = {"first": 1, "bills": [{"id": "a1", "no": "7", "cur": "EUR", "rest": 5}]}


def test_a_record_says_where_it_comes_from(pack: Pack) -> None:
    result = mapped(pack, ONE)
    assert (result.connector, result.resource, result.format) == ("erp/one", "bill", "json")
    assert result.issues == []
    (record,) = result.records
    source = record.source
    assert (source.system, source.channel, source.mapping) == ("one", "api", "erp/one/bill.read@3")
    assert (source.object_type, source.object_id, source.raw_path) == ("bill", "a1", "bills[0]")
    assert str(record.document.balance) == "5.00"  # type: ignore[union-attr]


def test_a_constant_of_the_source_needs_nothing_else(pack: Pack) -> None:
    (record,) = mapped(pack, {"first": 1, "bills": [{"no": "7"}]}).records
    assert (record.source.object_type, record.source.object_id) == ("bill", None)


def test_a_payload_of_two_maps_is_ambiguous_until_one_is_named(pack: Pack) -> None:
    payload = {"second": 1, "bills": [{"no": "7"}]}
    result = mapped(pack, payload)
    assert [issue.code for issue in result.issues] == ["ambiguous"]
    assert "erp/three/bill, erp/two/bill" in result.issues[0].message
    assert mapped(pack, payload, connector="two").connector == "erp/two"
    assert mapped(pack, payload, connector="one", resource="bill").connector == "erp/one"


def test_a_payload_of_no_map_is_unclaimed_and_shows_names_only(pack: Pack) -> None:
    (issue,) = mapped(pack, {"iban": "DE89370400440532013000"}).issues
    assert (issue.code, issue.actual) == ("unclaimed", "iban")
    assert "DE89" not in issue.message


@pytest.mark.parametrize("payload", [{"first": 1, "bills": [{}]}, {"first": 1, "bills": "x"}])
def test_a_record_without_anything_known_is_still_a_record(pack: Pack, payload: Any) -> None:
    (record,) = mapped(pack, payload, connector="one", resource="bill").records
    assert "missing_field" in {issue.code for issue in record.issues}


def test_a_payload_with_nothing_in_it_says_so(pack: Pack) -> None:
    result = mapped(pack, {"first": 1, "bills": []}, connector="one", resource="bill")
    assert [issue.code for issue in result.issues] == ["no_documents"]
    assert result.records == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"connector": "eno"}, "no connector 'eno'"),
        ({"connector": "one", "resource": "bil"}, "cannot read 'bil'; it can bill"),
    ],
)
def test_an_unknown_name_is_the_callers_mistake(pack: Pack, options: Any, words: str) -> None:
    with pytest.raises(UnknownConnector, match=words):
        mapped(pack, ONE, **options)


def test_the_context_reaches_the_record(pack: Pack) -> None:
    (record,) = mapped(pack, ONE, context=Context(entity="DE01", direction="payable")).records
    assert record.document.entity == "DE01"
    assert record.document.direction == "payable"  # type: ignore[union-attr]


def test_what_was_not_read_is_given_when_asked_for(pack: Pack) -> None:
    payload = {**ONE, "bills": [*ONE["bills"], {"no": "8", "left": "x"}]}  # type: ignore[misc]
    assert all(not record.unmapped for record in mapped(pack, payload).records)
    first, second = mapped(pack, payload, unmapped=True).records
    assert [each.source_path for each in first.unmapped] == ["first"]
    assert [each.source_path for each in second.unmapped] == ["bills[1].left"]


def test_many_records_take_time_in_proportion(pack: Pack) -> None:
    def seconds(count: int) -> float:
        bills = [{"no": str(n), "left": "x", "more": {"a": [1, 2]}} for n in range(count)]
        began = time.process_time()
        mapped(pack, {"first": 1, "bills": bills}, unmapped=True)
        return time.process_time() - began

    seconds(10)
    assert seconds(1600) < 12 * seconds(200) + 0.5


def test_many_lines_that_nobody_claims_are_told_in_time(pack: Pack) -> None:
    lines = "\n".join(f'{{"k{n}": {n}}}' for n in range(20_000)).encode()
    began = time.process_time()
    result = mapped(pack, lines)
    assert time.process_time() - began < 10
    assert {issue.code for issue in result.issues} == {"unclaimed"}


@given(st.binary(max_size=200))
def test_any_bytes_give_a_result_that_says_something(data: bytes) -> None:
    result = connectors.map_payload(data, unmapped=True)
    assert result.records or result.issues


@given(st.sampled_from(connectors.names()), st.binary(max_size=60))
def test_any_bytes_can_be_given_to_any_connector(name: str, data: bytes) -> None:
    for resource in connectors.pack()[name].map_names():
        result = connectors.map_payload(data, connector=name, resource=resource)
        assert result.records or result.issues


TEXTS = st.text(max_size=6) | st.sampled_from(["ACCPAY", "2026-02-30", "1e5", "EUR", "\u0000"])
NODES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["Type", "Contact", "LineItems", "Total", "Date"]), inner)
    ),
    max_leaves=12,
)


@given(NODES)
def test_any_json_through_a_real_map_gives_records_or_issues(node: Any) -> None:
    data = json.dumps({"Invoices": node}).encode()
    result = connectors.map_payload(data, connector="xero", resource="invoice", unmapped=True)
    assert result.records or result.issues
