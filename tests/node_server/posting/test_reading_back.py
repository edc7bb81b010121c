"""What a ledger that keeps no keys tells: of a lost answer, of what others entered, of payment."""

from __future__ import annotations

import json
from typing import Any

import pytest

from node_server.operations.pulling.rows import changed_at
from tests.node_server.posting.conftest import Desk, Open

LEDGERS = ["erp/tryton", "erp/odoo"]
RESOURCES = {"erp/tryton": "invoice", "erp/odoo": "bill"}
SUPPLIER = {"name": "Supplier 1 GmbH", "code": "S1", "addresses": [{"id": 5}]}


def with_supplier(there: Desk) -> str:
    """The ledger's list of suppliers is read, and one of them is the one that bills."""
    resource = "party" if there.target.name == "erp/tryton" else "partner"
    (supplier,) = there.target.put(resource, SUPPLIER)
    there.served.post(f"/v1/connections/{there.connection}/masters")
    row = {"value": "name:supplier 1 gmbh", "target": supplier}
    path = f"/v1/connections/{there.connection}/crosswalks/supplier"
    kept = there.served.call("PUT", path, json={"rows": [row]})
    assert kept.status_code == 200, kept.text
    return supplier


def pulled(there: Desk) -> dict[str, int]:
    body = {"resource": RESOURCES[there.target.name], "full": True}
    answer = there.served.post(f"/v1/connections/{there.connection}/pull", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, int] = answer.get_json()["actions"]
    return found


@pytest.mark.parametrize("ledger", LEDGERS)
def test_a_lost_answer_is_found_by_number_and_supplier(desk: Open, ledger: str) -> None:
    there = desk(ledger)
    with_supplier(there)
    record = there.invoice("B-1")
    there.target.fail(next=["lost@create"])
    there.post(record)
    there.work()
    (kept,) = there.target.objects(RESOURCES[ledger])
    assert (there.row["state"], there.row["target_id"]) == ("confirmed", str(kept["id"]))
    assert there.row["attempts"] == 1


@pytest.mark.parametrize("ledger", LEDGERS)
def test_what_others_have_entered_is_found_before_it_is_sent(desk: Open, ledger: str) -> None:
    there = desk(ledger, connect=False)
    there.connect(look_first=True)
    with_supplier(there)
    first, second = there.invoice("B-1"), there.invoice("B-2", seller={"name": "Supplier 1 GmbH"})
    there.post(first)
    there.work()
    assert len(there.target.objects(RESOURCES[ledger])) == 1
    payload = json.loads(there.row["body"])
    entered = payload["vals_list"][0] if "vals_list" in payload else payload
    name = "ref" if ledger == "erp/odoo" else "reference"
    (typed,) = there.target.put(RESOURCES[ledger], {**entered, name: "B-2"})
    there.post(second)
    there.work()
    row = next(row for row in there.rows() if row["record_id"] == second)
    assert (row["state"], row["target_id"], row["attempts"]) == ("confirmed", typed, 0), row["why"]
    assert len(there.target.objects(RESOURCES[ledger])) == 2
    assert there.document(second)["state"] == "posted"


def test_what_the_ledger_says_is_paid_is_paid(desk: Open) -> None:
    there = desk("erp/tryton")
    with_supplier(there)
    record = there.invoice("B-1")
    there.post(record)
    there.work()
    assert pulled(there) == {"replay": 1}
    owed = {"__class__": "Decimal", "decimal": "0.00"}
    total = {"__class__": "Decimal", "decimal": "119.00"}
    paid: dict[str, Any] = {"state": "paid", "amount_to_pay": owed, "total_amount": total}
    there.target.change("invoice", there.row["target_id"], **paid)
    assert pulled(there) == {"settle": 1}
    assert there.document(record)["state"] == "paid"
    assert there.events().count("paid") == 1
    assert pulled(there) == {"replay": 1}


def test_an_invoice_names_the_address_of_its_supplier(desk: Open) -> None:
    there = desk("erp/tryton")
    supplier = with_supplier(there)
    dry = there.post(there.invoice("B-1"), dry_run=True).get_json()
    shown = json.loads(dry["request"]["body"])
    assert (str(shown["party"]), shown["invoice_address"]) == (supplier, 5)


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        ({"year": 2026, "month": 4, "day": 8, "hour": 9, "minute": 5, "second": 1},
         "2026-04-08T09:05:01"),
        ({"year": 2026, "month": 13, "day": 8}, None),
        ({"no": "moment"}, None),
        ("2026-04-08 09:05:01", "2026-04-08T09:05:01"),
    ],
)  # fmt: skip
def test_when_a_row_was_changed(told: Any, wanted: str | None) -> None:
    found = changed_at({"write_date": told}, {"field": "write_date"})
    assert (found or "").startswith(wanted or "")
    assert (found is None) == (wanted is None)
