"""The generated subflows in a real Node-RED: imported, deployed, given payloads, made to fail."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from canonical_model import schemas
from node_server.orchestrators.node_red import files
from node_server.simulators import Simulator
from tests.n8n.standing import Server, free_port
from tests.node_red.conftest import NodeRed
from tests.node_server.conftest import INVOICE

pytestmark = pytest.mark.slow

Json = dict[str, Any]
WHY = [
    {"t": "set", "p": "payload", "pt": "msg", "to": "error", "tot": "msg"},
    {"t": "set", "p": "statusCode", "pt": "msg", "to": "500", "tot": "num"},
]


def flow(kind: str, server: Server, **stated: str) -> list[Json]:
    """What is sent to it goes through the node; the answer is its message, or the error."""
    return [
        {"id": "in", "type": "http in", "method": "post", "wires": [["ours"]]},
        {"id": "ours", "type": f"counterfoil-{kind}", "COUNTERFOIL_URL": server.url,
         "CONNECTOR": "", "wires": [["out"]], **stated},
        {"id": "catch", "type": "catch", "scope": None, "uncaught": False, "wires": [["why"]]},
        {"id": "why", "type": "change", "rules": WHY, "wires": [["out"]]},
        {"id": "out", "type": "http response", "wires": []},
    ]  # fmt: skip


def document(number: str) -> bytes:
    made = json.loads(schemas.example("invoice")) | {"number": number}
    return json.dumps(made).encode()


def test_node_red_loads_all_four_nodes(node_red: NodeRed) -> None:
    ours = {"counterfoil-map", "counterfoil-ingest", "counterfoil-post", "counterfoil-events"}
    assert ours <= node_red.types()


def test_a_payload_becomes_a_canonical_document(node_red: NodeRed, server: Server) -> None:
    node_red.deploy(flow("map", server), server.keys["n8n"])
    status, found = node_red.sent(INVOICE)
    assert status == 200, found
    assert found["connector"] == "ap/ubl"
    assert found["records"][0]["document"]["kind"] == "invoice"


def test_what_goes_wrong_goes_to_catch_with_the_servers_sentence(
    node_red: NodeRed, server: Server
) -> None:
    node_red.deploy(flow("map", server), server.keys["n8n"])
    status, why = node_red.sent(b'{"x": 1}', "application/json")
    assert status == 500
    assert why["message"].startswith("no connector")
    assert server.keys["n8n"] not in json.dumps(why)


def test_a_server_that_is_not_there_goes_to_catch_once(node_red: NodeRed, server: Server) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    node_red.deploy(flow("map", server, COUNTERFOIL_URL=nowhere), server.keys["n8n"])
    status, why = node_red.sent(INVOICE)
    assert status == 500
    assert "ECONNREFUSED" in why["message"]


def test_what_is_taken_in_is_posted_once(
    node_red: NodeRed, server: Server, xero: Simulator
) -> None:
    node_red.deploy(flow("ingest", server, CONNECTOR="canonical"), server.keys["n8n"])
    _, taken = node_red.sent(document("NR-1"), "application/json")
    record = taken["documents"][0]["id"]
    step = {"to": "approved", "reason": "checked"}
    server.asked("POST", f"/v1/documents/{record}/transitions", "approver", json=step)
    node_red.deploy(flow("post", server, CONNECTION="xero-main"), server.keys["n8n"])
    for replayed in (False, True):
        wish = json.dumps({"id": record}).encode()
        status, posted = node_red.sent(wish, "application/json")
        assert status == 200, posted
        assert (posted["state"], posted["replayed"]) == ("confirmed", replayed)
    assert len(xero.objects("invoice")) == 1


def test_events_come_as_messages(node_red: NodeRed, server: Server) -> None:
    keep = "const seen = flow.get('seen') || []; seen.push(msg.payload); flow.set('seen', seen);"
    show = "msg.payload = flow.get('seen') || []; return msg;"
    nodes: list[Json] = [
        {"id": "ours", "type": "counterfoil-events", "COUNTERFOIL_URL": server.url,
         "TYPES": "finance.invoice.*.v1", "wires": [["keep"]]},
        {"id": "keep", "type": "function", "func": keep, "outputs": 0, "libs": [], "wires": []},
        {"id": "in", "type": "http in", "method": "post", "wires": [["show"]]},
        {"id": "show", "type": "function", "func": show,
         "outputs": 1, "libs": [], "wires": [["out"]]},
        {"id": "out", "type": "http response", "wires": []},
    ]  # fmt: skip
    node_red.deploy(nodes, server.keys["n8n"])
    time.sleep(2)
    path = "/v1/documents?connector=canonical"
    record = server.asked("POST", path, data=document("NR-E"))["documents"][0]["id"]
    seen: list[Json] = []
    end = time.monotonic() + 40
    while not seen and time.monotonic() < end:
        time.sleep(0.5)
        _, seen = node_red.sent(b"{}", "application/json")
    assert {each["subject"] for each in seen} == {record}
    assert len({each["id"] for each in seen}) == len(seen)


def test_the_example_of_the_package_is_a_flow_that_node_red_takes(
    node_red: NodeRed, server: Server
) -> None:
    nodes = json.loads(files()["examples/map a file.json"])
    for each in nodes:
        each |= {"COUNTERFOIL_URL": server.url} if "COUNTERFOIL_URL" in each else {}
    node_red.deploy([each for each in nodes if each["type"] != "tab"], server.keys["n8n"])
