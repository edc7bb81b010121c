"""Gaps between statements are found whatever the order; what is old is told by its age."""

from __future__ import annotations

import datetime
import random
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given

from canonical_model.controls.reconciliation import ageing, continuity, reconcile
from canonical_model.envelope import Record
from tests.canonical_model.controls.money import ACCOUNT, bill, credit_note, line, payment, record
from tests.strategies import documents


def statement(day: int, opening: str, closing: str, **change: Any) -> Record:
    date = f"2026-03-{day:02}"
    moved = Decimal(closing) - Decimal(opening)
    entry = {
        "amount": str(abs(moved)),
        "currency": "EUR",
        "direction": "credit" if moved >= 0 else "debit",
        "status": "booked",
        "booking_date": date,
    }
    balances = [
        {"type": sort, "amount": amount, "direction": "credit", "date": date, "currency": "EUR"}
        for sort, amount in (("OPBD", opening), ("CLBD", closing))
    ]
    stated = {
        "kind": "bank_statement",
        "account": {**ACCOUNT, "currency": "EUR"},
        "id": f"S{day}",
        "sequence": day,
        "period": {"start": date, "end": date},
        "balances": balances,
        "transactions": [entry],
        "format": "camt.053.001.08",
    }
    return record({**stated, **change})


WHOLE = {
    "a": statement(2, "100.00", "150.00"),
    "b": statement(3, "150.00", "120.00"),
    "c": statement(4, "120.00", "130.00"),
}


def faults(statements: dict[str, Record]) -> list[tuple[str, str, str | None]]:
    found = continuity(statements)
    return [(each.code, each.statement, each.previous) for one in found for each in one.faults]


def test_a_whole_chain_has_no_fault() -> None:
    assert faults(WHOLE) == []
    assert continuity(WHOLE)[0].statements == ["a", "b", "c"]


def test_a_missing_statement_is_a_gap_in_balance_and_number() -> None:
    found = faults({"a": WHOLE["a"], "c": WHOLE["c"]})
    assert found == [("statement_gap", "c", "a"), ("statement_gap", "c", "a")]
    told = continuity({"a": WHOLE["a"], "c": WHOLE["c"]})[0].faults
    assert {each.path for each in told} == {"balances[0].amount", "sequence"}


def test_a_statement_that_does_not_add_up_is_told() -> None:
    other: Any = WHOLE["a"].document
    wrong = statement(3, "150.00", "120.00", transactions=other.transactions)
    assert ("statement_balance_mismatch", "b", "a") in faults({**WHOLE, "b": wrong})


def test_a_statement_that_comes_twice_is_left_out_of_the_chain() -> None:
    assert faults({**WHOLE, "again": WHOLE["b"]}) == [("statement_repeated", "b", "again")]


def test_reports_within_the_day_are_no_links() -> None:
    report = statement(3, "1.00", "2.00", format="camt.052.001.08")
    assert faults({**WHOLE, "r": report}) == []


def test_accounts_are_told_apart_and_never_shown_whole() -> None:
    other = {"id": {"value": "FR1420041010050500013M02606", "scheme": "iban"}, "currency": "EUR"}
    found = continuity({**WHOLE, "o": statement(2, "5.00", "6.00", account=other)})
    assert [each.statements for each in found] == [["a", "b", "c"], ["o"]]
    assert found[0].account == "DE89…3000"


def test_the_order_of_input_does_not_matter() -> None:
    handles = list(WHOLE)
    random.Random(2).shuffle(handles)
    assert continuity({each: WHOLE[each] for each in handles}) == continuity(WHOLE)


@given(documents("bank_statement", canonical=False))
def test_any_statement_gets_an_answer(document: Any) -> None:
    assert len(continuity({"a": Record(document=document)})) in (0, 1)


AS_OF = datetime.date(2026, 4, 20)


@pytest.mark.parametrize(
    ("due", "bucket"),
    [
        ("2026-04-20", "not due"),
        ("2026-05-01", "not due"),
        ("2026-04-19", "1-30"),
        ("2026-03-21", "1-30"),
        ("2026-03-20", "31-60"),
        ("2026-01-20", "61-90"),
        ("2026-01-19", "over 90"),
    ],
)
def test_a_document_ages_from_its_due_day(due: str, bucket: str) -> None:
    rows = ageing({"i": bill(due_date=due)}, AS_OF).rows
    assert [(each.side, each.bucket, each.count) for each in rows] == [("receivable", bucket, 1)]


def test_sums_are_by_side_and_currency_and_credit_notes_count_against() -> None:
    records = {
        "a": bill(gross="100.00"),
        "b": credit_note(gross="30.00"),
        "c": bill(gross="7.00", direction="payable"),
        "d": bill(gross="5", currency="JPY"),
        "e": payment(value_date="2026-03-02"),
        "f": line("50.00"),
    }
    found = {(each.side, each.currency): each.amount for each in ageing(records, AS_OF).rows}
    assert found == {
        ("receivable", "EUR"): Decimal("70.00"),
        ("payable", "EUR"): Decimal("7.00") + Decimal("931.70"),
        ("receivable", "JPY"): Decimal(5),
        ("bank_in", "EUR"): Decimal("50.00"),
    }


def test_only_what_reconciling_left_over_is_aged() -> None:
    items = {"a": bill(payment=[{"reference": "1234561"}]), "b": bill("RE-2026-0119", "5.00")}
    lines = {"l": line(creditor_ref="1234561"), "m": line("3.33")}
    outcome = reconcile(lines, items)
    left = [*outcome.open_items, *(each.handle for each in outcome.unmatched_lines)]
    rows = ageing({**items, **lines}, AS_OF, only=left).rows
    assert [(each.side, each.amount) for each in rows] == [
        ("bank_in", Decimal("3.33")),
        ("receivable", Decimal("5.00")),
    ]
