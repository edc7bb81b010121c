"""Every ready workflow of `examples/n8n/`, imported as it is and run."""

from __future__ import annotations

import io
import json
import time
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import requests

from canonical_model import schemas
from node_server.simulators import Simulator
from tests.n8n.n8n_host import Execution, N8n
from tests.n8n.samples import camt, invoice, ubl
from tests.n8n.standing import Server
from tests.n8n.workflows import file_item

Json = dict[str, Any]
ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "examples/n8n"
SAMPLES = ROOT / "connectors"
BUYER_IN_PDF = "eingang@lindenau.example"
RUN: set[str] = set()


@pytest.fixture(scope="module")
def credentials(n8n: N8n, server: Server, credential: Json) -> dict[str, Json]:
    """What the examples call their credentials."""
    data = {"baseUrl": server.url, "apiKey": server.keys["approver"]}
    header = {"name": "X-Api-Key", "value": server.keys["n8n"]}
    return {
        "Counterfoil": credential["counterfoilApi"],
        "Counterfoil approver": n8n.credential("approver", "counterfoilApi", data),
        "Counterfoil key": n8n.credential("key", "httpHeaderAuth", header),
    }


@pytest.fixture(scope="module")
def begun(n8n: N8n, server: Server, credentials: dict[str, Json]) -> Any:
    """Begin a ready workflow with items at its first node, as a person would after the import."""

    def begin(name: str, items: list[Json]) -> str:
        RUN.add(name)
        text = (FOLDER / f"{name}.json").read_text()
        workflow = json.loads(text.replace("http://127.0.0.1:8400", server.url))
        for node in workflow["nodes"]:
            for kind, stated in node.get("credentials", {}).items():
                node["credentials"][kind] = credentials[stated["name"]]
        first = workflow["nodes"][0]["name"]
        return n8n.begin(workflow | {"pinData": {first: items}})

    return begin


@pytest.fixture(scope="module")
def ran(n8n: N8n, begun: Any) -> Any:
    def run(name: str, items: list[Json]) -> Execution:
        found = n8n.ended(begun(name, items))
        assert found.status == "success", found.error.get("message")
        return found

    return run


def out(found: Execution, node: str) -> list[Json]:
    """What came out of a node, if it ran."""
    ran = found.data["resultData"]["runData"]
    return [each["json"] for each in found.outputs(node)[0]] if node in ran else []


def pdf() -> bytes:
    """A PDF with an invoice in it, as Factur-X has it."""
    made = pikepdf.new()
    made.add_blank_page()
    data = (SAMPLES / "ap/cii/samples/invoice/xrechnung-direct-debit.in.xml").read_bytes()
    made.attachments["factur-x.xml"] = pikepdf.AttachedFileSpec(
        made, data, filename="factur-x.xml", mime_type="text/xml"
    )
    into = io.BytesIO()
    made.save(into)
    return into.getvalue()


@pytest.mark.parametrize("kind", ["xml", "pdf"])
def test_a_mailed_invoice_waits_for_approval_and_is_posted(
    n8n: N8n, begun: Any, server: Server, xero: Simulator, kind: str
) -> None:
    data, mime = ubl("MAIL-1"), "application/xml"
    if kind == "pdf":
        data, mime = pdf(), "application/pdf"
        own = {"own_ids": ["FR40303265045", BUYER_IN_PDF]}
        server.asked("PUT", "/v1/entities/FR01", json=own)
        time.sleep(2.5)  # the server believes what it knows of entities for so long
    mail = file_item(data, f"invoice.{kind}", mime)
    mail["binary"]["attachment_0"] = mail["binary"].pop("data")
    execution = begun("invoice-mail-to-erp", [mail])
    waiting = n8n.ended(execution, also="waiting")
    assert waiting.status == "waiting", waiting.error.get("message")
    [asked] = out(waiting, "Ask for approval")
    answer = requests.get(asked["approve_at"], timeout=60)
    assert answer.status_code == 200, answer.text
    done = n8n.ended(execution)
    assert done.status == "success", done.error["message"]
    [posted] = out(done, "Post to the ERP")
    assert posted["state"] == "confirmed"


def test_a_statement_is_reconciled_with_what_is_open(ran: Any, server: Server) -> None:
    found = ran("statement-to-matched-payments", [file_item(camt("EX-1"), "s.xml", "text/xml")])
    assert out(found, "Take it in")[0]["kind"] == "bank_statement"
    assert "Reconcile" in found.data["resultData"]["runData"]


def test_what_does_not_fit_is_in_the_exception_queue(ran: Any) -> None:
    bill = invoice("3W-1")
    bill["lines"][0]["price"]["net"] = "95"
    order, receipt = (json.loads(schemas.example(k)) for k in ("purchase_order", "goods_receipt"))
    item = {"json": {"body": {"documents": [order, receipt, bill]}}}
    found = ran("three-way-match", [item])
    assert len(out(found, "Take in")) == 3
    assert len(out(found, "Match")) == 1
    held = out(found, "Read exceptions")
    assert held
    assert {each["control"] for each in held} >= {"match"}


def test_a_shopify_order_becomes_order_shipment_and_invoice(ran: Any) -> None:
    folder = SAMPLES / "commerce/shopify/samples"
    order = json.loads((folder / "order/two_rates.in.json").read_text())
    order = order.get("order", order)
    shipment = json.loads((folder / "fulfillment/posted.in.json").read_text())
    shipment = shipment.get("fulfillment", shipment)
    item = {"json": {"body": order | {"fulfillments": [shipment]}}}
    found = ran("shopify-order-to-invoice", [item])
    assert out(found, "Store the order")[0]["kind"] == "sales_order"
    assert out(found, "Store the shipment")[0]["kind"] == "shipment"
    assert out(found, "Store the invoice")[0]["kind"] == "invoice"
    assert found.outputs("Write it as UBL")[0][0]["binary"]["data"]["fileSize"]


def test_a_supplier_is_checked_screened_and_stored(ran: Any) -> None:
    form = {"Name": "Möbelwerk Süd GmbH", "VAT number": "DE136695976", "Country": "DE"}
    found = ran("vendor-onboarding", [{"json": form}])
    assert out(found, "Screen it")[0]["verdict"] in ("clear", "review", "block")
    wrong = ran("vendor-onboarding", [{"json": form | {"VAT number": "DE000000000"}}])
    assert out(wrong, "Store it") == []
    assert out(wrong, "Send the form back")


def test_what_could_not_be_posted_is_told(ran: Any, server: Server, xero: Simulator) -> None:
    made = server.asked("POST", "/v1/documents?connector=canonical", "n8n", json=invoice("DEAD-1"))[
        "documents"
    ][0]["id"]
    step = {"to": "approved", "reason": "fine"}
    server.asked("POST", f"/v1/documents/{made}/transitions", "approver", json=step)
    xero.fail(next=["refuse@create"])
    body = {"document": made}
    server.call("POST", "/v1/connections/xero-main/post?wait=30", "n8n", json=body)
    found = ran("dead-letter-watch", [{"json": {}}])
    assert made in str(out(found, "Tell a person"))


def test_plain_http_requests_do_the_same(ran: Any) -> None:
    file = file_item(ubl("HTTP-1"), "invoice.xml", "application/xml")
    found = ran("plain-http", [file])
    assert out(found, "Read it")[0]["document"]["number"] == "HTTP-1"
    again = ran("plain-http", [file])
    assert out(again, "Was there before") or out(again, "One by one")[0]["action"] == "replay"


def test_every_example_is_run() -> None:
    assert {each.stem for each in FOLDER.glob("*.json")} == RUN
