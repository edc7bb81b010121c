"""A warehouse receives four lamps too few, and the supplier invoices all forty.

Wanda's warehouse reports what came as EPCIS events, the supplier sends UBL by Peppol, Olga
approves, Pia posts to Xero. The invoice waits by itself, and by itself it goes on: when the
supplier's credit note comes, or the lamps do.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .office import Office, opened

PEOPLE = {"wanda": "mapper", "peppol": "mapper", "olga": "approver", "pia": "poster"}
HERE = "short_delivery"

pytestmark = pytest.mark.slow


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with opened(tmp_path, "erp/xero", PEOPLE) as made:
        ours = {"own_ids": ["FR40303265045"], "name": "Atelier Lumière"}
        made.call("root", "PUT", "/v1/entities/FR01", 200, json=ours)
        made.connect("books")
        yield made


def test_the_credit_note_of_the_supplier_releases_the_invoice(office: Office) -> None:
    invoice = waiting_invoice(office)
    credit = office.take_in("peppol", f"{HERE}/credit-note.xml")
    office.reaches(credit, "matched")
    office.reaches(invoice, "matched")
    (closed,) = office.exceptions(invoice, "resolved")
    assert "credit note 2026-G-019" in closed["reason"]
    paid_for(office, invoice)
    office.approve_and_post("olga", "pia", credit, "books")
    (noted,) = office.target.objects("credit_note")
    assert noted["CreditNoteNumber"] == "2026-G-019"


def test_the_lamps_come_late_and_release_it(office: Office) -> None:
    invoice = waiting_invoice(office)
    office.take_in("wanda", f"{HERE}/late-receipt.json")
    office.reaches(invoice, "matched")
    (closed,) = office.exceptions(invoice, "resolved")
    assert "goods receipt WE-93" in closed["reason"], closed
    paid_for(office, invoice)


def waiting_invoice(office: Office) -> str:
    """Ordered forty, received thirty-six, invoiced forty: it waits, and says for what."""
    order = office.take_in("root", f"{HERE}/order.xml")
    receipt = office.take_in("wanda", f"{HERE}/receipt.json")
    invoice = office.take_in("peppol", f"{HERE}/invoice.xml")
    office.reaches(invoice, "exception")
    (held,) = office.exceptions(invoice)
    assert (held["control"], held["code"], held["holds"]) == ("match", "quantity_variance", True)
    told = office.get(f"/v1/exceptions/{held['id']}")["context"]
    assert (told["reason"], told["action"]) == ("QTY", "CNP")
    assert [line["message"] for line in told["lines"]] == [
        "40 C62 invoiced in all, 36 received; off by 4, 0 allowed"
    ]
    assert {each["id"] for each in told["records"]} == {order, receipt}
    office.post("olga", f"/v1/documents/{invoice}/transitions", 409, to="approved")
    assert office.target.objects("invoice") == []
    return invoice


def paid_for(office: Office, invoice: str) -> None:
    """It goes its way, and everything that happened is on record."""
    in_xero = office.approve_and_post("olga", "pia", invoice, "books")
    (bill,) = office.target.objects("invoice")
    assert (bill["InvoiceID"], bill["InvoiceNumber"]) == (in_xero, "2026-0471")
    trace = office.get(f"/v1/documents/{invoice}/trace")
    assert [step["to_state"] for step in trace["steps"]] == [
        "received", "validated", "exception", "validated", "matched", "approved", "posted",
    ]  # fmt: skip
    assert {link["role"] for link in trace["links"]} >= {"order", "receipt"}
    assert office.document(invoice)["match_status"] == "three_way"
