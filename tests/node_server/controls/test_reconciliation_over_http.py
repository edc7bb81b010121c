"""Reconciling over HTTP: proposals, what is carried out by itself, what people decide."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from werkzeug.test import TestResponse

from ..conftest import Served
from .banking import Bank


def test_a_strong_reference_and_the_amount_pay_an_invoice_by_themselves(lasting: Served) -> None:
    bank = Bank(lasting)
    invoice, named = bank.invoice("1190.00")
    bank.posted(invoice)
    line = bank.line("1190.00", f"Merci {named}")
    told = bank.run()
    assert (told["lines"], told["accepted"], told["proposed"]) == (1, 1, 0)
    paid = bank.shown(invoice)
    assert (paid["state"], paid["payment_status"]) == ("paid", "paid")
    assert bank.shown(line)["state"] == "matched"
    (proposal,) = bank.proposals(invoice)
    assert (proposal["state"], proposal["strength"]) == ("accepted", "strong")
    assert proposal["decided_by"] == "control:reconciliation"
    settled = bank.settled(invoice)
    assert settled["open"] == "0.00"
    assert [(each["by_record"], each["amount"]) for each in settled["allocations"]] == [
        (line, "1190.00")
    ]


def test_what_rests_on_a_number_in_the_text_waits_for_a_person(lasting: Served) -> None:
    bank = Bank(lasting)
    invoice, _ = bank.invoice("350.00")
    bank.posted(invoice)
    line = bank.line("350.00", f"Rechnung {bank.number(invoice)}")
    assert bank.run()["proposed"] == 1
    (proposal,) = bank.proposals(line)
    assert bank.shown(invoice)["state"] == "posted"
    accepted = bank.decide(proposal["id"], "accept", reason="customer called")
    assert accepted["state"] == "accepted"
    assert accepted["history"][0]["reason"] == "customer called"
    assert bank.shown(invoice)["state"] == "paid"
    events = lasting.get(f"/v1/documents/{invoice}/trace").get_json()["events"]
    assert events[-1]["type"] == "finance.invoice.paid.v1"


def test_part_payments_add_up_and_the_last_one_pays_the_invoice(lasting: Served) -> None:
    bank = Bank(lasting)
    invoice, named = bank.invoice("100.00")
    bank.posted(invoice)
    bank.line("40.00", named)
    bank.run()
    bank.decide(bank.proposals(invoice)[0]["id"], "accept")
    assert bank.shown(invoice)["payment_status"] == "partially_paid"
    assert bank.settled(invoice)["open"] == "60.00"
    bank.line("60.00", named)
    assert bank.run()["accepted"] == 1
    assert bank.shown(invoice)["state"] == "paid"


def test_what_is_undone_opens_both_sides_and_keeps_its_history(lasting: Served) -> None:
    bank = Bank(lasting)
    invoice, named = bank.invoice("77.00")
    bank.posted(invoice)
    line = bank.line("77.00", named)
    bank.run()
    (proposal,) = bank.proposals(invoice)
    undone = bank.decide(proposal["id"], "undo", reason="another Meier")
    assert [each["action"] for each in undone["history"]] == ["accepted", "undone"]
    opened = bank.shown(invoice)
    assert (opened["state"], opened["payment_status"]) == ("posted", "unpaid")
    assert bank.shown(line)["state"] == "validated"
    (allocation,) = bank.settled(invoice)["allocations"]
    assert "undone_by" in allocation
    # What a person has undone is not done again by itself, but a person may.
    assert bank.run()["accepted"] == 0
    assert bank.decide(proposal["id"], "accept")["state"] == "accepted"
    assert bank.shown(invoice)["state"] == "paid"


def test_what_was_rejected_is_not_proposed_again(lasting: Served) -> None:
    bank = Bank(lasting)
    invoice, _ = bank.invoice("81.00")
    line = bank.line("81.00", f"Rechnung {bank.number(invoice)}")
    bank.run()
    bank.decide(bank.proposals(line)[0]["id"], "reject", reason="not ours")
    told = bank.run()
    assert (told["proposed"], told["unmatched"]) == (0, 1)
    assert [each["state"] for each in bank.proposals(line)] == ["rejected"]


def test_a_new_revision_of_a_document_ends_its_proposals(lasting: Served) -> None:
    bank = Bank(lasting)
    invoice, _ = bank.invoice("82.00")
    line = bank.line("82.00", f"Rechnung {bank.number(invoice)}")
    bank.run()
    (proposal,) = bank.proposals(line)
    bank.revised(invoice, due_date=datetime.date(2026, 4, 1))
    refused = bank.decide(proposal["id"], "accept", status=409)
    assert "changed since" in refused["detail"]
    told = bank.run()
    assert (told["withdrawn"], told["proposed"]) == (1, 1)
    states = [each["state"] for each in bank.proposals(line)]
    assert states == ["superseded", "proposed"]


def test_a_statement_is_matched_when_none_of_its_bookings_is_left_over(lasting: Served) -> None:
    bank = Bank(lasting)
    (one, first), (two, _) = bank.invoice("10.00"), bank.invoice("20.00")
    pending = bank.entry("5.00", "not yet", status="pending")
    statement = bank.statement(
        bank.entry("10.00", first), bank.entry("20.00", bank.number(two)), pending
    )
    told = bank.run()
    assert (told["accepted"], told["proposed"]) == (1, 1)
    assert bank.shown(statement)["state"] == "validated"
    bank.decide(bank.proposals(two)[0]["id"], "accept")
    assert bank.shown(statement)["state"] == "matched"
    assert bank.shown(one)["payment_status"] == "paid"


def test_the_same_booking_in_a_notification_and_a_statement_pays_once(lasting: Served) -> None:
    bank = Bank(lasting)
    invoice, named = bank.invoice("55.00")
    booking = bank.entry("55.00", named)
    notification = bank.statement(booking, format="camt.054.001.08")
    bank.run()
    statement = bank.statement(booking, format="camt.053.001.08")
    told = bank.run()
    assert told["lines"] == 0
    assert len(bank.settled(invoice)["allocations"]) == 1
    states = [bank.shown(each)["state"] for each in (notification, statement)]
    assert states == ["matched", "matched"]


def test_a_discount_is_proposed_as_a_journal_that_undoing_archives(lasting: Served) -> None:
    bank = Bank(lasting)
    terms = {"discounts": [{"percent": "2", "days": 30}]}
    invoice, named = bank.invoice("1000.00", terms=terms)
    bank.posted(invoice)
    bank.line("980.00", named)
    assert bank.run()["accepted"] == 1
    (proposal,) = bank.proposals(invoice)
    journal = bank.shown(proposal["journal"])
    assert journal["state"] == "validated"
    assert [(each["side"], each["amount"]) for each in journal["document"]["lines"]] == [
        ("debit", "20.00"),
        ("credit", "20.00"),
    ]
    bank.decide(proposal["id"], "undo", reason="no discount was agreed")
    assert bank.shown(proposal["journal"])["state"] == "archived"


def test_proposals_of_one_bank_line_exclude_each_other(lasting: Served) -> None:
    bank = Bank(lasting)
    buyer = {"name": f"Two Alike {bank.place} Ltd"}
    one, two = (bank.invoice("90.00", buyer=buyer)[0] for _ in range(2))
    line = bank.line("90.00", "thanks", details=[{"counterparty": buyer}])
    bank.run()
    (first,) = bank.proposals(line)
    assert first["proposal"]["alternatives"] == 1
    bank.decide(first["id"], "reject", reason="perhaps the other")
    bank.run()
    (second,) = bank.proposals(line, state="proposed")
    bank.decide(first["id"], "accept")
    refused = bank.decide(second["id"], "accept", status=409)
    assert "superseded" in refused["detail"]
    assert sorted(bank.settled(each)["open"] for each in (one, two)) == ["0.00", "90.00"]


def test_only_who_may_step_decides(lasting: Served) -> None:
    bank = Bank(lasting)
    invoice, named = bank.invoice("12.00")
    bank.line("12.00", f"teil {named}")
    bank.run()
    (proposal,) = bank.proposals(invoice)
    for role in ("reader", "mapper", "auditor"):
        path = f"/v1/reconciliations/{proposal['id']}/undo"
        assert lasting.post(path, role, json={"reason": "x"}).status_code == 403


def test_another_tenant_sees_nothing_of_it(lasting: Served) -> None:
    bank = Bank(lasting)
    invoice, named = bank.invoice("13.00")
    bank.line("13.00", named)
    bank.run()
    (proposal,) = bank.proposals(invoice)
    path = f"/v1/reconciliations/{proposal['id']}"
    assert lasting.get(path, tenant="other").status_code == 404
    assert lasting.get("/v1/reconciliations", tenant="other").get_json()["data"] == []


def test_documents_in_the_body_are_reconciled_without_being_stored(lasting: Served) -> None:
    bank = Bank(lasting)
    entry = {"kind": "bank_transaction"} | bank.entry("5.00", "RF18539007547034")
    invoice = {
        "kind": "invoice", "number": "A-1", "direction": "receivable", "currency": "EUR",
        "payment": [{"reference": "RF18539007547034"}], "totals": {"payable": "5.00"},
    }  # fmt: skip
    answer = lasting.post(
        "/v1/reconcile", "mapper", json={"lines": [entry], "open_items": [invoice]}
    )
    (proposal,) = answer.get_json()["proposals"]
    assert proposal["decision"] == "accept"
    assert proposal["items"][0]["item"] == "open_items.0"
    broken = {"lines": [{"kind": "bank_transaction", "amount": "x"}], "open_items": []}
    refused = lasting.post("/v1/reconcile", "mapper", json=broken)
    assert refused.status_code == 422
    assert refused.get_json()["errors"][0]["path"] == "lines.0.amount"


def by_hand(lasting: Served, **body: Any) -> TestResponse:
    return lasting.post("/v1/reconciliations/proposals", json=body)


def test_what_no_run_finds_is_put_together_by_hand(lasting: Served) -> None:
    bank = Bank(lasting)
    (one, _), (two, _) = bank.invoice("30.00"), bank.invoice("50.00")
    statement = bank.statement(bank.entry("1.00", "x"), bank.entry("70.00", "no words"))
    line = {"document": statement, "entry": 1}
    wanted = [{"document": one}, {"document": two, "amount": "40.00"}]
    made = by_hand(lasting, lines=[line], items=wanted)
    assert made.status_code == 201, made.text
    assert made.get_json()["strength"] == "by_hand"
    assert bank.run()["withdrawn"] == 0
    bank.decide(made.get_json()["id"], "accept")
    assert [bank.settled(each)["open"] for each in (one, two)] == ["0.00", "10.00"]
    again = by_hand(lasting, lines=[line], items=[{"document": two}])
    assert (again.status_code, again.get_json()["code"]) == (422, "body_invalid")


@pytest.mark.parametrize(
    ("amount", "more", "why"),
    [
        ("-30.00", {}, "flows the other way"),
        ("30.00", {"amount": "31.00"}, "cannot be settled"),
        ("20.00", {"amount": "30.00"}, "come to more"),
        ("30.00", {"amount": "x"}, "no amount"),
    ],
)
def test_what_cannot_belong_together_is_refused(
    lasting: Served, amount: str, more: dict[str, str], why: str
) -> None:
    bank = Bank(lasting)
    invoice, _ = bank.invoice("30.00")
    line = bank.line(amount, "no words")
    items = [{"document": invoice} | more]
    refused = by_hand(lasting, lines=[{"document": line}], items=items)
    assert refused.status_code == 422, refused.text
    assert why in refused.get_json()["detail"]


def test_a_difference_that_a_person_names_is_booked(lasting: Served) -> None:
    bank = Bank(lasting)
    invoice, _ = bank.invoice("30.00")
    line = bank.line("28.50", "no words")
    made = by_hand(
        lasting, lines=[{"document": line}], items=[{"document": invoice}], difference="fee"
    ).get_json()
    accepted = bank.decide(made["id"], "accept")
    assert bank.settled(invoice)["open"] == "0.00"
    lines = bank.shown(accepted["journal"])["document"]["lines"]
    assert [(each["account"], each["amount"]) for each in lines] == [
        ("bank_fees", "1.50"),
        ("receivables", "1.50"),
    ]
