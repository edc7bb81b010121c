"""Payments, statements, journals, goods: each rule kept, broken, and not applied."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, TypeAlias

import pytest

from canonical_model.checks import NOTHING, RULES, Related, check
from canonical_model.documents.bank_statement import BankStatement
from tests.strategies import from_plain

Plain: TypeAlias = dict[str, Any]
Found: TypeAlias = list[tuple[str | None, str | None, str | None]]

SILENT: Found = []


def found(rule: str, plain: Plain, related: Related = NOTHING) -> Found:
    issues = check(from_plain(plain), related=related)
    return [(i.path, i.expected, i.actual) for i in issues if i.code == RULES[rule].code]


def payment(amount: str | None, *allocations: Plain, **rest: Any) -> Plain:
    stated = {"amount": amount} if amount else {}
    parts = {"currency": "EUR", "allocations": list(allocations)}
    return {"kind": "payment", **parts, **stated, **rest}


def to(number: str, amount: str, **rest: Any) -> Plain:
    return {"target": {"role": "invoice", "number": number}, "amount": amount, **rest}


def debit(amount: str) -> Plain:
    return {"amount": amount, "side": "debit"}


def credit(amount: str) -> Plain:
    return {"amount": amount, "side": "credit"}


def entry(amount: str, direction: str = "credit", **rest: Any) -> Plain:
    return {"amount": amount, "direction": direction, **rest}


def statement(opening: str, closing: str, *entries: Plain, **rest: Any) -> Plain:
    balances = [balance("OPBD", opening), balance("CLBD", closing)]
    parts = {"kind": "bank_statement", "account": {"currency": "EUR"}, "balances": balances}
    return {**parts, "transactions": list(entries), **rest}


def balance(type_: str, signed: str, **rest: Any) -> Plain:
    direction = "debit" if signed.startswith("-") else "credit"
    return {"type": type_, "amount": signed.removeprefix("-"), "direction": direction, **rest}


def booking(*lines: Plain, **rest: Any) -> Plain:
    return {"kind": "journal_entry", "currency": "EUR", "lines": list(lines), **rest}


def receipt(kind: str = "goods_receipt", **line: str) -> Plain:
    return {"kind": kind, "lines": [{}, line]}


DETAILED = {"details": [{"amount": "60.00"}, {"amount": "40.00"}]}
DOLLARS = {"settled": {"amount": "90.00", "currency": "USD"}}
EUROS = {"settled": {"amount": "90.00", "currency": "EUR"}}

CASES: list[tuple[str, Plain, Found]] = [
    # P1
    ("P1", payment("100.00", to("1", "60.00"), to("2", "40.00")), SILENT),
    ("P1", payment("100.00", to("1", "60.00")), [("amount", "60.00", "100.00")]),
    ("P1", payment("100.00", to("1", "60.00"), unapplied="38.00", fees="2.00"), SILENT),
    ("P1", payment("60.00", debit("100.00"), credit("40.00")), SILENT),
    ("P1", payment("90.00", to("1", "100.00", **EUROS)), SILENT),
    ("P1", payment("95.00", to("1", "100.00", **EUROS)), [("amount", "90.00", "95.00")]),
    ("P1", payment("95.00", to("1", "100.00", **DOLLARS)), SILENT),
    ("P1", payment("95.00", {"side": "debit"}), SILENT),
    ("P1", payment("95.00"), SILENT),
    ("P1", payment(None, to("1", "60.00")), SILENT),
    ("P1", payment("5.00", debit("1.00"), type="credit_application"), SILENT),
    # P3
    ("P3", payment("0.00", debit("9.00"), credit("9.00"), type="credit_application"), SILENT),
    (
        "P3",
        payment("1.00", debit("9.00"), credit("8.00"), type="credit_application"),
        [("amount", "0.00", "1.00"), ("allocations", "8.00", "9.00")],
    ),
    ("P3", payment("0.00", debit("9.00"), to("1", "8"), type="credit_application"), SILENT),
    ("P3", payment("1.00", debit("9.00"), credit("8.00"), type="netting"), SILENT),
    # B1
    ("B1", statement("100.00", "70.00", entry("50.00"), entry("80.00", "debit")), SILENT),
    (
        "B1",
        statement("10.00", "70.00", entry("80.00", "debit")),
        [("balances[1].amount", "-70.00", "70.00")],
    ),
    ("B1", statement("10.00", "-70.00", entry("80.00", "debit")), SILENT),
    (
        "B1",
        statement("1.00", "2.00", entry("1.00", status="booked"), entry("9.00", status="pending")),
        SILENT,
    ),
    ("B1", statement("1.00", "99.00"), SILENT),
    ("B1", statement("1.00", "99.00", entry("1.00"), {"amount": "1.00"}), SILENT),
    (
        "B1",
        statement("1.00", "99.00", entry("1.00", currency="EUR"), entry("1.00", currency="USD")),
        SILENT,
    ),
    ("B1", statement("1.00", "9.00", entry("1.00"), balances=[balance("CLBD", "9.00")]), SILENT),
    (
        "B1",
        statement("1.00", "9.00", entry("1.00"), balances=[{"type": "OPBD"}, {"type": "CLBD"}]),
        SILENT,
    ),
    (
        "B1",
        statement(
            "0",
            "0",
            entry("5.00"),
            balances=[
                balance("CLBD", "6.00", date="2026-01-02"),
                balance("CLBD", "3.00", date="2026-01-01"),
                balance("OPBD", "3.00", date="2026-01-02"),
                balance("OPBD", "1.00", date="2026-01-01"),
                balance("CLAV", "99.00", date="2026-01-03"),
            ],
        ),
        SILENT,
    ),
    # B2
    ("B2", statement("0", "0", entry("100.00", **DETAILED)), SILENT),
    (
        "B2",
        statement("0", "0", entry("1"), entry("99.00", **DETAILED)),
        [("transactions[1].amount", "100.00", "99.00")],
    ),
    (
        "B2",
        {"kind": "bank_transaction", **entry("99.00", currency="EUR", **DETAILED)},
        [("amount", "100.00", "99.00")],
    ),
    (
        "B2",
        statement("0", "0", entry("20.00", details=[entry("60.00"), entry("40.00", "debit")])),
        SILENT,
    ),
    (
        "B2",
        statement("0", "0", entry("99.00", details=[{"amount": "1.00"}, {"purpose": "SALA"}])),
        SILENT,
    ),
    ("B2", statement("0", "0", entry("99.00", charges=[{"kind": "charge"}], **DETAILED)), SILENT),
    (
        "B2",
        statement(
            "0", "0", entry("9.00", details=[{"amount": "1", "charges": [{"kind": "charge"}]}])
        ),
        SILENT,
    ),
    # B3
    ("B3", statement("0", "0", entry("5.00"), summaries=[{"count": 1, "sum": "5.00"}]), SILENT),
    (
        "B3",
        statement(
            "0",
            "0",
            entry("5.00"),
            entry("7.00", "debit"),
            summaries=[
                {"count": 2, "sum": "12.00"},
                {"direction": "debit", "count": 2, "sum": "5.00"},
            ],
        ),
        [("summaries[1].count", "1", "2"), ("summaries[1].sum", "7.00", "5.00")],
    ),
    ("B3", statement("0", "0", summaries=[{"count": 2}]), SILENT),
    ("B3", statement("0", "0", entry("5.00"), {}, summaries=[{"count": 2, "sum": "9.00"}]), SILENT),
    # J1
    ("J1", booking(debit("5.00"), credit("3.00"), credit("2.00")), SILENT),
    ("J1", booking(debit("5.00"), credit("3.00")), [("lines", "5.00", "3.00")]),
    ("J1", booking(debit("5.00"), {"amount": "3.00"}), SILENT),
    ("J1", booking(debit("5.00"), {"side": "credit"}), SILENT),
    ("J1", booking(), SILENT),
    (
        "J1",
        booking(
            {**debit("5.00"), "base_amount": "500"},
            {**credit("5.00"), "base_amount": "501"},
            base_currency="JPY",
        ),
        [("lines", "500", "501")],
    ),
    # M3
    ("M3", receipt(quantity="10", accepted="8", rejected="2"), SILENT),
    ("M3", receipt(quantity="10", accepted="8", rejected="1"), [("lines[1].quantity", "9", "10")]),
    ("M3", receipt(quantity="10", accepted="8"), SILENT),
    ("M3", receipt(quantity="10", rejected="11"), [("lines[1].quantity", "11", "10")]),
    ("M3", receipt(quantity="10", outstanding="5"), SILENT),
    ("M3", receipt(accepted="8", rejected="1"), SILENT),
    ("M3", receipt("return", quantity="1", accepted="2"), [("lines[1].quantity", "2", "1")]),
    ("M3", receipt("shipment", quantity="1", accepted="2"), SILENT),
    # A13
    ("A13", payment("1.005"), [("amount", "1.01", "1.005")]),
    ("A13", payment("1.00", to("1", "1.005")), SILENT),
    ("A13", statement("1.005", "0"), [("balances[0].amount", "1.01", "1.005")]),
    ("A13", statement("1.005", "0", account={"currency": "KWD"}), SILENT),
    ("A13", statement("1", "1", entry("1.005", currency="KWD")), SILENT),
]


@pytest.mark.parametrize(("rule", "plain", "expected"), CASES)
def test_money_and_goods_have_to_add_up(rule: str, plain: Plain, expected: Found) -> None:
    assert found(rule, plain) == expected


OPEN = Related(open_balances={"R-1": Decimal("100.00"), "inv_1": Decimal("5.00")})


@pytest.mark.parametrize(
    ("allocations", "expected"),
    [
        ([to("R-1", "100.00")], SILENT),
        ([to("R-1", "100.01")], [("allocations[0].amount", "100.00", "100.01")]),
        (
            [to("R-1", "97.00", discount="2.00", withheld="1.00", write_off="0.50")],
            [("allocations[0].amount", "100.00", "100.50")],
        ),
        (
            [to("R-1", "60.00"), to("R-1", "60.00")],
            [("allocations[1].amount", "100.00", "120.00")],
        ),
        ([to("R-2", "999.00")], SILENT),
        ([{"amount": "999.00"}, {"target": {"role": "invoice", "number": "R-1"}}], SILENT),
        (
            [{"target": {"role": "invoice", "number": "R-1", "id": "inv_1"}, "amount": "6.00"}],
            [("allocations[0].amount", "5.00", "6.00")],
        ),
    ],
)
def test_no_more_is_settled_than_is_open(allocations: list[Plain], expected: Found) -> None:
    assert found("P2", payment(None, *allocations), OPEN) == expected
    assert found("P2", payment(None, *allocations)) == SILENT


def before(**rest: Any) -> Related:
    previous = from_plain(statement("1.00", "50.00", **rest))
    assert isinstance(previous, BankStatement)
    return Related(previous_statement=previous)


@pytest.mark.parametrize(
    ("numbers", "following", "expected"),
    [
        ({}, statement("50.00", "9.00"), SILENT),
        ({}, statement("49.00", "9.00"), [("balances[0].amount", "50.00", "49.00")]),
        ({"sequence": 7}, statement("50.00", "9.00", sequence=8), SILENT),
        ({"sequence": 7}, statement("50.00", "9.00", sequence=9), [("sequence", "8", "9")]),
        ({"sequence": 7}, statement("50.00", "9.00", sequence=1), SILENT),
        ({"sequence": 7}, statement("50.00", "9.00"), SILENT),
        (
            {"legal_sequence": 7},
            statement("50.00", "9.00", legal_sequence=7),
            [("legal_sequence", "8", "7")],
        ),
        ({}, statement("0", "0", balances=[]), SILENT),
    ],
)
def test_a_statement_goes_on_where_the_one_before_ended(
    numbers: Plain, following: Plain, expected: Found
) -> None:
    assert found("B4", following, before(**numbers)) == expected
    assert found("B4", following) == SILENT


@pytest.mark.parametrize(
    ("severity", "rules"),
    [("error", ("B1", "P1", "P2", "P3", "J1")), ("warning", ("B2", "B3", "B4", "M3"))],
)
def test_only_what_cannot_be_right_is_an_error(severity: str, rules: tuple[str, ...]) -> None:
    assert {RULES[rule].severity for rule in rules} == {severity}
