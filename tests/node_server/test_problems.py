"""One shape for every failure, on every route; bad input is never a fault of the server."""

from __future__ import annotations

import gzip
import json
import logging
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from node_server.app import create_app
from node_server.config import Settings
from node_server.deadline import TimeUp, within
from node_server.operations.access import make_key
from node_server.resources.endpoint import ENDPOINTS, Endpoint
from node_server.resources.problems import PROBLEM_SCHEMA

from .conftest import INVOICE, Served
from .test_access import ABSENT, CLOSED, body_for, filled


def judged(answer: Any) -> dict[str, Any]:
    """The problem, after it was seen to be one."""
    assert answer.headers["Content-Type"] == "application/problem+json", answer.text
    problem: dict[str, Any] = answer.get_json()
    jsonschema.validate(problem, PROBLEM_SCHEMA)
    assert problem["status"] == answer.status_code
    assert problem["message"] == problem["detail"] != ""
    assert "error" not in problem, "n8n would show this instead of the message"
    assert problem["trace_id"] in answer.headers["traceparent"]
    if answer.status_code in (409, 429, 503) and problem["retriable"]:
        assert "Retry-After" in answer.headers
    return problem


@pytest.mark.parametrize("each", CLOSED, ids=lambda each: each.name)
def test_every_route_refuses_in_one_shape(lasting: Served, each: Endpoint) -> None:
    path = filled(each.path, ABSENT)
    judged(lasting.client.open(path, method=each.method, **body_for(each)))
    judged(lasting.call("PROPFIND", path))
    judged(lasting.call(each.method, path + "?no_such_parameter=1", **body_for(each)))
    if each.body is not None and "*/*" not in each.body.types:
        wrong = lasting.call(each.method, path, data="<a/>", headers={"Content-Type": "text/xml"})
        assert judged(wrong)["code"] == "unsupported_media_type"
        broken = lasting.call(
            each.method, path, data="{", headers={"Content-Type": "application/json"}
        )
        assert judged(broken)["code"] == "body_invalid"


def test_what_is_not_there_is_a_problem_too(served: Served) -> None:
    assert judged(served.get("/v1/nothing"))["code"] == "not_found"
    assert judged(served.call("DELETE", "/v1/map"))["code"] == "method_not_allowed"


def test_all_wrong_parameters_are_told_at_once(served: Served) -> None:
    problem = judged(served.get("/v1/documents?limit=0&kind=bill&nubmer=1&cursor=x"))
    assert {each["path"] for each in problem["errors"]} == {"limit", "kind", "nubmer"}
    assert "number" in next(e["hint"] for e in problem["errors"] if e["path"] == "nubmer")


def test_a_cursor_of_somebody_else_is_refused(served: Served) -> None:
    assert judged(served.get("/v1/documents?cursor=zzz"))["errors"][0]["path"] == "cursor"


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"", 400, "body_invalid"),
        (b"\x00\xff\xfe garbage", 400, "body_unreadable"),
        (b"<a><b></a>", 400, "body_unreadable"),
        (b'{"hello": "world"}', 422, "unclaimed"),
        (b"<unknown xmlns='urn:x'/>", 422, "unclaimed"),
        (b"[" * 100_000, 400, "body_unreadable"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', 400, "body_unreadable"),
    ],
)
@pytest.mark.parametrize("path", ["/v1/map", "/v1/documents"])
def test_bytes_that_cannot_be_read_are_told_from_those_nobody_takes(
    served: Served, path: str, data: bytes, status: int, code: str
) -> None:
    answer = served.post(path, data=data, headers={"Content-Type": "application/octet-stream"})
    assert answer.status_code == status, answer.text
    assert judged(answer)["code"] == code


def test_a_packed_body_is_unpacked_and_capped(served: Served, tmp_path: Path) -> None:
    packed = {"Content-Encoding": "gzip"}
    assert served.post("/v1/map", data=gzip.compress(INVOICE), headers=packed).status_code == 200
    refused = served.post("/v1/map", data=gzip.compress(INVOICE)[:-20], headers=packed)
    assert judged(refused)["code"] == "body_unreadable"
    other = served.post("/v1/map", data=INVOICE, headers={"Content-Encoding": "br"})
    assert other.status_code == 415


def test_a_body_over_the_limit_is_refused_packed_or_not(tmp_path: Path) -> None:
    settings = Settings(data=str(tmp_path), max_body=10_000, log_level="error")
    app = create_app(settings)
    house = app.extensions["counterfoil"].house
    headers = {"X-Api-Key": make_key(house, "t", "k", ["admin"])["key"]}
    client = app.test_client()
    large = b" " * 10_001
    assert judged(client.post("/v1/map", data=large, headers=headers))["code"] == "body_too_large"
    bomb = {**headers, "Content-Encoding": "gzip"}
    packed = gzip.compress(b" " * 5_000_000)
    assert judged(client.post("/v1/map", data=packed, headers=bomb))["code"] == "body_too_large"


def test_a_long_answer_points_to_ndjson(tmp_path: Path) -> None:
    settings = Settings(data=str(tmp_path), max_items=2, log_level="error")
    app = create_app(settings)
    house = app.extensions["counterfoil"].house
    headers = {"X-Api-Key": make_key(house, "t", "k", ["admin"])["key"]}
    bills = json.dumps(
        {"Invoices": [
            {"Type": "ACCPAY", "InvoiceID": f"{n:032x}", "InvoiceNumber": str(n),
             "Contact": {"Name": "A"}, "LineItems": []}
            for n in range(3)
        ]}
    )  # fmt: skip
    client = app.test_client()
    problem = judged(client.post("/v1/map", data=bills, headers=headers))
    assert problem["code"] == "result_too_large"
    assert "ndjson" in problem["message"]
    lines = client.post(
        "/v1/map", data=bills, headers={**headers, "Accept": "application/x-ndjson"}
    )
    rows = [json.loads(line) for line in lines.text.splitlines()]
    assert [next(iter(row)) for row in rows].count("record") == 3
    assert rows[-1]["result"]["records"] == 3


def test_what_curl_calls_a_form_is_a_payload(served: Served) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert served.post("/v1/map", data=INVOICE, headers=headers).status_code == 200


def test_too_many_requests_are_told_when_to_come_back(tmp_path: Path) -> None:
    app = create_app(Settings(data=str(tmp_path), rate_limit="3/minute", log_level="error"))
    house = app.extensions["counterfoil"].house
    client = app.test_client()
    one, two = (make_key(house, "t", name, ["reader"])["key"] for name in "ab")
    for _ in range(3):
        assert client.get("/v1/documents", headers={"X-Api-Key": one}).status_code == 200
    problem = judged(client.get("/v1/documents", headers={"X-Api-Key": one}))
    assert (problem["code"], problem["retriable"]) == ("rate_limited", True)
    assert client.get("/v1/documents", headers={"X-Api-Key": two}).status_code == 200


def test_a_fault_of_ours_tells_its_trace_and_nothing_else(
    served: Served, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = next(each for each in ENDPOINTS if each.name == "list_documents")

    def fails(*_: Any, **__: Any) -> None:
        raise RuntimeError("password=hunter2")

    from node_server.operations import documents

    monkeypatch.setattr(documents, "list_documents", fails)
    answer = served.get(found.path)
    problem = judged(answer)
    assert (answer.status_code, problem["outcome"]) == (500, "uncertain")
    assert "hunter2" not in answer.text
    logging.shutdown()


def test_work_past_its_time_is_given_up(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    import connectors

    def forever(*_: Any, **__: Any) -> None:
        while True:
            pass

    monkeypatch.setattr(connectors, "map_payload", forever)
    server = served.client.application.extensions["counterfoil"]
    short = replace(served.house.settings, time_limit=1)
    monkeypatch.setattr(server, "house", replace(served.house, settings=short))
    assert judged(served.post("/v1/map", data=INVOICE))["code"] == "time_limit"


def test_a_deadline_does_not_reach_beyond_its_block() -> None:
    for _ in range(200):
        with within(0.001):
            pass
        sum(range(1000))
    with pytest.raises(TimeUp):
        _forever()


def _forever() -> None:
    with within(0.02):
        while True:
            pass


def test_a_callers_trace_is_taken_over(served: Served) -> None:
    mine = "4bf92f3577b34da6a3ce929d0e0e4736"
    answer = served.get("/v1/documents", headers={"traceparent": f"00-{mine}-00f067aa0ba902b7-01"})
    assert mine in answer.headers["traceparent"]
    broken = served.get("/v1/documents", headers={"traceparent": f"00-{mine}-zz-01"})
    assert mine not in broken.headers["traceparent"]
