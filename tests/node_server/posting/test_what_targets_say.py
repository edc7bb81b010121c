"""Reading answers and searches by the manifest, and putting key and mark into their places."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from requests.structures import CaseInsensitiveDict

from canonical_model.identity import outbound_key
from canonical_model.identity.outbound import OutboundKey
from connectors._transport import Answer
from node_server.operations.posting.effects import Effect
from node_server.operations.posting.hearing import News, hear, last_segment
from node_server.operations.posting.holds import (
    closed_period,
    reason_to_hold,
    reason_to_refuse,
    seconds_of_maintenance,
)
from node_server.operations.posting.judging import Rules
from node_server.operations.posting.looking import Search, rules_of, search_of, see
from node_server.operations.posting.marking import is_marked, put, put_key, put_mark, spelt

KEY = outbound_key("create", target="erp/xero", connection="x", record="inv_1")
XERO = {
    "id": "Invoices[0].InvoiceID", "success": "Invoices[0].InvoiceID",
    "idempotency": {"class": "replay", "window": 360},
}  # fmt: skip
GOCARDLESS = {
    "id": "payments.id",
    "idempotency": {
        "class": "reject",
        "conflict": {
            "status": 409, "path": "error.errors[0].reason",
            "contains": "idempotent_creation_conflict",
            "id": "error.errors[0].links.conflicting_resource_id",
        },
    },
}  # fmt: skip
API = {
    "error": "message", "error_code": "code", "throttled": [{"status": 403, "contains": "slow"}],
}  # fmt: skip


def answer(status: int, body: Any = None, **headers: str) -> Answer:
    data = (
        body if isinstance(body, bytes) else json.dumps(body if body is not None else {}).encode()
    )
    named = CaseInsensitiveDict({n.replace("_", "-"): v for n, v in headers.items()})
    return Answer(status, named, data, "https://x.example/y", 0.1)


@pytest.mark.parametrize(
    ("spec", "given_", "wait", "wanted"),
    [
        (XERO, answer(200, {"Invoices": [{"InvoiceID": "a-1"}]}), None,
         News("done", 200, target_id="a-1")),
        (XERO, answer(200, {"message": "bad", "code": 10}), None,
         News("refused", 200, "bad", "10")),
        (XERO, answer(200, b"<html>"), None, News("unclear", 200, "it answered without a result")),
        ({"id": "Id"}, answer(200, {}), None, News("unclear", 200, "it answered without an id")),
        ({}, answer(204, b"", Location="https://x/record/vendorBill/42"), None,
         News("done", 204, target_id="42")),
        (GOCARDLESS, answer(409, {"error": {"errors": [
            {"reason": "idempotent_creation_conflict",
             "links": {"conflicting_resource_id": "PM1"}}]}}), None,
         News("done", 409, "it answered 409", target_id="PM1", replayed=True)),
        (GOCARDLESS, answer(409, {"error": {"errors": [
            {"reason": "idempotent_creation_conflict"}]}}), None,
         News("conflict", 409, "it answered 409")),
        (GOCARDLESS, answer(409, {"message": "mandate is cancelled"}), None,
         News("refused", 409, "mandate is cancelled")),
        (XERO, answer(429), 7, News("busy", 429, "it answered 429", wait=7.0)),
        (XERO, answer(403, {"message": "slow down"}), 60,
         News("busy", 403, "slow down", wait=60.0)),
        (XERO, answer(503), 7, News("unclear", 503, "it answered 503", wait=7.0)),
        *((XERO, answer(status), None, News("unclear", status, f"it answered {status}"))
          for status in (301, 307, 408, 500, 502, 504)),
        *((XERO, answer(status), None, News("refused", status, f"it answered {status}"))
          for status in (400, 409, 412, 422)),
        *((XERO, answer(status), None, News("denied", status, f"it answered {status}"))
          for status in (402, 403, 404, 405, 410, 413, 415, 501)),
        *((XERO, answer(status), None, News("busy", status, f"it answered {status}"))
          for status in (423, 425)),
        (XERO, answer(401), None, News("barred", 401, "it answered 401")),
    ],
)  # fmt: skip
def test_what_an_answer_is_heard_as(
    spec: dict[str, Any], given_: Answer, wait: float | None, wanted: News
) -> None:
    assert hear(given_, spec, API, wait) == wanted


@given(st.integers(100, 599), st.binary(max_size=60), st.sampled_from([None, 0, 5]))
def test_any_answer_is_heard_as_something(status: int, body: bytes, wait: float | None) -> None:
    for spec in (XERO, GOCARDLESS, {}):
        news = hear(answer(status, body), spec, API, wait)
        assert news.heard != "done" or status == 409 or 200 <= status < 300


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("https://x/v1/Bills(42)", "42"),
        ("https://x/v1/Bills('A-1')?$select=x", "A-1"),
        ("/services/rest/record/v1/vendorBill/17/", "17"),
        ("", ""),
    ],
)
def test_the_id_at_the_end_of_an_address(url: str, wanted: str) -> None:
    assert last_segment(url) == wanted


QBO = {
    "idempotency": {
        "class": "replay", "marker": {"path": "DocNumber", "natural": True},
        "lookup": {
            "path": "/query", "params": {"query": "… where DocNumber = '{field:DocNumber}'"},
            "items": "QueryResponse.Bill", "match": {"VendorRef.value": "{field:VendorRef.value}"},
            "id": "Id",
        },
    },
}  # fmt: skip
SENT = {"DocNumber": "7", "VendorRef": {"value": "9"}}


def rows(*found: dict[str, Any]) -> Answer:
    return answer(200, {"QueryResponse": {"Bill": list(found)}})


@pytest.mark.parametrize(
    ("found", "seen", "target"),
    [
        (rows({"Id": "1", "VendorRef": {"value": "9"}}), "found", "1"),
        (rows({"Id": "1", "VendorRef": {"value": "9"}}, {"Id": "2", "VendorRef": {"value": "3"}}),
         "found", "1"),
        (rows({"Id": "1", "VendorRef": {"value": "9"}}, {"Id": "2", "VendorRef": {"value": "9"}}),
         "several", ""),
        (rows({"Id": "2", "VendorRef": {"value": "3"}}), "nothing", ""),
        (rows(), "nothing", ""),
        (answer(200, {"QueryResponse": {}}), "nothing", ""),
        (answer(200, {"Other": 1}), "failed", ""),
        (answer(200, {"message": "no such column"}), "failed", ""),
        (answer(200, b"<html>"), "failed", ""),
        (answer(500), "failed", ""),
        (answer(404), "failed", ""),
        (answer(401), "barred", ""),
        (rows({"VendorRef": {"value": "9"}}), "failed", ""),
        (rows(*({"Id": str(n), "VendorRef": {"value": "3"}} for n in range(100))), "failed", ""),
    ],
)  # fmt: skip
def test_what_a_search_shows(found: Answer, seen: str, target: str) -> None:
    sight = see(search_of(QBO, SENT), found, API, None)
    assert (sight.seen, sight.target_id) == (seen, target)


def test_what_cannot_be_compared_is_for_a_person() -> None:
    """No vendor was sent: a bill of that number may be another vendor's."""
    search = search_of(QBO, {"DocNumber": "7"})
    assert search.looks == "proof"
    assert see(search, rows({"Id": "1"}), API, None).seen == "several"
    assert see(search, rows(), API, None).seen == "nothing"


@pytest.mark.parametrize(
    ("lookup", "tree", "looks"),
    [
        (None, SENT, "none"),
        ({"path": "/x", "params": {"q": "{marker}"}, "id": "id"}, SENT, "proof"),
        ({"path": "/x", "params": {"q": "{marker}"}, "id": "id"}, {}, "none"),
        ({"path": "/x/{field:DocNumber}", "id": "id"}, SENT, "proof"),
        ({"path": "/x", "body": {"q": ["ref = '{marker}'"]}, "id": "id"}, SENT, "proof"),
        ({"path": "/{realm}/x", "match": {"n": "{marker}"}, "id": "id"}, SENT, "hint"),
        ({"path": "/x", "id": "id"}, SENT, "none"),
    ],
)
def test_what_a_search_can_prove(lookup: Any, tree: Any, looks: str) -> None:
    mark = "7" if tree else ""
    assert Search(lookup, tree, mark).looks == looks


def test_rules_come_from_the_manifest() -> None:
    effect = Effect("erp/x", "c", "inv_1", 1, "bill")
    spec = {"idempotency": {"class": "upsert", "marker": {"path": "ext"}}}
    tree: dict[str, Any] = {}
    put_mark(effect.key, spec["idempotency"]["marker"], tree)  # type: ignore[arg-type]
    ours = rules_of(spec, search_of(spec, tree), effect, 5)
    assert ours == Rules("upsert", None, "none", ours=True, quiet=5)
    assert not rules_of(spec, search_of(spec, {"ext": "typed in"}), effect, 5).ours
    assert rules_of({}, search_of({}, None), effect, 5).kind == "none"


def test_a_field_that_is_empty_makes_nothing_unique() -> None:
    spec = {"idempotency": {"class": "unique", "marker": {"path": "code", "natural": True}}}
    effect = Effect("erp/tryton", "c", "pty_1", 1, "party")
    kinds = [
        rules_of(spec, search_of(spec, tree), effect, 60.0).kind
        for tree in ({"code": "77", "name": "A"}, {"name": "A"})
    ]
    assert kinds == ["unique", "none"]


@pytest.mark.parametrize(
    ("spec", "wanted"),
    [
        ({"form": "uuid", "max": 50}, KEY.uuid),
        ({"form": "uuid", "max": 32}, KEY.hex32),
        ({"form": "hex"}, KEY.hex32),
        ({"form": "text"}, KEY.hex64),
        ({"form": "text", "max": 40}, KEY.cut(40)),
        ({"form": "uuid", "max": 20}, KEY.cut(20)),
    ],
)
def test_the_key_is_spelt_as_the_target_takes_it(spec: dict[str, Any], wanted: str) -> None:
    assert spelt(KEY, spec) == wanted


def test_the_key_goes_to_its_place() -> None:
    tree: dict[str, Any] = {}
    put_key(KEY, {"in": "body", "name": "control.id", "form": "uuid"}, tree)
    assert tree == {"control": {"id": KEY.uuid}}
    header = put_key(KEY, {"in": "header", "name": "Idempotency-Key", "form": "uuid"}, tree)
    assert header.headers == {"Idempotency-Key": KEY.uuid}
    assert put_key(KEY, {"in": "query", "name": "requestid"}, tree).params["requestid"]
    assert put_key(KEY, {"in": "path", "name": "externalId"}, tree).values["externalId"]


def test_the_mark_leaves_what_is_there_and_is_found_again() -> None:
    marker = {"path": "Payments[0].Reference", "max": 60}
    empty: dict[str, Any] = {"Payments": [{}]}
    put_mark(KEY, marker, empty)
    assert is_marked(KEY, empty["Payments"][0]["Reference"])
    filled: dict[str, Any] = {"Payments": [{"Reference": "Rent May"}]}
    put_mark(KEY, marker, filled)
    assert filled["Payments"][0]["Reference"].startswith("Rent May ")
    assert is_marked(KEY, filled["Payments"][0]["Reference"])
    full: dict[str, Any] = {"Payments": [{"Reference": "x" * 50}]}
    put_mark(KEY, marker, full)
    assert full["Payments"][0]["Reference"] == "x" * 50
    assert not is_marked(KEY, "x" * 50)


def test_a_natural_mark_is_left_alone() -> None:
    tree: dict[str, Any] = {}
    put_mark(KEY, {"path": "DocNumber", "natural": True}, tree)
    assert tree == {}


@given(st.binary(min_size=32, max_size=32), st.integers(16, 255))
def test_a_mark_always_fits(digest: bytes, most: int) -> None:
    tree: dict[str, Any] = {}
    put_mark(OutboundKey((), digest), {"path": "a.b[0].c", "max": most}, tree)
    assert 16 <= len(tree["a"]["b"][0]["c"]) <= most


def test_a_place_may_have_any_name() -> None:
    tree: dict[str, Any] = {"list": [{"x": 1}]}
    put(tree, '"invoice-number"', "1")
    put(tree, "list[0].y", "2")
    put(tree, "list[1].z", "3")
    assert tree == {"list": [{"x": 1, "y": "2"}, {"z": "3"}], "invoice-number": "1"}


STANDING = {"kind": "invoice", "state": "approved", "payment_hold": False, "exception_code": None}


@pytest.mark.parametrize(
    ("changes", "holds", "refuses"),
    [
        ({}, False, False),
        ({"state": "posted"}, False, False),
        ({"state": "validated"}, False, True),
        ({"state": "validated", "kind": "party"}, False, False),
        ({"state": "matched", "kind": "bank_transaction"}, False, False),
        ({"state": "archived"}, False, True),
        ({"payment_hold": True}, True, False),
        ({"state": "exception", "exception_code": "price_variance"}, True, False),
        ({"state": "exception", "exception_code": "target_rejected"}, False, False),
    ],
)
def test_what_holds_a_document(changes: dict[str, Any], holds: bool, refuses: bool) -> None:
    standing = STANDING | changes
    assert (reason_to_hold(standing) is not None) == holds
    assert (reason_to_refuse(standing) is not None) == refuses


def test_a_period_is_closed_from_its_first_to_its_last_day() -> None:
    calendar = {"closed": [{"from": "2026-01-01T00:00Z", "to": "2026-01-31T23:59Z"}]}
    for day, closed in ((1, True), (31, True)):
        document = SimpleNamespace(issue_date=date(2026, 1, day))
        assert (closed_period(calendar, document) is not None) == closed
    assert closed_period(calendar, SimpleNamespace(issue_date=date(2026, 2, 1))) is None
    assert closed_period(calendar, SimpleNamespace()) is None


def test_maintenance_ends_with_the_last_window_that_is_open() -> None:
    now = datetime(2026, 1, 1, 12, tzinfo=UTC)
    windows = [
        {"from": "2026-01-01T11:00Z", "to": "2026-01-01T13:00Z"},
        {"from": "2026-01-01T11:00Z", "to": "2026-01-01T12:30Z"},
        {"from": "2026-01-01T14:00Z", "to": "2026-01-01T15:00Z"},
    ]
    assert seconds_of_maintenance({"windows": windows}, now) == 3600
    assert seconds_of_maintenance({}, now) == 0
