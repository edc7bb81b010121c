"""Received and not invoiced, and the journal that says so until the invoices come."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canonical_model import checks, wire
from canonical_model.controls.accruals import (
    AccrualReport,
    accrual_journals,
    received_not_invoiced,
)
from tests.canonical_model.controls.test_match_properties import trades
from tests.canonical_model.controls.trade import (
    credit,
    invoice,
    line,
    moved,
    order,
    receipt,
    returned,
)

CLOSING = datetime.date(2026, 1, 31)
FIRST = datetime.date(2026, 2, 1)
PO = order("PO-1", line("10", 10, 5, item="CH-1", name="Chair"), entity="DE01")
CAME = receipt("GR-1", moved(8, "PO-1/10"))


def opened(*known: Any) -> list[tuple[str, str]]:
    report = received_not_invoiced(known, CLOSING)
    return [(str(each.open), str(each.amount)) for each in report.lines]


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ([PO], []),
        ([PO, CAME], [("8", "40.00")]),
        ([PO, CAME, invoice("I", line("1", 3, 5, of="PO-1/10"))], [("5", "25.00")]),
        ([PO, CAME, invoice("I", line("1", 8, 5, of="PO-1/10"))], []),
        ([PO, CAME, invoice("I", line("1", 9, 5, of="PO-1/10"))], []),
        ([PO, CAME, returned("R", moved(2, "PO-1/10"))], [("6", "30.00")]),
        (
            [
                PO,
                CAME,
                invoice("I", line("1", 8, 5, of="PO-1/10")),
                credit("C", line("1", 2, 5, of="PO-1/10")),
            ],
            [("2", "10.00")],
        ),
        ([PO, receipt("GR-1", moved(8, "PO-1/10", rejected=3))], [("5", "25.00")]),
        ([PO, receipt("GR-1", moved(8, "PO-1/10"), posting_date=FIRST)], []),
        (
            [PO, CAME, invoice("I", line("1", 8, 5, of="PO-1/10"), issue_date=FIRST)],
            [("8", "40.00")],
        ),
        ([order("PO-1", line("10", 10)), CAME], [("8", "None")]),
    ],
)
def test_what_was_received_and_not_invoiced_by_the_closing_day(
    known: list[Any], expected: list[tuple[str, str]]
) -> None:
    assert opened(*known) == expected


def test_invoices_are_for_what_came_first() -> None:
    early = receipt("GR-1", moved(4, "PO-1/10"), posting_date="2026-01-02")
    late = receipt("GR-2", moved(4, "PO-1/10"), posting_date="2026-01-21")
    paid = invoice("I", line("1", 5, 5, of="PO-1/10"))
    assert received_not_invoiced([PO, early, late], CLOSING).lines[0].age_days == 29
    assert received_not_invoiced([PO, early, late, paid], CLOSING).lines[0].age_days == 10
    exactly = invoice("I", line("1", 4, 5, of="PO-1/10"))
    assert received_not_invoiced([PO, early, late, exactly], CLOSING).lines[0].age_days == 10


def test_a_receipt_for_no_order_is_told() -> None:
    lost = receipt("GR-9", moved(4, item="ZZ"))
    found = received_not_invoiced([PO, lost], CLOSING).unplaced
    assert [(each.receipt, each.line, str(each.quantity)) for each in found] == [("GR-9", "1", "4")]


def journals(report: AccrualReport) -> Any:
    return accrual_journals(report, accrued="408000", expense="607000", reversed_on=FIRST)


def test_the_accrual_debits_the_cost_and_credits_the_supplier() -> None:
    (accrual,) = journals(received_not_invoiced([PO, CAME], CLOSING))
    lines = [(each.side, str(each.amount), each.account) for each in accrual.entry.lines]
    assert lines == [("debit", "40.00", "607000"), ("credit", "40.00", "408000")]
    assert accrual.entry.number == "RNI-2026-01-31-DE01-EUR"
    assert accrual.entry.lines[1].party == "Möbelwerk Nord GmbH"


def test_the_reversal_takes_the_accrual_back() -> None:
    (accrual,) = journals(received_not_invoiced([PO, CAME], CLOSING))
    assert accrual.reversal.reverses == accrual.entry.number
    assert accrual.reversal.posting_date == FIRST
    turned = {(each.account, each.side) for each in accrual.reversal.lines}
    assert turned == {("607000", "credit"), ("408000", "debit")}


def test_entities_and_currencies_are_booked_apart() -> None:
    other = order("PO-2", line("10", 10, 5), entity="FR01")
    dollars = order("PO-3", line("10", 10, 5), entity="FR01", currency="USD")
    came = receipt("GR-2", moved(1, "PO-2/10"), moved(2, "PO-3/10", id="2"))
    found = journals(received_not_invoiced([PO, CAME, other, dollars, came], CLOSING))
    assert [(each.entry.entity, each.entry.currency) for each in found] == [
        ("DE01", "EUR"),
        ("FR01", "EUR"),
        ("FR01", "USD"),
    ]


@settings(max_examples=30)
@given(trades())
def test_an_accrual_balances_and_its_reversal_leaves_nothing(trade: tuple[Any, list[Any]]) -> None:
    report = received_not_invoiced([trade[0], *trade[1]], CLOSING)
    assert wire.encode(report)
    for accrual in journals(report):
        for document in (accrual.entry, accrual.reversal):
            assert not checks.check(document)
        amounts = [_signed(each) for each in (*accrual.entry.lines, *accrual.reversal.lines)]
        assert sum(amounts) == 0
        debits = [each.amount for each in accrual.entry.lines if each.side == "debit"]
        assert sum(debits) == sum((each.amount for each in report.totals), Decimal(0))


def _signed(posting: Any) -> Decimal:
    return posting.amount if posting.side == "debit" else -posting.amount


@given(st.dates(datetime.date(2026, 1, 1), datetime.date(2026, 2, 10)))
def test_documents_after_the_closing_day_are_left_out(day: datetime.date) -> None:
    came = receipt("GR-1", moved(8, "PO-1/10"), posting_date=day)
    assert bool(received_not_invoiced([PO, came], CLOSING).lines) == (day <= CLOSING)
