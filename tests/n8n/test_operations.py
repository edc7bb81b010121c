"""Every operation of the main node in a real n8n, many items in one call."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.n8n.n8n_host import N8n
from tests.n8n.samples import UBL, camt, invoice
from tests.n8n.standing import Server
from tests.n8n.workflows import by_id, chain, file_item, manual, ours

Json = dict[str, Any]


def items_of(
    n8n: N8n, credential: Json, items: list[Json], *stated: str, **more: Any
) -> list[Json]:
    """What one operation makes of some items."""
    resource, operation = stated
    found = n8n.run(chain(manual(), ours(resource, operation, credential, **more), items=items))
    return found.items("Ours")


def test_map_reads_a_file_of_an_item(n8n: N8n, credential: Json) -> None:
    file = file_item(UBL, "invoice.xml", "application/xml")
    [record] = items_of(n8n, credential, [file], "payload", "map")
    assert record["connector"] == "ap/ubl"
    assert record["document"]["kind"] == "invoice"
    assert record["idempotency_key"].startswith("inv_")


def test_map_reads_the_json_of_an_item_and_keeps_items_apart(n8n: N8n, credential: Json) -> None:
    bills = [{"json": {"Type": "ACCPAY", "InvoiceID": f"id-{n}", "InvoiceNumber": f"INV-{n}"}}
             for n in range(3)]  # fmt: skip
    more = {"options": {"connector": "erp/xero", "resourceName": "invoice"}}
    found = items_of(n8n, credential, bills, "payload", "map", **more)
    assert [each["document"]["number"] for each in found] == ["INV-0", "INV-1", "INV-2"]


def test_map_reads_a_text(n8n: N8n, credential: Json) -> None:
    stated = {"inputSource": "text", "text": "={{ $json.statement }}"}
    item = {"json": {"statement": camt("STMT-1").decode()}}
    [record] = items_of(n8n, credential, [item], "payload", "map", **stated)
    assert record["document"]["kind"] == "bank_statement"


def test_explain_says_where_fields_come_from(n8n: N8n, credential: Json) -> None:
    stated = {"connector": "ap/ubl", "resourceName": "invoice"}
    rows = items_of(n8n, credential, [{"json": {}}], "payload", "explain", **stated)
    assert "totals.gross" in {each["path"] for each in rows}


def test_render_puts_a_file_into_the_item(n8n: N8n, credential: Json) -> None:
    stated = {"connector": "ap/ubl", "resourceName": "invoice"}
    workflow = chain(manual(), ours("payload", "render", credential, **stated),
                     items=[{"json": invoice("R-1")}])  # fmt: skip
    found = n8n.run(workflow)
    assert found.status == "success", found.error.get("message")
    [item] = found.outputs("Ours")[0]
    assert item["binary"]["data"]["mimeType"] == "application/xml"
    assert item["binary"]["data"]["fileName"] == "invoice.xml"
    assert item["json"]["issues"] == []


def test_a_file_goes_out_and_in_again_unchanged(n8n: N8n, credential: Json) -> None:
    stated = {"connector": "ap/ubl", "resourceName": "invoice", "name": "Write"}
    read = ours("payload", "map", credential, name="Read")
    items = [{"json": invoice(f"R-{n}")} for n in range(3)]
    write = ours("payload", "render", credential, **stated)
    found = n8n.run(chain(manual(), write, read, items=items)).items("Read")
    assert [each["document"]["number"] for each in found] == ["R-0", "R-1", "R-2"]
    assert found[0]["document"]["totals"] == invoice("R-0")["totals"]


def test_validate_tells_what_does_not_add_up(n8n: N8n, credential: Json) -> None:
    wrong = invoice("V-1")
    wrong["totals"]["gross"] = "477.00"
    items = [{"json": invoice("V-0")}, {"json": wrong}]
    right, bad = items_of(n8n, credential, items, "document", "validate")
    assert not right["records"][0].get("issues")
    assert "totals.gross" in {each["path"] for each in bad["records"][0]["issues"]}


def test_validate_takes_fields_of_the_mapper(n8n: N8n, credential: Json) -> None:
    value = {"number": "={{ $json.no }}", "totals.gross": "119.00", "seller.name": "Nadel"}
    stated = {"inputSource": "fields", "kind": "invoice",
              "fields": {"mappingMode": "defineBelow", "value": value}}  # fmt: skip
    [found] = items_of(n8n, credential, [{"json": {"no": "F-1"}}], "document", "validate", **stated)
    document = found["records"][0]["document"]
    assert (document["number"], document["totals"]["gross"]) == ("F-1", "119.00")
    assert document["seller"]["name"] == "Nadel"


def test_ingest_takes_in_once_whatever_map_gave(n8n: N8n, credential: Json) -> None:
    files = [file_item(camt(f"STMT-{n}"), f"{n}.xml", "application/xml") for n in range(3)]
    mapped = ours("payload", "map", credential, name="Map")
    workflow = chain(manual(), mapped, ours("document", "ingest", credential), items=files)
    assert [each["action"] for each in n8n.run(workflow).items("Ours")] == ["create"] * 3
    assert [each["action"] for each in n8n.run(workflow).items("Ours")] == ["replay"] * 3


@pytest.fixture(scope="module")
def taken_in(server: Server) -> list[str]:
    """Ids of some stored invoices."""
    made = [
        server.asked("POST", "/v1/documents?connector=canonical", "n8n", json=invoice(f"D-{n}"))
        for n in range(7)
    ]
    return [each["documents"][0]["id"] for each in made]


def test_get_fetches_each_document(n8n: N8n, credential: Json, taken_in: list[str]) -> None:
    items = [{"json": {"id": each}} for each in taken_in[:3]]
    found = items_of(n8n, credential, items, "document", "get")
    assert [each["id"] for each in found] == taken_in[:3]


def test_get_many_pages_and_keeps_its_filters(
    n8n: N8n, credential: Json, server: Server, taken_in: list[str]
) -> None:
    of_kind = {"filters": {"kind": "invoice"}}
    few = items_of(n8n, credential, [{"json": {}}], "document", "getAll", limit=5, **of_kind)
    assert len(few) == 5
    every = items_of(
        n8n, credential, [{"json": {}}], "document", "getAll", returnAll=True, **of_kind
    )
    assert {each["kind"] for each in every} == {"invoice"}
    assert set(taken_in) <= {each["id"] for each in every}


def test_change_state_moves_a_document_on(n8n: N8n, credential: Json, taken_in: list[str]) -> None:
    stated = {"documentId": by_id(taken_in[6]), "to": "archived",
              "options": {"reason": "sent to us by mistake", "code": "superseded"}}  # fmt: skip
    [moved] = items_of(n8n, credential, [{"json": {}}], "document", "changeState", **stated)
    assert moved["state"] == "archived"


def test_trace_tells_the_life_of_a_document(
    n8n: N8n, credential: Json, taken_in: list[str]
) -> None:
    [told] = items_of(n8n, credential, [{"json": {"id": taken_in[0]}}], "document", "trace")
    assert told["events"][0]["type"] == "finance.invoice.received.v1"


def test_events_are_read(n8n: N8n, credential: Json, taken_in: list[str]) -> None:
    filters = {"filters": {"types": "finance.invoice.received.v1"}}
    found = items_of(n8n, credential, [{"json": {}}], "event", "getAll", limit=3, **filters)
    assert {each["type"] for each in found} == {"finance.invoice.received.v1"}


def test_what_is_wrong_with_an_item_is_the_headline(n8n: N8n, credential: Json) -> None:
    item = {"json": {"nobody": "knows this"}}
    found = n8n.run(chain(manual(), ours("payload", "map", credential), items=[item]))
    assert found.status == "error"
    assert "claims" in found.error["message"]
    assert found.error["httpCode"] == "422"


MIXED = [
    {"json": {"inputs": json.dumps(invoice("E-0"))}},
    {"json": {"inputs": '{"kind": "invoice", "number": 7}'}},
    {"json": {"inputs": json.dumps(invoice("E-2"))}},
]


@pytest.mark.parametrize("setting", ["continueRegularOutput", "continueErrorOutput"])
def test_an_item_that_fails_does_not_keep_the_others(
    n8n: N8n, credential: Json, setting: str
) -> None:
    stated = {"inputSource": "json", "json": "={{ $json.inputs }}", "on_error": setting}
    node = ours("document", "ingest", credential, **stated)
    node["parameters"]["options"] = {"connector": "canonical"}
    found = n8n.run(chain(manual(), node, items=MIXED))
    assert found.status == "success", found.error.get("message")
    outputs = found.outputs("Ours")
    good = [each for each in outputs[0] if "error" not in each["json"]]
    bad = [each for output in outputs for each in output if "error" in each["json"]]
    assert [each["pairedItem"]["item"] for each in good] == [0, 2]
    assert [each["pairedItem"]["item"] for each in bad] == [1]
    assert "number" in json.dumps(bad[0]["json"])
    if setting == "continueErrorOutput":
        assert [len(each) for each in outputs] == [2, 1]
        assert bad[0]["json"]["inputs"] == MIXED[1]["json"]["inputs"], "the input goes along"


def test_a_wrong_key_is_said_so(n8n: N8n, server: Server) -> None:
    data = {"baseUrl": server.url, "apiKey": "cf_wrong"}
    wrong = {"counterfoilApi": n8n.credential("wrong", "counterfoilApi", data)}
    found = n8n.run(chain(manual(), ours("event", "getAll", wrong), items=[{"json": {}}]))
    assert found.status == "error"
    assert found.error["httpCode"] == "401"


def test_binary_in_is_what_the_server_got(n8n: N8n, credential: Json, server: Server) -> None:
    data = camt("BYTES-1")
    file = file_item(data, "statement.xml", "application/xml")
    items_of(n8n, credential, [file], "document", "ingest")
    told = server.asked("GET", "/v1/documents?kind=bank_statement&limit=1000")
    [record] = [each for each in told["data"] if each["document"]["id"] == "BYTES-1"]
    trace = server.asked("GET", f"/v1/documents/{record['id']}/trace")
    raw = server.call("GET", f"/v1/payloads/{trace['sources'][0]['raw_sha256']}")
    assert raw.content == data
