"""Totals, tax breakdown and lines: each rule kept, broken, and not applied."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, TypeAlias

import pytest

from canonical_model.checks import RULES, check
from canonical_model.checks.figures import figures_of
from canonical_model.documents.invoice import Invoice
from canonical_model.parts.totals import Totals
from tests.strategies import from_plain

Plain: TypeAlias = dict[str, Any]
Expected: TypeAlias = list[tuple[str | None, str | None, str | None]]

EN16931 = {"specification": "urn:cen.eu:en16931:2017"}
EXTENDED = {"specification": "urn:cen.eu:en16931:2017#conformant#urn:factur-x.eu:1p0:extended"}
MINIMUM = {"specification": "urn:factur-x.eu:1p0:minimum"}
WITH_TAX = {"prices_include_tax": True}


def lines(*nets: str, **rest: Any) -> Plain:
    return {"lines": [{"net": net, **rest} for net in nets]}


def totals(**amounts: str) -> Plain:
    return {"totals": amounts}


def allowances(*amounts: str, kind: str = "allowance") -> Plain:
    return {"adjustments": [{"kind": kind, "amount": amount} for amount in amounts]}


def row(taxable: str, amount: str, rate: str = "19", category: str = "S") -> Plain:
    return {"category": category, "rate": rate, "taxable": taxable, "amount": amount}


def taxed(net: str, rate: str = "19", category: str = "S", **rest: Any) -> Plain:
    return {"net": net, "taxes": [{"category": category, "rate": rate}], **rest}


def issues(rule: str, *parts: Plain, currency: str | None = "EUR") -> list[Any]:
    plain: Plain = {"kind": "invoice", **({"currency": currency} if currency else {})}
    for part in parts:
        plain |= part
    return [each for each in check(from_plain(plain)) if each.code == RULES[rule].code]


def found(rule: str, *parts: Plain, currency: str | None = "EUR") -> Expected:
    return [(i.path, i.expected, i.actual) for i in issues(rule, *parts, currency=currency)]


SILENT: Expected = []

TOTALS: list[tuple[str, list[Plain], Expected]] = [
    # A1
    ("A1", [lines("60.00", "40.00"), totals(lines="100.00")], SILENT),
    ("A1", [lines("60.00", "40.00"), totals(lines="90.00")], [("totals.lines", "100.00", "90.00")]),
    ("A1", [lines("60.005", "40"), totals(lines="100.01")], SILENT),
    ("A1", [lines("-60.005", "-40"), totals(lines="-100.00")], SILENT),
    ("A1", [lines("-60.005", "-40"), totals(lines="-100.01")], SILENT),
    ("A1", [lines("60"), totals(lines="60.000")], SILENT),
    ("A1", [lines("60.00"), totals(net="60.00")], SILENT),
    ("A1", [totals(lines="1.00")], SILENT),
    ("A1", [{"lines": [{"net": "1.00"}, {"id": "2"}]}, totals(lines="5.00")], SILENT),
    ("A1", [lines("119.00"), totals(lines="100.00"), WITH_TAX], SILENT),
    ("A1", [lines("1.00", "2.00"), totals(lines="3.02"), EXTENDED], SILENT),
    (
        "A1",
        [lines("1.00", "2.00"), totals(lines="3.03"), EXTENDED],
        [("totals.lines", "3.00", "3.03")],
    ),
    (
        "A1",
        [lines("1.00", "2.00"), totals(lines="3.02"), EN16931],
        [("totals.lines", "3.00", "3.02")],
    ),
    (
        "A1",
        [
            {"lines": [{"net": "5.00", "kind": "group"}, {"net": "5.00", "kind": "detail"}]},
            totals(lines="5.00"),
        ],
        SILENT,
    ),
    ("A1", [lines("5.00", kind="info"), totals(lines="9.00")], SILENT),
    # A2, A3
    ("A2", [allowances("3.00", "4.00"), totals(allowances="7.00")], SILENT),
    (
        "A2",
        [allowances("3.00", "4.00"), totals(allowances="8.00")],
        [("totals.allowances", "7.00", "8.00")],
    ),
    ("A2", [totals(allowances="8.00")], SILENT),
    ("A2", [totals(allowances="8.00"), EN16931], [("totals.allowances", "0.00", "8.00")]),
    ("A2", [allowances("3.00"), totals(net="1.00")], SILENT),
    ("A2", [{"adjustments": [{"kind": "allowance"}]}, totals(allowances="8.00")], SILENT),
    ("A3", [allowances("3.00", kind="charge"), totals(charges="3.00")], SILENT),
    (
        "A3",
        [allowances("3.00", kind="charge"), totals(charges="1.00")],
        [("totals.charges", "3.00", "1.00")],
    ),
    ("A3", [allowances("3.00"), totals(charges="1.00")], SILENT),
    (
        "A3",
        [allowances("3.00"), totals(charges="1.00"), EN16931],
        [("totals.charges", "0.00", "1.00")],
    ),
    # A4
    ("A4", [totals(lines="100.00", net="100.00")], SILENT),
    ("A4", [totals(lines="100.00", allowances="10.00", charges="5.00", net="95.00")], SILENT),
    (
        "A4",
        [totals(lines="100.00", allowances="10.00", net="95.00")],
        [("totals.net", "90.00", "95.00")],
    ),
    ("A4", [totals(lines="100.00", net="90.00"), allowances("10.00")], SILENT),
    ("A4", [totals(net="90.00")], SILENT),
    ("A4", [totals(lines="119.00", net="100.00"), WITH_TAX], SILENT),
    ("A4", [totals(lines="9.00", net="1.00"), {"adjustments": [{"kind": "charge"}]}], SILENT),
    # A5
    ("A5", [{"taxes": [{"amount": "19.00"}, {"amount": "7.00"}]}, totals(tax="26.00")], SILENT),
    (
        "A5",
        [{"taxes": [{"amount": "19.00"}]}, totals(tax="26.00")],
        [("totals.tax", "19.00", "26.00")],
    ),
    (
        "A5",
        [
            {"taxes": [{"amount": "19.00"}, {"amount": "5.00", "withheld": True}]},
            totals(tax="19.00"),
        ],
        SILENT,
    ),
    ("A5", [{"taxes": [{"amount": "5.00", "withheld": True}]}, totals(tax="19.00")], SILENT),
    ("A5", [{"taxes": [{"amount": "19.00"}, {"rate": "7"}]}, totals(tax="26.00")], SILENT),
    ("A5", [totals(tax="26.00")], SILENT),
    # A6
    ("A6", [totals(net="100.00", tax="19.00", gross="119.00")], SILENT),
    (
        "A6",
        [totals(net="100.00", tax="19.00", gross="119.01")],
        [("totals.gross", "119.00", "119.01")],
    ),
    ("A6", [totals(net="100.00", gross="119.00")], SILENT),
    # A7
    ("A7", [totals(gross="119.00", payable="119.00")], SILENT),
    (
        "A7",
        [
            totals(
                gross="119.00", prepaid="19.00", rounding="0.02", withheld="5.00", payable="95.02"
            )
        ],
        SILENT,
    ),
    (
        "A7",
        [totals(gross="119.00", prepaid="19.00", payable="119.00")],
        [("totals.payable", "100.00", "119.00")],
    ),
    ("A7", [totals(gross="119.00", payable="100.00"), MINIMUM], SILENT),
    (
        "A7",
        [totals(gross="119.00", prepaid="1.00", payable="9.00"), MINIMUM],
        [("totals.payable", "118.00", "9.00")],
    ),
    ("A7", [totals(gross="119.00")], SILENT),
]

TAXES: list[tuple[str, list[Plain], Expected]] = [
    # A8
    ("A8", [{"taxes": [row("100.00", "19.00")]}], SILENT),
    (
        "A8",
        [{"taxes": [row("100.00", "19.00"), row("10.00", "0.80", "7")]}],
        [("taxes[1].amount", "0.70", "0.80")],
    ),
    ("A8", [{"taxes": [row("0.50", "0.10", "19")]}], SILENT),
    ("A8", [{"taxes": [row("-12.50", "-0.12", "1")]}], SILENT),
    ("A8", [{"taxes": [row("-12.50", "-0.13", "1")]}], SILENT),
    ("A8", [{"taxes": [row("-12.50", "-0.14", "1")]}], [("taxes[0].amount", "-0.13", "-0.14")]),
    ("A8", [{"taxes": [{"taxable": "100.00", "amount": "5.00"}]}], SILENT),
    ("A8", [{"taxes": [row("100.00", "19.01")]}, lines("1.00"), EXTENDED], SILENT),
    (
        "A8",
        [{"taxes": [row("100.00", "19.02")]}, lines("1.00"), EXTENDED],
        [("taxes[0].amount", "19.00", "19.02")],
    ),
    # A9
    (
        "A9",
        [{"lines": [taxed("60.00"), taxed("40.00")], "taxes": [row("100.00", "19.00")]}],
        SILENT,
    ),
    (
        "A9",
        [
            {
                "lines": [taxed("60.00"), taxed("40.00", "7")],
                "taxes": [row("60.00", "1"), row("41.00", "1", "7.0")],
            }
        ],
        [("taxes[1].taxable", "40.00", "41.00")],
    ),
    (
        "A9",
        [
            {"lines": [taxed("60.00")], "taxes": [row("55.00", "1")]},
            {
                "adjustments": [
                    {"kind": "allowance", "amount": "5.00", "tax": {"category": "S", "rate": "19"}}
                ]
            },
        ],
        SILENT,
    ),
    (
        "A9",
        [{"lines": [taxed("60.00")], "taxes": [row("55.00", "1")], **allowances("5.00")}],
        SILENT,
    ),
    ("A9", [{"lines": [taxed("60.00"), {"net": "1.00"}], "taxes": [row("5.00", "1")]}], SILENT),
    (
        "A9",
        [{"lines": [taxed("60.00"), {"taxes": taxed("1")["taxes"]}], "taxes": [row("5.00", "1")]}],
        SILENT,
    ),
    ("A9", [{"lines": [taxed("60.00", kind="group")], "taxes": [row("5.00", "1")]}], SILENT),
    ("A9", [{"lines": [taxed("60.00")], "taxes": [row("50.00", "1")], **WITH_TAX}], SILENT),
    (
        "A9",
        [{"lines": [{"net": "9.00", "taxes": [{"category": "S"}]}], "taxes": [row("1.00", "1")]}],
        SILENT,
    ),
    (
        "A9",
        [
            {
                "lines": [{"net": "9.00", "taxes": [{"category": "E"}]}],
                "taxes": [row("4.00", "0.00", "0", "E"), row("5.00", "0.00", "0", "E")],
            }
        ],
        SILENT,
    ),
    (
        "A9",
        [
            {
                "lines": [taxed("9.00", "0", "K")],
                "taxes": [row("4.00", "0.00", "0", "K"), row("4.50", "0.00", "0", "K")],
            }
        ],
        [("taxes[0].taxable", "9.00", "8.50")],
    ),
    ("A9", [{"lines": [taxed("9.00")], "taxes": [{**row("1.00", "1"), "type": "GST"}]}], SILENT),
    ("A9", [{"taxes": [row("1.00", "1")]}], SILENT),
    # US sales tax by jurisdiction, without categories
    (
        "A9",
        [
            {
                "lines": [
                    {
                        "net": "100.00",
                        "tax_amount": "8.25",
                        "taxes": [{"type": "SALES", "rate": "8.25"}],
                    }
                ],
                "taxes": [{"type": "SALES", "rate": "8.25", "taxable": "99.00", "amount": "8.25"}],
            }
        ],
        SILENT,
    ),
]


def priced(line_net: str, quantity: str = "3", **price: str) -> Plain:
    return {"net": line_net, "quantity": quantity, "unit": "C62", "price": price}


CHARGED = {
    "adjustments": [{"kind": "allowance", "amount": "2.00"}, {"kind": "charge", "amount": "1.00"}]
}

LINES: list[tuple[str, list[Plain], Expected]] = [
    # A10
    ("A10", [{"lines": [priced("30.00", net="10")]}], SILENT),
    ("A10", [{"lines": [{}, priced("30.03", net="10")]}], [("lines[1].net", "30.00", "30.03")]),
    ("A10", [{"lines": [priced("30.02", net="10")]}], SILENT),
    ("A10", [{"lines": [priced("0.30", net="10", base_quantity="100")]}], SILENT),
    (
        "A10",
        [{"lines": [priced("30.00", net="10", base_quantity="100")]}],
        [("lines[0].net", "0.30", "30.00")],
    ),
    ("A10", [{"lines": [priced("3.00", net="10", base_quantity="0")]}], SILENT),
    ("A10", [{"lines": [priced("3.00", net="10", base_unit="KGM")]}], SILENT),
    (
        "A10",
        [{"lines": [priced("3.00", net="10", base_unit="C62")]}],
        [("lines[0].net", "30.00", "3.00")],
    ),
    ("A10", [{"lines": [{**priced("29.00", net="10"), **CHARGED}]}], SILENT),
    (
        "A10",
        [{"lines": [{**priced("30.00", net="10"), **CHARGED}]}],
        [("lines[0].net", "29.00", "30.00")],
    ),
    (
        "A10",
        [{"lines": [{**priced("9.00", net="10"), "adjustments": [{"kind": "charge"}]}]}],
        SILENT,
    ),
    ("A10", [{"lines": [{**priced("9.00", net="10"), "kind": "group"}]}], SILENT),
    ("A10", [{"lines": [priced("9.00", net="10")], **WITH_TAX}], SILENT),
    ("A10", [{"lines": [{"net": "9.00", "quantity": "3"}]}], SILENT),
    # A11
    (
        "A11",
        [
            {
                "adjustments": [
                    {"kind": "allowance", "base": "50.00", "percent": "10", "amount": "5.02"}
                ]
            }
        ],
        SILENT,
    ),
    (
        "A11",
        [
            {
                "adjustments": [
                    {"kind": "allowance", "base": "50.00", "percent": "10", "amount": "5.03"}
                ]
            }
        ],
        [("adjustments[0].amount", "5.00", "5.03")],
    ),
    (
        "A11",
        [
            {
                "lines": [
                    {},
                    {
                        "adjustments": [
                            {"kind": "charge", "base": "50", "percent": "1", "amount": "9"}
                        ]
                    },
                ]
            }
        ],
        [("lines[1].adjustments[0].amount", "0.50", "9.00")],
    ),
    ("A11", [{"adjustments": [{"kind": "allowance", "base": "50.00", "amount": "5.03"}]}], SILENT),
    # A12
    (
        "A12",
        [{"lines": [{"price": {"gross": "1.33335", "discount": "0.33335", "net": "1"}}]}],
        SILENT,
    ),
    (
        "A12",
        [{"lines": [{"price": {"gross": "1.5", "discount": "0.25", "net": "1"}}]}],
        [("lines[0].price.net", "1.25", "1")],
    ),
    ("A12", [{"lines": [{"price": {"gross": "1.5", "net": "1"}}]}], SILENT),
    # A13
    ("A13", [lines("1.00"), totals(lines="1.00")], SILENT),
    (
        "A13",
        [lines("1.005"), totals(lines="1.005")],
        [("lines[0].net", "1.01", "1.005"), ("totals.lines", "1.01", "1.005")],
    ),
    (
        "A13",
        [{"lines": [{"quantity": "1.0005", "price": {"net": "0.00001"}, "tax_amount": "0.1"}]}],
        SILENT,
    ),
    ("A13", [{"balance": "0.000"}], SILENT),
    ("A13", [{"balance": "0.000"}, totals(net="0.001")], [("totals.net", "0.00", "0.001")]),
]


@pytest.mark.parametrize(("rule", "parts", "expected"), [*TOTALS, *TAXES, *LINES])
def test_a_figure_is_questioned_only_where_it_does_not_agree(
    rule: str, parts: list[Plain], expected: Expected
) -> None:
    assert found(rule, *parts) == expected


@pytest.mark.parametrize("kind", ["invoice", "credit_note"])
def test_credit_notes_keep_the_same_rules(kind: str) -> None:
    assert found("A6", totals(net="-1.00", tax="-1.00", gross="-3.00"), {"kind": kind}) == [
        ("totals.gross", "-2.00", "-3.00")
    ]


@pytest.mark.parametrize(
    ("rule", "plain", "severity"),
    [
        ("A8", {"taxes": [row("100.00", "19.99")]}, "warning"),
        ("A8", {"taxes": [row("100.00", "20.00")]}, "error"),
        ("A9", {"lines": [taxed("100.00")], "taxes": [row("100.99", "19.00")]}, "warning"),
        ("A9", {"lines": [taxed("100.00")], "taxes": [row("99.00", "19.00")]}, "error"),
        ("A10", {"lines": [priced("99.00", net="1")]}, "warning"),
        ("A13", totals(net="0.001"), "warning"),
    ],
)
def test_severity_follows_the_size_of_the_difference(
    rule: str, plain: Plain, severity: str
) -> None:
    assert [each.severity for each in issues(rule, plain)] == [severity]


@pytest.mark.parametrize(
    ("category", "rule"),
    [("S", "BR-S-08"), ("AE", "BR-AE-08"), ("K", "BR-IC-08"), ("L", "BR-IG-08"), ("X", "BR-S-08")],
)
def test_a_taxable_amount_is_questioned_under_the_rule_of_its_category(
    category: str, rule: str
) -> None:
    plain = {"lines": [taxed("9.00", "5", category)], "taxes": [row("8.50", "1", "5", category)]}
    assert [each.rule for each in issues("A9", plain)] == [rule]


@pytest.mark.parametrize(
    ("plain", "rule"),
    [
        (totals(payable="0.001"), "BR-DEC-18"),
        ({"taxes": [{"taxable": "0.001"}]}, "BR-DEC-19"),
        ({"lines": [{"net": "0.001"}]}, "BR-DEC-23"),
        ({"balance": "0.001"}, "A13"),
    ],
)
def test_too_many_decimals_go_by_the_rule_of_the_field(plain: Plain, rule: str) -> None:
    assert [each.rule for each in issues("A13", plain)] == [rule]


@pytest.mark.parametrize(
    ("currency", "amount", "many"),
    [
        ("KWD", "0.001", False),
        ("KWD", "0.0001", True),
        ("JPY", "0.50", False),
        (None, "0.001", True),
    ],
)
def test_a_currency_says_how_many_decimals_there_may_be(
    currency: str | None, amount: str, many: bool
) -> None:
    assert bool(issues("A13", totals(net=amount), currency=currency)) is many


def test_tax_in_another_currency_may_have_the_decimals_of_that_one() -> None:
    plain = {**totals(tax_accounting="1.234"), "tax_currency": "OMR"}
    assert issues("A13", plain, currency="USD") == []


@pytest.mark.parametrize(("amount", "wrong"), [("123", False), ("124", False), ("125", True)])
def test_whole_yen_may_be_rounded_either_way(amount: str, wrong: bool) -> None:
    plain = {"taxes": [row("1236", amount, "10")]}
    assert bool(issues("A8", plain, currency="JPY")) is wrong


def test_expected_figures_are_padded_to_the_currency() -> None:
    wrong = totals(net="1", tax="1", gross="3")
    padded = {code: found("A6", wrong, currency=code)[0][1:] for code in ("KWD", "EUR", "JPY")}
    assert padded == {"KWD": ("2.000", "3.000"), "EUR": ("2.00", "3.00"), "JPY": ("2", "3")}


def test_a_negative_zero_is_never_written() -> None:
    assert found("A6", totals(net="-1.00", tax="1.00", gross="3.00")) == [
        ("totals.gross", "0.00", "3.00")
    ]
    assert figures_of("EUR").text(-figures_of("EUR").half * 0) == "0.00"


@pytest.mark.parametrize("odd", ["NaN", "sNaN", "Infinity", "-Infinity", "1E+999999", "1E-999999"])
def test_what_no_canonical_document_holds_is_told_as_it_is(odd: str) -> None:
    bill = Invoice(totals=Totals(net=Decimal(odd), tax=Decimal(1), gross=Decimal(1)))
    told = {each.actual for each in check(bill)} | {each.expected for each in check(bill)}
    assert all(text is None or len(text) < 100 for text in told)
    assert figures_of("EUR").text(Decimal(odd)) == str(Decimal(odd))
