"""A payment stands still while an invoice that it settles is held."""

from __future__ import annotations

import json
from typing import Any

import pytest

from node_server.operations.excepting import Finding, raise_on
from node_server.operations.keeping import Keeper
from node_server.store import records

from .conftest import Desk, Open

FOUND = Finding("match", "price_variance", "5 % over the order")


@pytest.fixture
def there(desk: Open) -> Desk:
    return desk("sim/unique")


def payment(target: dict[str, str], payee: dict[str, Any]) -> bytes:
    document = {
        "kind": "payment", "number": "P-1", "direction": "out", "amount": "119.00",
        "currency": "EUR", "value_date": "2026-02-28", "entity": "DE01",
        "means": "58", "payee": payee,
        "allocations": [{"target": {"role": "invoice", **target}, "amount": "119.00"}],
    }  # fmt: skip
    return json.dumps(document).encode()


def hold(there: Desk, record_id: str) -> None:
    with there.served.house.store.writing(f"acme:record:{record_id}") as connection:
        stored = records.get(connection, "acme", record_id, to_change=True)
        assert stored is not None
        keeper = Keeper(connection, "acme", "control:match")
        raise_on(keeper, stored, FOUND)
        keeper.finish()


SAME = {"name": "Supplier 1 GmbH"}
OTHER = {"name": "Supplier 1 GmbH", "ids": [{"kind": "vat", "value": "ATU57780814"}]}
VAT = {"name": "Else", "ids": [{"kind": "vat", "value": "DE123456788"}]}
NAME = {"name": "Quite Another Ltd"}


@pytest.mark.parametrize("by", ["id", "number"])
def test_a_payment_waits_for_the_release_of_its_invoice(there: Desk, by: str) -> None:
    bill = there.invoice("INV-1")
    hold(there, bill)
    paid = there.taken(payment({by: bill if by == "id" else "INV-1"}, SAME))
    there.moved(paid, "approved")
    there.post(paid)
    assert (there.row["state"], there.target.objects("payment")) == ("held", [])
    assert there.row["why"].startswith("payment_hold: INV-1")
    path = f"/v1/documents/{bill}/release"
    assert there.served.post(path, "approver", json={"reason": "agreed"}).status_code == 200
    there.served.post(f"/v1/counterfoils/{there.row['key']}/retry", json={"reason": "released"})
    there.work()
    assert there.row["state"] == "confirmed"


def test_an_invoice_that_is_held_after_the_payment_was_planned_stops_it(there: Desk) -> None:
    bill = there.invoice("INV-1")
    paid = there.moved(there.taken(payment({"number": "INV-1"}, SAME)), "approved")
    there.post(paid)
    assert there.row["state"] == "pending"
    hold(there, bill)
    there.work()
    assert (there.row["state"], there.target.objects("payment")) == ("held", [])


@pytest.mark.parametrize(("payee", "state"), [(OTHER, "pending"), (VAT, "held"), (NAME, "held")])
def test_the_same_number_of_certainly_another_supplier_does_not(
    there: Desk, payee: dict[str, Any], state: str
) -> None:
    said = {"name": "Supplier 1 GmbH", "ids": [{"kind": "vat", "value": "DE123456788"}]}
    hold(there, there.invoice("INV-1", seller=said))
    paid = there.moved(there.taken(payment({"number": "INV-1"}, payee)), "approved")
    there.post(paid)
    assert there.row["state"] == state
