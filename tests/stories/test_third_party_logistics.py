"""A logistics provider ships for us; what it confirms is invoiced, what comes back is credited.

Customers order by Peppol, the provider reports what left and what came back as EPCIS events. Carl
releases what the controls hold, Olga approves, Pia posts to Xero. Nobody types an invoice.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .office import Office, opened

PEOPLE = {
    "peppol": "mapper", "provider": "mapper", "carl": "controller", "olga": "approver",
    "pia": "poster",
}  # fmt: skip
HERE = "third_party_logistics"

pytestmark = pytest.mark.slow


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with opened(tmp_path, "erp/xero", PEOPLE) as made:
        ours = {"own_ids": ["BE0712345630", "5412345000013"], "name": "Dijlebroek Lampen"}
        made.call("root", "PUT", "/v1/entities/BE01", 200, json=ours)
        made.settings("carl", "billing", {"shipments": True, "returns": True, "due_days": 30})
        made.connect("books")
        yield made


def test_shipments_become_invoices_and_a_return_a_credit_note(office: Office) -> None:
    hotel = whole_delivery(office)
    shop = too_many_lamps(office)
    credit = two_lamps_back(office, hotel)
    invoices = {each["InvoiceNumber"]: each for each in office.target.objects("invoice")}
    assert {name: (each["Type"], str(each["Total"])) for name, each in invoices.items()} == {
        "INV-DN-91": ("ACCREC", "713.90"), "INV-DN-92": ("ACCREC", "464.64"),
    }  # fmt: skip
    (noted,) = office.target.objects("credit_note")
    assert (noted["CreditNoteNumber"], noted["Type"]) == ("CN-RMA-7", "ACCRECCREDIT")
    for record, came_of in ((hotel, "DN-91"), (shop, "DN-92"), (credit, "RMA-7")):
        trace = office.get(f"/v1/documents/{record}/trace")
        assert trace["lineage"][0]["op"] == "bill", came_of
        assert [each["state"] for each in trace["counterfoils"]] == ["confirmed"]


def whole_delivery(office: Office) -> str:
    """Ten lamps and ten shades ordered, and shipped: invoiced with the freight agreed."""
    office.take_in("peppol", f"{HERE}/order-of-the-hotel.xml")
    office.take_in("provider", f"{HERE}/shipped-to-the-hotel.json")
    found = drafted(office, "invoice", "INV-DN-91")
    invoice = str(found["id"])
    office.reaches(invoice, "matched")
    document = office.document(invoice)["document"]
    assert (document["totals"]["net"], document["totals"]["payable"]) == ("590.00", "713.90")
    assert [each["amount"] for each in document["adjustments"]] == ["15.00"]
    assert document["due_date"] == "2026-06-05"
    office.approve_and_post("olga", "pia", invoice, "books")
    return invoice


def too_many_lamps(office: Office) -> str:
    """Six ordered, eight shipped: the invoice is there and waits until somebody has asked."""
    office.take_in("provider", f"{HERE}/shipped-to-the-shop.json")
    office.take_in("peppol", f"{HERE}/order-of-the-shop.xml")  # it comes after the goods have left
    invoice = str(drafted(office, "invoice", "INV-DN-92")["id"])
    office.reaches(invoice, "exception")
    (held,) = office.exceptions(invoice)
    assert (held["code"], held["holds"]) == ("over_invoiced", True)
    assert "8 C62 invoiced in all, 6 ordered" in held["summary"]
    office.post("olga", f"/v1/documents/{invoice}/transitions", 409, to="approved")
    why = "Mr Van Acker keeps all eight, mail of 8 May"
    office.post("provider", f"/v1/exceptions/{held['id']}/release", 403, reason=why)
    office.post("carl", f"/v1/exceptions/{held['id']}/release", 200, reason=why)
    office.reaches(invoice, "matched")
    office.approve_and_post("olga", "pia", invoice, "books")
    return invoice


def two_lamps_back(office: Office, invoice: str) -> str:
    """Credited at the price they were invoiced at; the freight is not given back."""
    office.take_in("provider", f"{HERE}/back-from-the-hotel.json")
    credit = str(drafted(office, "credit_note", "CN-RMA-7")["id"])
    office.reaches(credit, "matched")
    document = office.document(credit)["document"]
    assert (document["totals"]["net"], document["totals"]["payable"]) == ("96.00", "116.16")
    assert document["refs"][0]["number"] == "INV-DN-91"
    assert office.state(invoice) == "posted"
    office.approve_and_post("olga", "pia", credit, "books")
    return credit


def drafted(office: Office, kind: str, number: str) -> Any:
    """The bill that was made of what moved."""

    def found() -> Any:
        rows = office.get(f"/v1/documents?kind={kind}&number={number}")["data"]
        return rows[0] if rows else None

    return office.until(found, f"{number} should be made")
