"""What a bank says of a payment reaches the payment and its invoices, step by legal step."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given

from canonical_model.controls.reconciliation import (
    Confirmations,
    confirmations,
    effects_of,
    reconcile,
)
from canonical_model.envelope import Record
from canonical_model.lifecycle import legal
from tests.canonical_model.controls.money import bill, line, payment, record
from tests.strategies import documents

OURS = [{"target": {"role": "invoice", "number": "RE-2026-0118"}, "amount": "931.70"}]


def status(code: str, **change: Any) -> Record:
    one = {"end_to_end_id": "PO-5521", "batch_id": "RUN-1", "status": code}
    return record(
        {
            "kind": "payment_status",
            "original_message_id": "MSG-1",
            "created_at": "2026-03-02T10:00:00Z",
            "lines": [one],
            **change,
        }
    )


def posted(gross: str = "931.70", state: Any = "posted", **change: Any) -> Record:
    made = bill(gross=gross, direction="payable", **change)
    return msgspec.structs.replace(made, state=state)


def told(report: Record, sent: Record, *invoices: Record) -> Confirmations:
    given_invoices = {f"i{place}": each for place, each in enumerate(invoices)}
    return confirmations({"r": report}, {"p": sent}, given_invoices)


@pytest.mark.parametrize(
    ("code", "settlement", "invoice"),
    [
        ("RCVD", "submitted", "scheduled"),
        ("PDNG", "submitted", "scheduled"),
        ("ACCP", "accepted", "in_transit"),
        ("ACSP", "accepted", "in_transit"),
        ("ACSC", "settled", "paid"),
        ("ACCC", "settled", "paid"),
        ("RJCT", "rejected", "unpaid"),
        ("CANC", "cancelled", "unpaid"),
    ],
)
def test_each_status_has_its_meaning(code: str, settlement: str, invoice: str) -> None:
    found = told(status(code), payment(allocations=OURS, state="posted"), posted()).found[0]
    assert (found.settlement, found.invoices[0].payment_status) == (settlement, invoice)


def test_a_settled_payment_pays_its_invoice() -> None:
    found = told(status("ACSC"), payment(allocations=OURS, state="posted"), posted()).found[0]
    assert (found.state, found.event, found.exception) == ("paid", "paid", None)
    effect = found.invoices[0]
    assert (effect.document, effect.state, effect.amount) == ("i0", "paid", Decimal("931.70"))


def test_a_refused_payment_opens_an_exception_and_leaves_the_invoice() -> None:
    lines = [{"end_to_end_id": "PO-5521", "status": "RJCT", "reason_code": "AC01", "reason": "No"}]
    found = told(
        status("RJCT", lines=lines), payment(allocations=OURS, state="posted"), posted()
    ).found[0]
    assert (found.state, found.exception) == ("exception", "target_rejected")
    assert (found.reason_code, found.reason) == ("AC01", "No")
    assert found.invoices[0].state is None


@pytest.mark.parametrize("said", [{"return_code": "AC04"}, {}])
def test_money_that_comes_back_takes_the_invoice_back(said: dict[str, Any]) -> None:
    back = line("931.70", "credit", refs={"end_to_end": "PO-5521"}, **said)
    sent = payment(allocations=OURS, state="paid")
    found = told(back, sent, posted(state="paid")).found[0]
    assert (found.settlement, found.state, found.event) == (
        "returned",
        "posted",
        "payment_returned",
    )
    assert found.exception == "payment_returned"
    assert found.reason_code == said.get("return_code")
    effect = found.invoices[0]
    assert (effect.state, effect.payment_status) == ("posted", "unpaid")
    assert effect.exception == "payment_returned"


def test_an_entry_confirms_a_payment_and_a_difference_is_told() -> None:
    booked = line("941.70", "debit", refs={"end_to_end": "PO-5521"})
    found = told(booked, payment(state="posted")).found[0]
    assert (found.settlement, found.difference) == ("settled", 10)


@pytest.mark.parametrize(
    ("gross", "balance", "discount", "expected"),
    [
        ("931.70", None, None, "paid"),
        ("1000.00", None, None, "partially_paid"),
        ("950.00", None, "18.30", "paid"),
        ("1000.00", "0.00", None, "paid"),
        ("1000.00", "68.30", None, "partially_paid"),
        ("1000.00", "931.70", None, "paid"),
    ],
)
def test_an_invoice_is_paid_when_what_was_open_is_covered(
    gross: str, balance: str | None, discount: str | None, expected: str
) -> None:
    allocation = {**OURS[0], **({"discount": discount} if discount else {})}
    invoice = posted(gross, balance=balance)
    found = told(status("ACSC"), payment(allocations=[allocation], state="posted"), invoice)
    assert found.found[0].invoices[0].payment_status == expected


def test_an_invoice_that_is_not_at_hand_is_named_and_not_judged() -> None:
    effect = told(status("ACSC"), payment(allocations=OURS)).found[0].invoices[0]
    assert (effect.document, effect.number) == (None, "RE-2026-0118")
    assert effect.payment_status is None


def test_a_report_on_the_whole_is_about_every_payment_of_it() -> None:
    payments = {
        "p": payment(),
        "q": payment(end_to_end_id="PO-5522"),
        "x": payment(message_id="M2", batch_id="R2"),
    }
    found = confirmations({"r": status("ACCP", lines=[], status="ACCP")}, payments)
    assert [each.payment for each in found.found] == ["p", "q"]


def test_a_payment_that_is_named_is_not_what_its_batch_is() -> None:
    lines = [
        {"batch_id": "RUN-1", "status": "ACSC"},
        {"batch_id": "RUN-1", "end_to_end_id": "PO-5522", "status": "RJCT"},
    ]
    payments = {"p": payment(), "q": payment(end_to_end_id="PO-5522")}
    found = confirmations({"r": status("PART", lines=lines)}, payments).found
    assert {each.payment: each.settlement for each in found} == {"p": "settled", "q": "rejected"}


def test_ids_that_belong_to_different_payments_name_none() -> None:
    uetr = "8a562c67-ca16-48ba-b074-65581be6f011"
    payments = {"p": payment(uetr=uetr), "q": payment(end_to_end_id="PO-5522")}
    lines = [{"uetr": uetr, "end_to_end_id": "PO-5522", "status": "RJCT"}]
    found = confirmations({"r": status("RJCT", lines=lines)}, payments)
    assert (found.found, found.unknown[0].near) == ([], ["p", "q"])


def test_a_collective_entry_is_about_its_batch_when_the_sum_agrees() -> None:
    payments = {"p": payment(), "q": payment(end_to_end_id="PO-5522", amount="68.30")}
    right = line("1000.00", "debit", refs={"batch": "RUN-1"})
    wrong = line("999.00", "debit", refs={"batch": "RUN-1"})
    assert len(confirmations({"r": right}, payments).found) == 2
    assert not confirmations({"r": wrong}, payments).found


def test_an_id_that_was_used_twice_is_told_apart_by_batch_or_amount() -> None:
    payments = {"p": payment(), "q": payment(batch_id="RUN-2", message_id="MSG-2", amount="5.00")}
    assert [each.payment for each in confirmations({"r": status("ACSC")}, payments).found] == ["p"]
    booked = line("5.00", "debit", refs={"end_to_end": "PO-5521"})
    assert [each.payment for each in confirmations({"r": booked}, payments).found] == ["q"]
    twins = {"p": payment(), "q": payment()}
    unknown = confirmations({"r": status("ACSC")}, twins)
    assert not unknown.found
    assert unknown.unknown[0].near == ["p", "q"]


def test_what_belongs_to_no_payment_is_told_unless_it_is_an_ordinary_line() -> None:
    reports = {
        "status": status("ACSC", lines=[{"end_to_end_id": "ELSE", "status": "ACSC"}]),
        "return": line(refs={"end_to_end": "ELSE"}, return_code="AC04"),
        "line": line(refs={"end_to_end": "ELSE"}),
        "partial": status("PART", lines=[{"end_to_end_id": "PO-5521", "status": "PART"}]),
    }
    found = confirmations(reports, {"p": payment()})
    assert {each.handle for each in found.unknown} == {"status", "return", "partial"}


def test_reports_are_told_in_the_order_in_which_it_happened() -> None:
    reports = {
        "c": line("931.70", "credit", refs={"end_to_end": "PO-5521"}, return_code="AC04"),
        "a": status("ACCP", created_at="2026-03-01T08:00:00Z"),
        "b": status("ACSC", created_at="2026-03-02T08:00:00Z"),
    }
    shuffled = dict(random.Random(1).sample(list(reports.items()), 3))
    for given_reports in (reports, shuffled):
        found = confirmations(given_reports, {"p": payment()}).found
        assert [each.settlement for each in found] == ["accepted", "settled", "returned"]


@given(documents("payment_status"), documents("payment"), documents("invoice"))
def test_a_step_that_is_told_is_legal(report: Any, sent: Any, invoice: Any) -> None:
    reports = {"r": Record(document=report)}
    payments = {"p": Record(document=sent, state="posted")}
    found = confirmations(reports, payments, {"i": Record(document=invoice, state="approved")})
    for each in found.found:
        if each.state is not None:
            assert each.state in {step.target for step in legal("posted", "payment")}
    assert msgspec.json.decode(msgspec.json.encode(found), type=Confirmations) == found


@pytest.mark.parametrize(
    ("amounts", "status", "state"),
    [
        (["1190.00"], "paid", "paid"),
        (["500.00"], "partially_paid", None),
        (["500.00", "690.00"], "paid", "paid"),
        (["500.00", "200.00"], "partially_paid", None),
    ],
)
def test_what_is_reconciled_is_paid_as_far_as_it_is_covered(
    amounts: list[str], status: str, state: str | None
) -> None:
    invoice = bill(payment=[{"reference": "1234561"}])
    items = {"i": msgspec.structs.replace(invoice, state="posted")}
    lines = {f"l{n}": line(each, creditor_ref="1234561") for n, each in enumerate(amounts)}
    effects = effects_of(reconcile(lines, items).proposals, items)
    assert [(each.document, each.payment_status, each.state) for each in effects] == [
        ("i", status, state)
    ]
    assert effects[0].amount == sum(map(Decimal, amounts))


def test_a_payment_on_the_bank_settles_what_it_was_made_for() -> None:
    records = {"p": payment(allocations=OURS, state="posted"), "i": posted()}
    lines = {"l": line("931.70", "debit", refs={"end_to_end": "PO-5521"})}
    outcome = reconcile(lines, {"p": records["p"]})
    effects = {each.document: each.state for each in effects_of(outcome.proposals, records)}
    assert effects == {"p": "paid", "i": "paid"}
