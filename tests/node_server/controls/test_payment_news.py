"""What banks say of payments, carried to the payments and the invoices they were made for."""

from __future__ import annotations

import datetime
import itertools
from typing import Any

import pytest

from ..conftest import Served
from .banking import Bank
from .conftest import open_ones

_numbers = itertools.count(1)


class Paying(Bank):
    """A bank to which we have sent payments."""

    def bill(self, payable: str) -> str:
        return self.invoice(
            payable, direction="payable", payment=[],
            seller={"name": f"Supplier {next(_numbers)} {self.place}"},
            buyer={"name": "Us", "ids": [{"kind": "vat", "value": "DE123456788"}]},
        )[0]  # fmt: skip

    def payment(self, amount: str, bill: str, **more: Any) -> tuple[str, str]:
        """Its id, and the end-to-end id that the bank repeats."""
        named = f"E2E-{self.place}-{next(_numbers)}"
        target = {"role": "invoice", "id": bill}
        document = {
            "kind": "payment", "direction": "out", "type": "payment", "amount": amount,
            "currency": "EUR", "issue_date": "2026-03-01", "value_date": "2026-03-01",
            "means": "30", "number": named,
            "end_to_end_id": named, "payee": {"name": f"Supplier {self.place}"},
            "allocations": [{"target": target, "amount": amount}],
        }  # fmt: skip
        return self.take_in(document | more), named

    def report(self, named: str, status: str, **more: Any) -> str:
        line = {"end_to_end_id": named, "status": status} | more
        return self.take_in(
            {"kind": "payment_status", "message_id": f"M{next(_numbers)}", "lines": [line]}
        )

    def standing(self, record_id: str) -> tuple[str, str | None]:
        found = self.shown(record_id)
        return found["state"], found.get("payment_status")


@pytest.fixture
def bank(lasting: Served) -> Paying:
    return Paying(lasting)


def paid_bill(bank: Paying, amount: str) -> tuple[str, str, str]:
    """A bill and the payment for it, both posted; and the payment's end-to-end id."""
    bill = bank.bill(amount)
    payment, named = bank.payment(amount, bill)
    for each in (bill, payment):
        bank.posted(each)
    return bill, payment, named


def test_reports_carry_a_payment_and_its_invoice_on(bank: Paying) -> None:
    bill, payment, named = paid_bill(bank, "100.00")
    for status, expected in (("RCVD", "scheduled"), ("ACSP", "in_transit")):
        bank.report(named, status)
        bank.follow()
        assert bank.standing(payment) == ("posted", expected)
        assert bank.standing(bill) == ("posted", expected)
    bank.report(named, "ACSC")
    bank.follow()
    assert bank.standing(payment) == ("paid", "paid")
    assert bank.standing(bill) == ("paid", "paid")


def test_a_late_report_does_not_take_back_what_is_settled(bank: Paying) -> None:
    bill, payment, named = paid_bill(bank, "101.00")
    bank.report(named, "ACSC")
    bank.follow()
    bank.report(named, "ACSP")
    bank.follow()
    assert bank.standing(payment) == ("paid", "paid")
    assert bank.standing(bill) == ("paid", "paid")


def test_a_payment_that_is_settled_is_found_on_the_bank_all_the_same(bank: Paying) -> None:
    bill, payment, named = paid_bill(bank, "102.00")
    bank.report(named, "ACSC")
    bank.follow()
    line = bank.line("-102.00", "x", details=[{"refs": {"end_to_end": named}}])
    bank.follow()
    assert bank.shown(line)["state"] == "matched"
    assert [each["by_record"] for each in bank.settled(payment)["allocations"]] == [line]
    assert [each["by_record"] for each in bank.settled(bill)["allocations"]] == [payment]


def test_a_booked_entry_pays_the_payment_and_its_invoice(bank: Paying) -> None:
    bill, payment, named = paid_bill(bank, "103.00")
    entry = bank.entry("-103.00", "x", details=[{"refs": {"end_to_end": named}}])
    statement = bank.statement(entry, format="camt.054.001.08")
    bank.follow()
    assert bank.standing(payment) == ("paid", "paid")
    assert bank.standing(bill) == ("paid", "paid")
    assert bank.shown(statement)["state"] == "matched"


def test_a_rejected_payment_is_an_exception_with_the_reason_in_words(bank: Paying) -> None:
    bill, payment, named = paid_bill(bank, "104.00")
    bank.report(named, "ACSP")
    bank.follow()
    bank.report(named, "RJCT", reason_code="AC04")
    bank.follow()
    held = bank.shown(payment)
    assert (held["state"], held["exception"]["code"]) == ("exception", "target_rejected")
    assert "AC04: Closed Account Number" in held["exception"]["detail"]
    assert bank.standing(bill) == ("posted", "unpaid")


def test_news_that_contradict_are_an_exception_and_move_nothing(bank: Paying) -> None:
    bill, payment, named = paid_bill(bank, "105.00")
    bank.report(named, "ACSC")
    bank.follow()
    bank.report(named, "RJCT", reason_code="AM04")
    bank.follow()
    assert bank.standing(bill) == ("paid", "paid")
    assert open_ones(bank.served, payment) == [("payment_news", "payment_news_contradict")]


def test_a_return_opens_the_invoice_again(bank: Paying) -> None:
    bill, payment, named = paid_bill(bank, "106.00")
    refs = {"refs": {"end_to_end": named}}
    bank.line("-106.00", "out", details=[refs])
    bank.follow()
    assert bank.standing(bill) == ("paid", "paid")
    back = bank.line("106.00", "back", details=[refs | {"return_code": "AC06"}])
    bank.follow()
    assert bank.standing(payment) == ("posted", "unpaid")
    assert bank.standing(bill) == ("posted", "unpaid")
    assert bank.settled(bill)["open"] == "106.00"
    assert bank.shown(back)["state"] == "matched"
    assert open_ones(bank.served, payment) == [("payment_news", "payment_returned")]


def test_a_report_that_came_before_its_payment_counts_when_that_comes(bank: Paying) -> None:
    bill = bank.bill("107.00")
    named = f"E2E-early-{bank.place}"
    bank.report(named, "ACSP")
    bank.follow()
    payment, _ = bank.payment("107.00", bill, end_to_end_id=named)
    bank.follow()
    assert bank.shown(payment)["payment_status"] == "in_transit"


def test_a_payment_never_pays_more_than_is_open(bank: Paying) -> None:
    bill, _, named = paid_bill(bank, "108.00")
    second, again = bank.payment("108.00", bill)
    bank.posted(second)
    for each in (named, again):
        bank.report(each, "ACSC")
        bank.follow()
    assert sum(float(each["amount"]) for each in bank.settled(bill)["allocations"]) == 108
    assert open_ones(bank.served, second) == [("reconciliation", "paid_beyond_open")]


def test_an_invoice_that_is_paid_before_it_is_posted_is_paid_when_it_is(bank: Paying) -> None:
    invoice, named = bank.invoice("109.00")
    bank.line("109.00", named)
    bank.follow()
    assert bank.standing(invoice) == ("validated", "paid")
    bank.posted(invoice)
    bank.follow()
    assert bank.standing(invoice) == ("paid", "paid")


def test_gaps_between_statements_are_exceptions_until_they_are_closed(bank: Paying) -> None:
    def statement(number: int, opening: str, closing: str) -> str:
        day = f"2026-03-{number:02}"
        balances = [("OPBD", opening), ("CLBD", closing)]
        return bank.statement(
            legal_sequence=number, format="camt.053.001.08",
            period={"start": day, "end": day},
            balances=[
                {"type": sort, "amount": amount, "date": day, "currency": "EUR"}
                | {"direction": "credit"}
                for sort, amount in balances
            ],
        )  # fmt: skip

    statement(1, "100.00", "100.00")
    third = statement(3, "150.00", "150.00")
    bank.follow()
    assert open_ones(bank.served, third) == [("continuity", "statement_gap")]
    assert bank.shown(third)["payment_hold"] is False
    statement(2, "100.00", "150.00")
    bank.follow()
    assert open_ones(bank.served, third) == []


def test_a_revision_ends_the_proposals_of_a_document_by_itself(bank: Paying) -> None:
    invoice, _ = bank.invoice("111.00")
    line = bank.line("111.00", bank.number(invoice))
    bank.run()
    bank.revised(invoice, due_date=datetime.date(2026, 4, 1))
    bank.follow()
    states = [each["state"] for each in bank.proposals(line)]
    assert states == ["superseded", "proposed"]
