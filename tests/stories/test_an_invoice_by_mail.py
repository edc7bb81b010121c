"""A joinery gets an invoice by e-mail, and pays it when everything about it is right.

Nordholz writes its invoices as PDF with the data inside (Factur-X). Order and receipts are in
Coupa, the books in Xero. Olga runs the workshop, Carl finance; Cora and Pat look after the rules,
Pia posts, Tom pays. Xero is down when it is needed.
"""

from __future__ import annotations

import email
import email.message
import email.policy
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from node_server.simulators import Simulator, start

from .office import FILES, Office, opened

pikepdf = pytest.importorskip("pikepdf")
pytestmark = pytest.mark.slow

PEOPLE = {
    "mailbox": "mapper", "olga": "approver", "carl": "approver", "cora": "controller",
    "pat": "controller", "pia": "poster", "tom": "mapper", "bank": "mapper", "ada": "auditor",
}  # fmt: skip
HERE = FILES / "mailed_invoice"
ROLES = {
    "assignments": [
        {"role": "workshop", "person": "olga"},
        {"role": "finance", "person": "carl"},
    ]
}
TOLERANCE = {"rules": [{"price": {"percent": 2}}]}
ENDS = ["paid", "posted", "archived"]


@pytest.fixture
def coupa() -> Iterator[Simulator]:
    with start("procurement/coupa", seed=2) as made:
        made.put("purchase_order", json.loads((HERE / "order.json").read_bytes()))
        made.put("receipt", *json.loads((HERE / "receipts.json").read_bytes()))
        yield made


@pytest.fixture
def office(tmp_path: Path, coupa: Simulator) -> Iterator[Office]:
    with opened(tmp_path, "erp/xero", PEOPLE) as made:
        ours = {"own_ids": ["DE123456788"], "name": "Tischlerei Holm GmbH"}
        made.call("root", "PUT", "/v1/entities/DE01", 200, json=ours)
        made.connect("books", quiet_seconds=1)
        stated = {**coupa.settings, "allow_http": True, "allow_private": ["127.0.0.0/8"]}
        made.post(
            "root", "/v1/connections", 201, id="purchasing", connector=coupa.name,
            environment="test", settings=stated, credential=coupa.credential,
        )  # fmt: skip
        yield made


def test_an_invoice_by_mail_is_paid(office: Office) -> None:
    rules_of_the_house(office)
    order, receipts = from_purchasing(office)
    invoice = by_mail(office, number="NH-2601", price="12.10", quantity="60", net="726.00",
                      tax="137.94", gross="863.94")  # fmt: skip
    a_little_dearer_is_let_pass(office, invoice)
    two_people_approve(office, invoice)
    in_xero = posted_while_the_books_are_down(office, invoice)
    paid(office, invoice)
    everything_is_on_record(office, invoice, {order, *receipts}, in_xero)


def test_an_invoice_that_is_too_dear_waits_for_a_person(office: Office) -> None:
    rules_of_the_house(office)
    from_purchasing(office)
    invoice = by_mail(office, number="NH-2602", price="13.50", quantity="40", net="540.00",
                      tax="102.60", gross="642.60")  # fmt: skip
    office.reaches(invoice, "exception")
    (held,) = office.exceptions(invoice)
    assert (held["control"], held["code"], held["holds"]) == ("match", "price_variance", True)
    (line,) = office.get(f"/v1/exceptions/{held['id']}")["context"]["lines"]
    assert "13.5" in line["message"]
    office.post("olga", f"/v1/documents/{invoice}/approvals", 409, **word("workshop"))
    early = office.post("pia", "/v1/connections/books/post", 202, document=invoice)
    assert early["state"] == "held"
    assert waiting(office, "olga") == []

    release = f"/v1/exceptions/{held['id']}/release"
    office.post("mailbox", release, 403, reason="it is fine")
    office.post("cora", release, 200, reason="oak is dearer since March, Olga knew")
    two_people_approve(office, invoice)
    assert office.target.objects("invoice") == []
    trace = office.get(f"/v1/documents/{invoice}/trace")
    (closed,) = trace["exceptions"]
    assert (closed["state"], closed["reason"]) == (
        "released", "oak is dearer since March, Olga knew",
    )  # fmt: skip


def rules_of_the_house(office: Office) -> None:
    """Cora proposes what Pat puts in force; she cannot do both."""
    text = (HERE / "approval.yaml").read_bytes()
    made = office.call("cora", "PUT", "/v1/policies/supplier_invoices", 201, data=text)
    path = f"/v1/policies/supplier_invoices/versions/{made['number']}"
    assert office.post("cora", f"{path}/test", 200)["failed"] == 0
    office.post("cora", f"{path}/activate", 409, reason="good enough")
    office.post("pat", f"{path}/activate", 200, reason="agreed with Olga and Carl")
    office.settings("cora", "directory", ROLES)
    office.settings("cora", "match", TOLERANCE)


def from_purchasing(office: Office) -> tuple[str, list[str]]:
    """One order and its two receipts, out of Coupa."""
    pull = "/v1/connections/purchasing/pull"
    (order,) = office.post("root", pull, 200, resource="purchase_order")["documents"]
    receipts = office.post("root", pull, 200, resource="receipt")["documents"]
    assert len(receipts) == 2
    return order["id"], [each["id"] for each in receipts]


def by_mail(office: Office, **said: str) -> str:
    """The mailbox hands on what is attached to the message, and not what is written in it."""
    message = email.message_from_bytes(mailed(**said), policy=email.policy.default)
    assert isinstance(message, email.message.EmailMessage)
    (attached,) = message.iter_attachments()
    name, data = attached.get_filename(), attached.get_payload(decode=True)
    path = f"/v1/documents?filename={name}"
    found = office.call("mailbox", "POST", path, 201, data=data)
    assert (found["connector"], found["documents"][0]["kind"]) == ("ap/cii", "invoice")
    # The same message forwarded once more is the same invoice.
    again = office.call("mailbox", "POST", path, 200, data=data)
    assert again["documents"][0]["action"] == "replay"
    return str(found["documents"][0]["id"])


def mailed(**said: str) -> bytes:
    """The message as it lies on the mail server."""
    message = email.message.EmailMessage()
    message["From"] = "Nordholz Handel GmbH <rechnung@nordholz.example>"
    message["To"] = "rechnungen@holm.example"
    message["Subject"] = f"Rechnung {said['number']}"
    message.set_content("Anbei unsere Rechnung.")
    name = f"{said['number']}.pdf"
    message.add_attachment(hybrid(**said), maintype="application", subtype="pdf", filename=name)
    return message.as_bytes()


def hybrid(**said: str) -> bytes:
    """A page for people, with the invoice as data inside."""
    text = (HERE / "invoice.xml").read_text("utf-8")
    for name, value in said.items():
        text = text.replace(f"{{{name}}}", value)
    page = pikepdf.new()
    page.add_blank_page()
    content = pikepdf.AttachedFileSpec(page, text.encode(), filename="factur-x.xml")
    page.attachments["factur-x.xml"] = content
    out = io.BytesIO()
    page.save(out)
    return out.getvalue()


def a_little_dearer_is_let_pass(office: Office, invoice: str) -> None:
    """Ten cents a board more than ordered, sixty of a hundred boards, and sixty have come."""
    office.reaches(invoice, "matched")
    found = office.get(f"/v1/documents/{invoice}/match")
    assert (found["verdict"], found["holds"]) == ("within_tolerance", False)
    assert office.document(invoice)["match_status"] == "three_way"


def word(step: str, **more: Any) -> dict[str, Any]:
    return {"step": step, "verdict": "approve", **more}


def waiting(office: Office, who: str) -> list[tuple[str, str]]:
    rows = office.call(who, "GET", "/v1/approvals", 200)["data"]
    return [(row["document"], row["step"]) for row in rows]


def two_people_approve(office: Office, invoice: str) -> None:
    """The workshop first, then finance; nobody skips the steps, and nobody takes both."""
    office.until(lambda: waiting(office, "olga") == [(invoice, "workshop")], "Olga is asked")
    path = f"/v1/documents/{invoice}/approvals"
    office.post("carl", f"/v1/documents/{invoice}/transitions", 409, to="approved")
    office.post("carl", path, 409, **word("finance"))
    office.post("mailbox", path, 403, **word("workshop"))
    seen = office.document(invoice)["content_hash"]
    office.post("olga", path, 200, **word("workshop", content_hash=seen, reason="it is oak"))
    assert office.state(invoice) in ("validated", "matched")
    office.post("olga", path, 409, **word("finance"))
    assert waiting(office, "carl") == [(invoice, "finance")]
    office.post("carl", path, 200, **word("finance", content_hash=seen))
    assert office.state(invoice) == "approved"


def posted_while_the_books_are_down(office: Office, invoice: str) -> str:
    """Unavailable, then an answer that is lost: one bill in Xero all the same."""
    office.target.fail(next=["503@write", "lost@write"])
    office.post("pia", "/v1/connections/books/post", 202, document=invoice)

    def confirmed() -> Any:
        rows = office.get(f"/v1/counterfoils?document={invoice}")["data"]
        return rows[0] if rows[0]["state"] == "confirmed" else None

    row = office.until(confirmed, "Xero is back")
    assert row["attempts"] >= 3
    (bill,) = office.target.objects("invoice")
    assert (bill["InvoiceID"], bill["InvoiceNumber"]) == (row["target"]["id"], "NH-2601")
    again = office.post("pia", "/v1/connections/books/post", 200, document=invoice)
    assert again["target"] == row["target"]
    return str(row["target"]["id"])


def paid(office: Office, invoice: str) -> None:
    """Tom's payment run names the invoice; the bank says that the money has gone."""
    document = {
        "kind": "payment", "number": "ZL-44-1", "direction": "out", "type": "payment",
        "amount": "863.94", "currency": "EUR", "issue_date": "2026-04-14",
        "value_date": "2026-04-15", "means": "58", "end_to_end_id": "HOLM-ZL-44-1",
        "payee": {"name": "Nordholz Handel GmbH"},
        "allocations": [{"target": {"role": "invoice", "id": invoice}, "amount": "863.94"}],
    }  # fmt: skip
    data = json.dumps(document).encode()
    path = "/v1/documents?connector=canonical"
    payment = office.call("tom", "POST", path, 201, data=data)["documents"][0]["id"]
    for who, to in (("carl", "approved"), ("pia", "posted")):
        office.post(who, f"/v1/documents/{payment}/transitions", 200, to=to)
    text = (HERE / "debit.xml").read_text("utf-8")
    for name, value in {
        "amount": "863.94",
        "reference": "HOLM-ZL-44-1",
        "number": "NH-2601",
    }.items():
        text = text.replace(f"{{{name}}}", value)
    office.call("bank", "POST", "/v1/documents?filename=camt054.xml", 201, data=text.encode())
    office.reaches(payment, "paid")
    office.reaches(invoice, "paid")
    assert office.document(invoice)["payment_status"] == "paid"


def everything_is_on_record(office: Office, invoice: str, bound_to: set[str], in_xero: str) -> None:
    """Whoever audits it finds every step, decision, effect and event in one place."""
    trace = office.call("ada", "GET", f"/v1/documents/{invoice}/trace", 200)
    assert [each["action"] for each in trace["sources"]] == ["create"]
    raw = trace["sources"][0]["raw_sha256"]
    headers = {"X-Api-Key": office.keys["ada"]}
    assert office.client.get(f"/v1/payloads/{raw}", headers=headers).data.startswith(b"%PDF")
    names = {key["id"]: key["name"] for key in office.get("/v1/keys")["data"]}
    done = [(step["event"], names.get(step["actor"], step["actor"])) for step in trace["steps"]]
    assert done == [
        ("received", "mailbox"), ("validated", "mailbox"), ("matched", "control:match"),
        ("approval_requested", "control:policies"), ("approval_given", "olga"),
        ("approval_given", "carl"), ("approved", "carl"), ("post_uncertain", "pia"),
        ("posted", "pia"), ("paid", "control:reconciliation"),
    ]  # fmt: skip
    happened = [event["type"].split(".")[2] for event in trace["events"]]
    assert [name for name in happened if name != "replayed"] == [
        step["event"] for step in trace["steps"]
    ]
    (decision,) = trace["decisions"]
    assert (decision["policy"], decision["version"], decision["outcome"]) == (
        "supplier_invoices", "2026-1", "review",
    )  # fmt: skip
    assert decision["facts"] == {"amount": "863.94", "has_order": True, "creator": "mailbox"}
    assert decision["content_hash"] == trace["content_hash"]
    assert [(act["person"], act["step"], act["counts"]) for act in trace["approvals"]] == [
        ("olga", "workshop", True), ("carl", "finance", True),
    ]  # fmt: skip
    assert {link["id"] for link in trace["links"]} >= bound_to
    (effect,) = trace["counterfoils"]
    assert (effect["state"], effect["target"]["id"]) == ("confirmed", in_xero)
    assert trace["exceptions"] == []
