"""`/v1/nodes`: any operation for many items, each by itself, and none of them twice."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from canonical_model import schemas
from node_server.n8n.offers import offered
from node_server.resources.openapi import openapi
from tests.node_server.conftest import BILL, INVOICE, Served

Json = dict[str, Any]


def invoice(number: str) -> Json:
    made: Json = json.loads(schemas.example("invoice"))
    return made | {"number": number}


def file(data: bytes) -> Json:
    return {"binary": {"data": {"data": base64.b64encode(data).decode(), "fileName": "a.xml"}}}


def executed(served: Served, node: str, items: list[Json], **more: Any) -> list[Json]:
    role, key = more.pop("role", "poster"), more.pop("key", None)
    headers = {"Idempotency-Key": key} if key else {}
    body = {"items": items, "parameters": more}
    answer = served.post(f"/v1/nodes/{node}/execute", role, json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    results: list[Json] = answer.get_json()["results"]
    assert [each["item"] for each in results] == list(range(len(items)))
    return results


def test_items_are_files_texts_or_json(lasting: Served) -> None:
    items = [
        file(INVOICE),
        {"json": {"payload": INVOICE.decode()}, "parameters": {"text_field": "payload"}},
        {"json": json.loads(BILL)},
    ]
    found = [each["outputs"][0] for each in executed(lasting, "map", items)]
    assert [each["json"]["connector"] for each in found] == ["ap/ubl", "ap/ubl", "erp/xero"]
    assert [each["pairedItem"] for each in found] == [{"item": n} for n in range(3)]
    assert found[0]["json"]["document"] == found[1]["json"]["document"]


def test_what_is_wrong_with_one_is_told_in_its_place(lasting: Served) -> None:
    items = [file(INVOICE), {"json": {"x": 1}}, {"parameters": {"nothing": "1"}, "json": {}}]
    good, unclaimed, unknown = executed(lasting, "map", items)
    assert good["ok"]
    assert (unclaimed["ok"], unclaimed["problem"]["code"]) == (False, "unclaimed")
    assert "no parameter 'nothing'" in unknown["problem"]["message"]


def test_an_item_is_carried_out_once_under_its_key_and_place(lasting: Served) -> None:
    items = [{"json": invoice(f"N-{n}"), "place": n} for n in range(3)]
    first = executed(lasting, "ingest", items, key="run-1", connector="canonical")
    again = executed(lasting, "ingest", items, key="run-1", connector="canonical")
    assert again == first
    # The same places in parts of another size are the same.
    [last] = executed(lasting, "ingest", items[2:], key="run-1", connector="canonical")
    assert last["ok"], last
    assert last["outputs"][0]["json"] == first[2]["outputs"][0]["json"]
    fresh = executed(lasting, "ingest", items, key="run-2", connector="canonical")
    assert {each["outputs"][0]["json"]["action"] for each in fresh} == {"replay"}


def test_a_refusal_for_good_is_told_again_too(lasting: Served) -> None:
    made = executed(lasting, "ingest", [{"json": invoice("S-1")}], connector="canonical")
    record = made[0]["outputs"][0]["json"]["id"]
    step = [{"json": {"id": record}, "parameters": {"to": "approved"}}]
    one, two = (executed(lasting, "move", step, key="k") for _ in range(2))
    assert one[0]["problem"]["code"] == "forbidden"
    assert one == two


def test_rendered_files_come_in_base64(lasting: Served) -> None:
    stated = {"connector": "ap/ubl", "resource": "invoice"}
    [made] = executed(lasting, "render", [{"json": {"document": invoice("R-1")}}], **stated)
    binary = made["outputs"][0]["binary"]["data"]
    assert binary["fileName"] == "invoice.xml"
    assert b"R-1" in base64.b64decode(binary["data"])


def test_lists_say_where_they_go_on(lasting: Served) -> None:
    items = [{"json": invoice(f"L-{n}") | {"currency": "CHF"}} for n in range(3)]
    executed(lasting, "ingest", items, connector="canonical")
    stated: Json = {"limit": 2, "currency": "CHF"}
    [page] = executed(lasting, "list_documents", [{}], **stated)
    assert len(page["outputs"]) == 2
    [rest] = executed(lasting, "list_documents", [{}], **stated, cursor=page["next_cursor"])
    assert [each["json"]["number"] for each in rest["outputs"]] == ["L-2"]
    assert "next_cursor" not in rest


def test_a_form_left_empty_states_nothing(lasting: Served) -> None:
    [page] = executed(lasting, "list_documents", [{}], kind="", number=None)
    assert page["ok"]


def test_a_node_lets_in_who_may_do_what_it_does(lasting: Served) -> None:
    body = {"items": [{"json": invoice("X")}]}
    answer = lasting.post("/v1/nodes/ingest/execute", "reader", json=body)
    assert answer.status_code == 403
    assert lasting.post("/v1/nodes/delete_key/execute", json=body).status_code == 404


@pytest.mark.parametrize(
    ("name", "some"),
    [
        ("readers", "ap/ubl"),
        ("writers", "ap/ubl"),
        ("read?connector=erp/xero", "invoice"),
        ("written?connector=ap/ubl", "invoice"),
        ("pulled?connector=erp/xero", "invoice"),
        ("posted?connector=erp/xero", "invoice"),
        ("kinds", "invoice"),
        ("events", "posted"),
        ("entities", "FR01"),
    ],
)
def test_lists_of_forms_offer_choices(lasting: Served, name: str, some: str) -> None:
    lasting.call("PUT", "/v1/entities/FR01", json={"own_ids": ["FR40303265045"]})
    found = lasting.get(f"/v1/nodes/choices/{name}", "poster").get_json()["data"]
    assert some in {each["value"] for each in found}


def test_a_list_is_searched(lasting: Served) -> None:
    found = lasting.get("/v1/nodes/choices/readers?search=XERO", "reader").get_json()["data"]
    assert [each["value"] for each in found] == ["erp/xero"]
    assert lasting.get("/v1/nodes/choices/nothing").status_code == 404
    assert lasting.get("/v1/nodes/choices/connections", "reader").status_code == 403


def test_fields_of_a_kind_are_flat(lasting: Served) -> None:
    found = lasting.get("/v1/nodes/fields/invoice", "reader").get_json()["fields"]
    by_id = {each["id"]: each for each in found}
    assert by_id["totals.gross"]["type"] == "string", "amounts are texts"
    assert by_id["lines"]["type"] == "array"
    assert by_id["direction"]["options"]
    assert lasting.get("/v1/nodes/fields/nothing").status_code == 404


def test_every_control_is_offered_as_soon_as_there_is_a_route(lasting: Served) -> None:
    names = {each.endpoint for each in offered(openapi(""))}
    described = {each["name"] for each in lasting.get("/v1/nodes", "reader").get_json()["data"]}
    assert {"map", "ingest", "move", "post"} <= described
    assert {"map_payloads", "take_in", "move_document", "match_document"} <= names


def test_events_can_be_read_from_now_on(lasting: Served) -> None:
    lasting.take_in(INVOICE)
    begin = lasting.get("/v1/events?after=newest").get_json()
    assert begin["data"] == []
    lasting.take_in(BILL)
    found = lasting.get(f"/v1/events?after={begin['next_cursor']}").get_json()["data"]
    assert found[0]["type"].endswith(".received.v1")
