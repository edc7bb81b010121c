"""The query languages of the targets: what is asked for is what comes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node_server.simulators.conditions import (
    Condition,
    NotUnderstood,
    bracketed,
    filters,
    infix,
    sql,
    triples,
)
from node_server.simulators.places import at, put, steps_of

ROW = {
    "DocNumber": "O'Brien 7",
    "invoice-number": "A-1",
    "Total": 10,
    "Open": True,
    "externalId": "x1",
    "VendorRef": {"value": "56"},
    "MetaData": {"LastUpdatedTime": "2026-03-01T10:00:00Z"},
    "modified": "2026-03-01 10:00:00.123456",
}


@pytest.mark.parametrize(
    ("conditions", "holds"),
    [
        (sql("select * from Bill"), True),
        (sql(r"select * from Bill where DocNumber = 'O\'Brien 7' STARTPOSITION 1"), True),
        (sql("SELECT id FROM transaction WHERE externalid = 'x1'"), True),
        (sql("select * from Bill where Total >= '10' ORDERBY Id MAXRESULTS 5"), True),
        (sql("select * from Bill where MetaData.LastUpdatedTime > '2026-03-01T10:00:00Z'"), False),
        (infix("DocNumber eq 'O''Brien 7' and VendorRef.value eq '56'"), True),
        (infix("DocNumber eq 'O''Brien 7' and VendorRef.value eq '57'"), False),
        (infix("modified gt datetimeoffset'2026-03-01T09:00:00Z'"), True),
        (infix("modified lt datetime'2026-03-01T09:00:00'"), False),
        (infix("Total ne 10"), False),
        (infix("Open eq true"), True),
        (infix('DocNumber=="O\'Brien 7" AND VendorRef.value==Guid("56")'), True),
        (infix("modified >= DateTime(2026,3,1) && Total<11"), True),
        (infix('MetaData.LastUpdatedTime ON_OR_AFTER "2026-03-01"'), True),
        (infix('MetaData.LastUpdatedTime AFTER "2026-03-02"'), False),
        (triples('[["DocNumber","=","O\'Brien 7"]]'), True),
        (triples('[["Purchase Invoice","modified",">","2026-03-01 09:00:00"]]'), True),
        (triples([["Total", "in", [9, 10]], ["DocNumber", "like", "%brien%"]]), True),
        (triples('["OR", ["modified", ">", "2027-01-01T00:00:00"], ["Total", "=", 10]]'), True),
        (triples(["OR", ["Total", "=", 9], ["Total", "=", 8]]), False),
        (filters([{"$eq": {"VendorRef.value": "56"}}, {"$gte": {"Total": 10}}]), True),
        (filters([{"$eq": {"VendorRef.value": "57"}}]), False),
        (filters([{"$in": {"Total": [9, 10]}}, {"$like": {"DocNumber": "brien"}}]), True),
        (bracketed("invoice-number[eq]", "A-1"), True),
        (bracketed("modified[gte]", "2026-03-02"), False),
        (infix("nothing.there eq 'x'"), False),
        (infix("nothing gt 3"), False),
    ],
)
def test_a_row_meets_what_is_asked(conditions: list[Condition], *, holds: bool) -> None:
    assert all(each.holds(ROW) for each in conditions) is holds


@pytest.mark.parametrize("text", ["a ~ 'b'", "a eq 'b' or c eq 'd'", "(a eq 'b')", "a eq"])
def test_what_is_not_understood_is_told(text: str) -> None:
    with pytest.raises(NotUnderstood):
        infix(text)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    for read in (infix, sql, triples):
        try:
            found = read(text)
        except NotUnderstood:
            continue
        assert all(isinstance(each.holds(ROW), bool) for each in found)


@given(value=st.text(max_size=20))
def test_a_quoted_text_means_itself(value: str) -> None:
    doubled = value.replace("\\", "\\\\").replace("'", "''")
    (condition,) = infix(f"a eq '{doubled}'")
    assert condition.value == value


@given(value=st.integers() | st.text(max_size=5))
@pytest.mark.parametrize(
    "path", ["a", "a.b", "a[0].b", "[0].c", '"o:x"[1].d', "Invoices[0].Contact.ContactID"]
)
def test_what_is_put_at_a_place_is_found_there(path: str, value: Any) -> None:
    assert at(put({}, path, value), steps_of(path)) == value
