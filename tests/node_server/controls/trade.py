"""A small trade: orders, receipts, invoices and credits, as documents that come in."""

from __future__ import annotations

import hashlib
import itertools
import json
from decimal import Decimal
from typing import Any

from node_server.operations.control_handlers import HANDLERS
from node_server.operations.controls_following import Controller

from ..conftest import Served

DAY = "2026-01-31"
_trades = itertools.count(1)


class Trade:
    """What one test deals with: a supplier and numbers that no other test on its server has."""

    number = 0

    @classmethod
    def new(cls) -> None:
        cls.number = next(_trades)

    @classmethod
    def called(cls, number: str) -> str:
        return f"{number}-T{cls.number}"

    @classmethod
    def seller(cls) -> dict[str, Any]:
        # Names that are not alike, or tests would suspect each other.
        name = hashlib.sha256(str(cls.number).encode()).hexdigest()[:12]
        return {"name": name, "master_id": f"S-{name}"}


def new_trade() -> None:
    """Other numbers and another supplier from now on."""
    Trade.new()


BUYER = {"name": "Atelier Lumière SARL", "ids": [{"kind": "vat", "value": "FR40303265045"}]}


def order(number: str = "PO-1", quantity: str = "10", price: str = "5", **more: Any) -> Any:
    return _trade("purchase_order", number, quantity, price, named=None) | more


def invoice(
    number: str, quantity: str = "10", price: str = "5", named: str | None = "PO-1", **more: Any
) -> Any:
    return _trade("invoice", number, quantity, price, named) | {"direction": "payable"} | more


def credit(number: str, quantity: str, price: str = "5", **more: Any) -> Any:
    document = _trade("credit_note", number, quantity, price, named="PO-1")
    return document | {"direction": "payable"} | more


def receipt(number: str, quantity: str, named: str | None = "PO-1", **more: Any) -> Any:
    return _movement("goods_receipt", number, quantity, named) | more


def returned(number: str, quantity: str, **more: Any) -> Any:
    return _movement("return", number, quantity, "PO-1") | {"direction": "to_supplier"} | more


def _trade(kind: str, number: str, quantity: str, price: str, named: str | None) -> Any:
    named = None if named is None else Trade.called(named)
    net = f"{Decimal(quantity) * Decimal(price):.2f}"
    line = {
        "id": "1", "quantity": quantity, "unit": "C62", "price": {"net": price}, "net": net,
        "item": {"name": "Chair, oak", "seller_id": "CH-100"},
        "refs": [{"role": "order", "number": named, "line": "1"}] if named else [],
    }  # fmt: skip
    totals = {"lines": net, "net": net, "tax": "0.00", "gross": net, "payable": net}
    return {
        "kind": kind, "number": Trade.called(number), "issue_date": DAY, "currency": "EUR",
        "seller": Trade.seller(), "buyer": BUYER, "lines": [line],
        "totals": totals if named is not None or kind == "invoice" else {"lines": net},
    }  # fmt: skip


def _movement(kind: str, number: str, quantity: str, named: str | None) -> Any:
    named = None if named is None else Trade.called(named)
    line = {
        "id": "1", "quantity": quantity, "unit": "C62",
        "item": {"name": "Chair, oak", "seller_id": "CH-100"},
        "refs": [{"role": "order", "number": named, "line": "1"}] if named else [],
    }  # fmt: skip
    return {"kind": kind, "number": Trade.called(number), "posting_date": DAY, "lines": [line],
            "from_party": Trade.seller(), "to_party": BUYER}  # fmt: skip


def came(served: Served, *documents: Any, follow: bool = True) -> list[str]:
    """Ids of documents that came in, after the controls have followed."""
    found = []
    for each in documents:
        data = json.dumps(each).encode()
        taken = served.post("/v1/documents?connector=canonical", "mapper", data=data)
        assert taken.status_code in (200, 201), taken.text
        found.append(taken.get_json()["documents"][0]["id"])
    if follow:
        followed(served)
    return found


def followed(served: Served) -> None:
    """The controls have done what the events ask for."""
    controller = Controller(served.house, HANDLERS)
    while controller.round():
        pass


def state(served: Served, record_id: str) -> tuple[str, str | None, bool]:
    """Where a document is, why it is held there, and whether its payment waits."""
    document = served.get(f"/v1/documents/{record_id}").get_json()
    held = document.get("exception") or {}
    return document["state"], held.get("code"), document["payment_hold"]


def exceptions_of(served: Served, record_id: str) -> list[tuple[str, str]]:
    """Code and state of every exception that a document has had."""
    rows = served.get(f"/v1/documents/{record_id}/match").get_json()["exceptions"]
    return [(row["code"], row["state"]) for row in rows]


def put_in_force(served: Served, name: str, settings: dict[str, Any]) -> None:
    """Settings of a control, proposed by one and activated by another."""
    path = f"/v1/control-settings/{name}"
    version = served.call("PUT", path, "controller", json=settings).get_json()["version"]
    done = served.post(f"{path}/{version}/activate", json={"reason": "as agreed"})
    assert done.status_code == 200, done.text
