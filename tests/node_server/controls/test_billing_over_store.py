"""What a logistics provider reports becomes invoices and credit notes, and changes with it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ..conftest import Served
from .trade import Trade, came, followed, new_trade, order, put_in_force, state

GTIN = "09521321000049"


@pytest.fixture(scope="module")
def served(lasting: Served) -> Served:
    put_in_force(lasting, "billing", {"shipments": True, "returns": True})
    return lasting


@pytest.fixture(autouse=True)
def trade() -> None:
    new_trade()


def sale(quantity: str = "10", **more: Any) -> Any:
    """An order that a customer has placed with us."""
    placed = order(quantity=quantity)
    placed["lines"][0]["item"] |= {"standard_id": {"kind": "item", "value": GTIN}}
    return placed | {"kind": "sales_order", "buyer": Trade.seller()} | more


def left(quantity: int, event: str = "1", **more: Any) -> bytes:
    """The provider's word that goods have left."""
    told = {
        "eventID": Trade.called(event), "type": "ObjectEvent", "action": "OBSERVE",
        "eventTime": "2026-05-06T15:10:00+02:00", "eventTimeZoneOffset": "+02:00",
        "bizStep": "shipping", "disposition": "in_transit",
        "readPoint": {"id": "https://id.gs1.org/414/5412345000198"},
        "destinationList": [
            {"type": "location", "destination": "https://id.gs1.org/414/4006381000000"}
        ],
        "quantityList": [{"epcClass": f"https://id.gs1.org/01/{GTIN}", "quantity": quantity}],
        "bizTransactionList": [
            {"type": "po", "bizTransaction": Trade.called("PO-1")},
            {"type": "desadv", "bizTransaction": Trade.called(f"DN-{event}")},
        ],
    }  # fmt: skip
    return json.dumps({"type": "EPCISDocument", "epcisBody": {"eventList": [told | more]}}).encode()


def reported(served: Served, data: bytes) -> str:
    found: str = served.take_in(data)["documents"][0]["id"]
    followed(served)
    return found


def billed(served: Served, number: str, kind: str = "invoice") -> Any:
    query = f"/v1/documents?kind={kind}&number={Trade.called(number)}"
    rows = served.get(query).get_json()["data"]
    return rows[0] if rows else None


def test_an_order_that_comes_after_the_goods_have_left_is_billed(served: Served) -> None:
    reported(served, left(10))
    assert billed(served, "INV-DN-1") is None
    came(served, sale())
    invoice = billed(served, "INV-DN-1")
    assert (invoice["state"], invoice["amount"]) == ("matched", "50.00")


def test_a_corrected_shipment_corrects_its_invoice(served: Served) -> None:
    came(served, sale())
    shipment = reported(served, left(12))
    invoice = billed(served, "INV-DN-1")
    assert state(served, invoice["id"])[:2] == ("exception", "over_invoiced")
    assert reported(served, left(9)) == shipment
    now = billed(served, "INV-DN-1")
    assert (now["id"], now["revision"], now["amount"]) == (invoice["id"], 2, "45.00")
    assert state(served, now["id"]) == ("matched", None, False)


def test_what_did_not_leave_after_all_takes_its_invoice_along(served: Served) -> None:
    came(served, sale())
    reported(served, left(10))
    wrong = {"declarationTime": "2026-05-07T08:00:00Z", "reason": "did_not_occur"}
    reported(served, left(10, errorDeclaration=wrong))
    assert billed(served, "INV-DN-1")["state"] == "archived"


def test_goods_of_no_order_line_wait_for_a_person(served: Served) -> None:
    came(served, sale())
    other = [{"epcClass": "https://id.gs1.org/01/09521321000056", "quantity": 1}]
    shipment = reported(served, left(1, quantityList=other))
    query = f"/v1/exceptions?record_id={shipment}&state=open"
    (found,) = served.get(query).get_json()["data"]
    assert (found["code"], found["holds"]) == ("not_billable", False)
    assert "no order line was found" in found["summary"]
    refused = served.post(f"/v1/documents/{shipment}/bill")
    assert (refused.status_code, refused.get_json()["code"]) == (409, "step_refused")


def test_two_customers_may_number_their_orders_alike(served: Served) -> None:
    ours = {"name": "We", "ids": [{"kind": "vat", "value": "BE0712345630"}]}
    served.call("PUT", "/v1/entities/BE01", json={"own_ids": ["BE0712345630"]})
    for quantity, buyer in (("10", "4006381000017"), ("3", "4006381000024")):
        came(served, sale(quantity, kind="purchase_order", seller=ours, buyer=party(buyer)))
    owner = [{"type": "owning_party", "destination": "https://id.gs1.org/417/4006381000024"}]
    reported(served, left(3, destinationList=owner))
    invoice = billed(served, "INV-DN-1")
    assert invoice["document"]["buyer"]["ids"][0]["value"] == "4006381000024"
    assert state(served, invoice["id"]) == ("matched", None, False)


def party(gln: str) -> dict[str, Any]:
    return {"name": f"Customer {gln}", "ids": [{"kind": "party", "scheme": "0088", "value": gln}]}


def test_billing_the_same_shipment_again_makes_no_second_invoice(served: Served) -> None:
    came(served, sale())
    shipment = reported(served, left(10))
    again = served.post(f"/v1/documents/{shipment}/bill")
    assert (again.status_code, again.get_json()["action"]) == (200, "replay")
    assert again.get_json()["id"] == billed(served, "INV-DN-1")["id"]


def test_what_we_buy_is_not_billed(served: Served) -> None:
    came(served, order())
    shipment = reported(served, left(10))
    assert billed(served, "INV-DN-1") is None
    assert served.post(f"/v1/documents/{shipment}/bill").status_code == 409
