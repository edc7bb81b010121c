"""What each kind has to state, and under which rule its absence is reported."""

from __future__ import annotations

from typing import Any, TypeAlias

import pytest

from canonical_model.checks import check
from canonical_model.checks.presence import FIELDS, Row, step_of
from canonical_model.documents import KINDS
from tests.strategies import from_plain

Plain: TypeAlias = dict[str, Any]

EN16931 = "urn:cen.eu:en16931:2017"
PARTY = {"name": "x"}
ORDER_REF = [{"role": "order", "number": "4500000001"}]
LINE = {"quantity": "1"}
ACCOUNT = {"id": {"value": "1"}}

TOTALS = {"lines": "0", "net": "0", "tax": "0", "gross": "0", "payable": "0"}
HEAD = {"number": "1", "issue_date": "2026-01-31", "currency": "EUR", "entity": "DE01"}
SIDES = {"seller": PARTY, "buyer": PARTY}
BILL = {**HEAD, **SIDES, "direction": "payable", "lines": [{}], "totals": TOTALS}
ORDER = {**HEAD, **SIDES, "lines": [{}]}
MOVED = {"number": "1", "posting_date": "2026-01-31", "lines": [LINE]}
MONEY = {"amount": "0.00", "currency": "EUR", "direction": "credit"}

# The least that is complete, by kind
COMPLETE: dict[str, Plain] = {
    "invoice": BILL,
    "credit_note": BILL,
    "purchase_order": ORDER,
    "sales_order": ORDER,
    "order_response": {"refs": ORDER_REF, "response": "accepted"},
    "quote": {"seller": PARTY, "lines": [{}]},
    "goods_receipt": {**MOVED, "refs": ORDER_REF},
    "shipment": {**MOVED, "from_party": PARTY, "to_location": {"value": "1"}},
    "return": {**MOVED, "direction": "to_supplier", "refs": [{"role": "receipt"}]},
    "inventory_adjustment": {**MOVED, "reason_code": "1"},
    "payment": {
        **{"direction": "out", "amount": "0.00", "currency": "EUR"},
        **{"value_date": "2026-01-31", "means": "58"},
    },
    "payment_status": {"status": "ACSC"},
    "bank_statement": {"account": ACCOUNT, "id": "1", "period": {"start": "2026-01-01"}},
    "bank_transaction": {"account": {"value": "1"}, "booking_date": "2026-01-31", **MONEY},
    "journal_entry": {
        "posting_date": "2026-01-31",
        "lines": [{"side": "debit", "amount": "0.00", "account": "1"}],
    },
    "party": {"name": "x", "master_id": "1"},
    "bank_account": {"id": {"value": "1"}},
    "ref_data": {"list": "account", "code": "1"},
    "tax_determination": {"lines": [{}]},
}


def missing(kind: str, plain: Plain) -> list[tuple[str | None, str | None, str]]:
    issues = check(from_plain({"kind": kind, **plain}))
    return [
        (each.path, each.rule, each.severity)
        for each in issues
        if each.code in ("missing_field", "direction_unknown")
    ]


def without(kind: str, *names: str) -> Plain:
    return {name: held for name, held in COMPLETE[kind].items() if name not in names}


def error(path: str, rule: str = "F1") -> list[tuple[str, str, str]]:
    return [(path, rule, "error")]


def warning(path: str, rule: str = "F1") -> list[tuple[str, str, str]]:
    return [(path, rule, "warning")]


def test_the_table_has_a_row_for_every_kind() -> None:
    assert set(FIELDS) == set(KINDS)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_least_that_is_complete_lacks_nothing(kind: str) -> None:
    assert missing(kind, COMPLETE[kind]) == []


LACKING: list[tuple[str, Plain, list[tuple[str, str, str]]]] = [
    ("invoice", without("invoice", "number"), error("number", "BR-02")),
    ("invoice", without("invoice", "issue_date"), error("issue_date", "BR-03")),
    ("credit_note", without("credit_note", "currency"), error("currency", "BR-05")),
    ("invoice", without("invoice", "seller"), error("seller.name", "BR-06")),
    ("invoice", {**BILL, "seller": {"legal_form": "AG"}}, error("seller.name", "BR-06")),
    ("invoice", {**BILL, "seller": {"master_id": "7"}}, []),
    ("invoice", {**BILL, "buyer": {"ids": [{"value": "1"}]}}, []),
    ("invoice", without("invoice", "buyer"), []),  # our own side of a payable
    (
        "invoice",
        {**without("invoice", "buyer"), "direction": "receivable"},
        warning("buyer.name", "BR-07"),
    ),
    ("invoice", {**without("invoice", "seller"), "direction": "receivable"}, []),
    ("invoice", without("invoice", "entity"), warning("entity")),
    ("invoice", without("invoice", "direction"), warning("direction", "F2")),
    ("invoice", without("invoice", "lines"), error("lines", "BR-16")),
    ("credit_note", {**without("credit_note", "lines"), "adjustments": [{"kind": "charge"}]}, []),
    ("invoice", {**BILL, "totals": {**TOTALS, "lines": "0"}}, []),
    (
        "invoice",
        without("invoice", "totals"),
        [
            *warning("totals.lines", "BR-12"),
            *warning("totals.net", "BR-13"),
            *error("totals.gross", "BR-14"),
            *warning("totals.payable", "BR-15"),
            *warning("taxes", "BR-CO-18"),
        ],
    ),
    # sales tax by line, without a breakdown
    (
        "invoice",
        {**BILL, "totals": {**TOTALS}, "lines": [{"tax_amount": "1.00"}]},
        [],
    ),
    ("purchase_order", without("purchase_order", "number"), error("number")),
    ("purchase_order", without("purchase_order", "lines"), error("lines")),
    ("sales_order", without("sales_order", "buyer"), error("buyer.name")),
    ("sales_order", without("sales_order", "entity"), warning("entity")),
    ("order_response", without("order_response", "refs"), error("refs")),
    ("order_response", {"lines": [{"refs": ORDER_REF}]}, []),
    ("order_response", {"lines": [{"refs": ORDER_REF}, {}]}, error("refs")),
    ("quote", without("quote", "seller"), error("seller")),
    ("goods_receipt", {**without("goods_receipt", "number"), "delivery_note": "1"}, []),
    ("goods_receipt", without("goods_receipt", "number"), error("number")),
    ("goods_receipt", without("goods_receipt", "posting_date"), error("posting_date")),
    ("goods_receipt", without("goods_receipt", "refs"), warning("refs")),
    (
        "goods_receipt",
        {**COMPLETE["goods_receipt"], "refs": [{"role": "contract"}]},
        warning("refs"),
    ),
    (
        "goods_receipt",
        {**without("goods_receipt", "refs"), "lines": [{**LINE, "refs": ORDER_REF}]},
        [],
    ),
    (
        "goods_receipt",
        {**COMPLETE["goods_receipt"], "lines": [LINE, {}, {"value": "1.00"}]},
        error("lines[1].quantity"),
    ),
    ("shipment", {**without("shipment", "number"), "tracking": [{"value": "1"}]}, []),
    ("shipment", without("shipment", "to_location"), error("to_party")),
    ("shipment", without("shipment", "from_party"), error("from_party")),
    ("return", without("return", "direction"), warning("direction", "F2")),
    ("return", {**COMPLETE["return"], "refs": [{"role": "project"}]}, error("refs")),
    ("inventory_adjustment", without("inventory_adjustment", "reason_code"), error("reason_code")),
    (
        "inventory_adjustment",
        {
            **without("inventory_adjustment", "reason_code"),
            "lines": [{"quantity": "-1", "reason_code": "1"}],
        },
        [],
    ),
    ("payment", without("payment", "amount"), error("amount")),
    ("payment", without("payment", "means"), error("from_account")),
    ("payment", without("payment", "direction"), warning("direction", "F2")),
    ("payment_status", {}, error("lines")),
    ("bank_statement", without("bank_statement", "account"), error("account.id")),
    ("bank_statement", without("bank_statement", "id"), warning("id")),
    ("bank_statement", without("bank_statement", "period"), warning("balances")),
    (
        "bank_statement",
        {**without("bank_statement", "period"), "balances": [{}]},
        warning("balances"),
    ),
    ("bank_statement", {**without("bank_statement", "period"), "balances": [{}, {}]}, []),
    (
        "bank_statement",
        {
            **COMPLETE["bank_statement"],
            "transactions": [
                {**MONEY, "status": "pending"},
                {**MONEY, "status": "booked"},
                {"booking_date": "2026-01-31"},
            ],
        },
        [
            *error("transactions[2].amount"),
            *error("transactions[2].direction"),
            *warning("transactions[1].booking_date"),
        ],
    ),
    ("bank_transaction", without("bank_transaction", "booking_date"), error("booking_date")),
    (
        "bank_transaction",
        {**without("bank_transaction", "booking_date"), "status": "pending"},
        [],
    ),
    ("bank_transaction", without("bank_transaction", "direction"), error("direction")),
    (
        "journal_entry",
        {**COMPLETE["journal_entry"], "lines": [{"side": "debit", "amount": "0.00"}]},
        error("lines[0].account"),
    ),
    ("journal_entry", without("journal_entry", "lines"), error("lines")),
    ("party", without("party", "master_id"), error("ids")),
    ("party", {"name": "x", "ids": [{"value": "1"}]}, []),
    ("bank_account", {}, error("id")),
    ("ref_data", without("ref_data", "code"), error("code")),
    ("tax_determination", {}, error("lines")),
]


@pytest.mark.parametrize(("kind", "plain", "expected"), LACKING)
def test_what_is_missing_is_told_with_its_place_and_rule(
    kind: str, plain: Plain, expected: list[tuple[str, str, str]]
) -> None:
    assert missing(kind, plain) == expected


CORE = {**BILL, "type_code": "380", "taxes": [{"category": "S"}], "specification": EN16931}
MINIMUM = {"specification": "urn:factur-x.eu:1p0:minimum"}
BASIC_WL = {"specification": "urn:factur-x.eu:1p0:basicwl"}


def but(*names: str, **changes: Any) -> Plain:
    return {**{name: held for name, held in CORE.items() if name not in names}, **changes}


@pytest.mark.parametrize(
    ("plain", "expected"),
    [
        (CORE, []),
        (but("type_code"), error("type_code", "BR-04")),
        (but(seller={"master_id": "7"}), error("seller.name", "BR-06")),
        (but(buyer={"master_id": "7"}), error("buyer.name", "BR-07")),
        (but("taxes"), error("taxes", "BR-CO-18")),
        (but("taxes", **MINIMUM), []),
        (but("taxes", **BASIC_WL), error("taxes", "BR-CO-18")),
        (but("lines", **BASIC_WL), []),
        (but("lines", **MINIMUM), []),
        (but("lines"), error("lines", "BR-16")),
        (but(totals={"net": "0", "gross": "0", "payable": "0"}, **MINIMUM), []),
        (
            but(totals={"net": "0", "gross": "0", "payable": "0"}, **BASIC_WL),
            error("totals.lines", "BR-12"),
        ),
    ],
)
def test_a_profile_asks_for_what_it_has(plain: Plain, expected: list[Any]) -> None:
    assert missing("invoice", plain) == expected


def test_alternatives_are_named() -> None:
    issues = check(from_plain({"kind": "goods_receipt", **without("goods_receipt", "number")}))
    assert [each.message for each in issues] == ["missing; state number or delivery_note"]


def test_every_path_of_the_table_leads_somewhere() -> None:
    """A misspelt name would make `check` raise on the first document of the kind."""
    for kind, rows in FIELDS.items():
        for row in rows:
            assert isinstance(row, Row)
            assert missing(kind, {}) is not None


@pytest.mark.parametrize("segment", ["", "a[b", "a]", "A", "a[2b]", "a.b"])
def test_a_segment_that_cannot_be_read_is_refused(segment: str) -> None:
    with pytest.raises(ValueError, match="not a segment"):
        step_of(segment)
