"""Tax categories, dates, terms: each rule kept, broken, and not applied."""

from __future__ import annotations

from typing import Any, TypeAlias

import pytest

from canonical_model.checks import RULES, check
from tests.strategies import from_plain

Plain: TypeAlias = dict[str, Any]
Found: TypeAlias = list[tuple[str | None, str | None]]

EN16931 = {"specification": "urn:cen.eu:en16931:2017"}
MINIMUM = {"specification": "urn:factur-x.eu:1p0:minimum"}
SILENT: Found = []


def issues(rule: str, *parts: Plain) -> list[Any]:
    plain: Plain = {"kind": "invoice", "currency": "EUR"}
    for part in parts:
        plain |= part
    return [each for each in check(from_plain(plain)) if each.code == RULES[rule].code]


def rows(*rows: Plain) -> Plain:
    return {"taxes": list(rows), **EN16931}


def ids(*kinds: str) -> Plain:
    return {"ids": [{"value": "1", "kind": kind} for kind in kinds]}


def instalments(*parts: Plain, payable: str | None = "100.00") -> Plain:
    totals = {"totals": {"payable": payable}} if payable else {}
    return {"terms": {"instalments": list(parts)}, **totals}


STANDARD_WITHOUT = [{"category": "S", "rate": "0"}]

CASES: list[tuple[str, Plain, Found]] = [
    # A14: no tax on what carries none
    ("A14", rows({"category": "Z", "amount": "0.00"}), SILENT),
    ("A14", rows({"category": "Z", "amount": "1.00"}), [("taxes[0].amount", "BR-Z-09")]),
    ("A14", {"taxes": [{"category": "Z", "amount": "1.00"}]}, SILENT),
    ("A14", rows({"category": "Z", "amount": "1.00", "type": "GST"}), SILENT),
    ("A14", rows({"category": "S", "amount": "1.00"}), SILENT),
    # A14: a reason where one is due
    ("A14", rows({"category": "K"}), [("taxes[0].exemption_code", "BR-IC-10")]),
    ("A14", rows({"category": "E", "exemption_text": "small"}), SILENT),
    ("A14", rows({"category": "AE", "exemption_code": "VATEX-EU-AE"}), SILENT),
    # A14: the standard rate is above zero
    ("A14", {"lines": [{"taxes": [{"category": "S", "rate": "19"}]}], **EN16931}, SILENT),
    (
        "A14",
        {"lines": [{"taxes": STANDARD_WITHOUT}], **EN16931},
        [("lines[0].taxes[0].rate", "BR-S-05")],
    ),
    (
        "A14",
        {"lines": [{"taxes": [{"category": "S"}]}], **EN16931},
        [("lines[0].taxes[0].rate", "BR-S-05")],
    ),
    ("A14", {"lines": [{"taxes": STANDARD_WITHOUT}]}, SILENT),
    (
        "A14",
        {
            "adjustments": [
                {"kind": kind, "tax": STANDARD_WITHOUT[0]} for kind in ("allowance", "charge")
            ],
            **EN16931,
        },
        [("adjustments[0].tax.rate", "BR-S-06"), ("adjustments[1].tax.rate", "BR-S-07")],
    ),
    # A14: out of scope stands alone
    ("A14", rows({"category": "O", "exemption_text": "x"}), SILENT),
    (
        "A14",
        rows({"category": "S", "rate": "19"}, {"category": "O", "exemption_text": "x"}),
        [("taxes[0].category", "BR-O-11")],
    ),
    (
        "A14",
        {
            **rows({"category": "O", "exemption_text": "x"}),
            "seller": ids("legal", "vat"),
            "buyer": ids("vat"),
        },
        [("seller.ids[1]", "BR-O-02"), ("buyer.ids[0]", "BR-O-02")],
    ),
    (
        "A14",
        {
            **rows(*[{"category": "O", "exemption_text": "x"}] * 2),
            "seller": ids("vat"),
        },
        [("seller.ids[0]", "BR-O-02")],
    ),
    # A15
    ("A15", {"tax_currency": "SEK", "totals": {"tax": "1.00", "tax_accounting": "9.00"}}, SILENT),
    ("A15", {"tax_currency": "SEK"}, [("totals.tax_accounting", "BR-53")]),
    ("A15", {"totals": {"tax_accounting": "9.00"}}, [("tax_currency", "A15")]),
    ("A15", {"tax_currency": "EUR"}, [("tax_currency", "PEPPOL-EN16931-R005")]),
    (
        "A15",
        {"tax_currency": "SEK", "totals": {"tax": "-1.00", "tax_accounting": "9.00"}},
        [("totals.tax_accounting", "PEPPOL-EN16931-R055")],
    ),
    ("A15", {"tax_currency": "SEK", "totals": {"tax": "0.00", "tax_accounting": "-9.00"}}, SILENT),
    ("A15", {}, SILENT),
    # A16
    ("A16", {"tax_point_date": "2026-01-31"}, SILENT),
    ("A16", {"tax_point": "issue"}, SILENT),
    ("A16", {"tax_point": "issue", "tax_point_date": "2026-01-31"}, [("tax_point", "BR-CO-03")]),
    # A17
    ("A17", {"period": {"start": "2026-01-01", "end": "2026-01-01"}}, SILENT),
    ("A17", {"period": {"start": "2026-01-02", "end": "2026-01-01"}}, [("period.end", "BR-29")]),
    ("A17", {"period": {"end": "2026-01-01"}}, SILENT),
    (
        "A17",
        {"lines": [{"period": {"start": "2026-01-02", "end": "2026-01-01"}}]},
        [("lines[0].period.end", "BR-30")],
    ),
    (
        "A17",
        {
            "period": {"start": "2026-01-10", "end": "2026-01-20"},
            "lines": [{"period": {"start": "2026-01-09", "end": "2026-01-21"}}, {}],
        },
        [
            ("lines[0].period.start", "PEPPOL-EN16931-R110"),
            ("lines[0].period.end", "PEPPOL-EN16931-R111"),
        ],
    ),
    ("A17", {"lines": [{"period": {"start": "2020-01-01", "end": "2030-01-01"}}]}, SILENT),
    # A18
    ("A18", {"totals": {"payable": "1.00"}, **EN16931}, [("due_date", "BR-CO-25")]),
    ("A18", {"totals": {"payable": "1.00"}}, SILENT),
    ("A18", {"totals": {"payable": "1.00"}, **MINIMUM}, SILENT),
    ("A18", {"totals": {"payable": "0.00"}, **EN16931}, SILENT),
    ("A18", {"totals": {"payable": "1.00"}, "due_date": "2026-01-31", **EN16931}, SILENT),
    ("A18", {"totals": {"payable": "1.00"}, "terms": {"text": "now"}, **EN16931}, SILENT),
    # A19
    ("A19", {"seller": ids("tax", "endpoint"), **EN16931}, [("seller.ids", "BR-CO-26")]),
    ("A19", {"seller": {"name": "x"}, **MINIMUM}, [("seller.ids", "BR-CO-26")]),
    ("A19", {"seller": ids("tax", "legal"), **EN16931}, SILENT),
    ("A19", {"seller": {"name": "x"}}, SILENT),
    ("A19", EN16931, SILENT),
    # A20
    ("A20", instalments({"amount": "40.00"}, {"amount": "60.00"}), SILENT),
    ("A20", instalments({"amount": "40.00"}, {"amount": "50.00"}), [("terms.instalments", "A20")]),
    ("A20", instalments({"amount": "40.00"}, payable=None), SILENT),
    ("A20", instalments({"percent": "40"}, {"percent": "60"}), SILENT),
    ("A20", instalments({"percent": "40"}, {"percent": "50"}), [("terms.instalments", "A20")]),
    ("A20", instalments({"percent": "40"}, {"due": "2026-01-31"}), SILENT),
    ("A20", instalments(), SILENT),
]


@pytest.mark.parametrize(("rule", "plain", "expected"), CASES)
def test_a_condition_is_asked_for_only_where_it_applies(
    rule: str, plain: Plain, expected: Found
) -> None:
    assert [(each.path, each.rule) for each in issues(rule, plain)] == expected


@pytest.mark.parametrize(
    ("direction", "severity"),
    [
        ({"direction": "payable"}, "error"),
        ({"direction": "receivable"}, "warning"),
        ({}, "warning"),
    ],
)
def test_an_unidentified_seller_is_an_error_on_a_payable(direction: Plain, severity: str) -> None:
    plain = {"seller": {"name": "x"}, **EN16931, **direction}
    assert [each.severity for each in issues("A19", plain)] == [severity]


@pytest.mark.parametrize(
    ("rule", "plain", "figures"),
    [
        ("A14", rows({"category": "Z", "amount": "1"}), ("0.00", "1.00")),
        ("A15", {"tax_currency": "EUR"}, (None, "EUR")),
        ("A17", {"period": {"start": "2026-01-02", "end": "2026-01-01"}}, (None, "2026-01-01")),
        ("A20", instalments({"amount": "40"}), ("100.00", "40.00")),
        ("A20", instalments({"percent": "40"}), ("100", "40")),
    ],
)
def test_expected_and_actual_are_told(
    rule: str, plain: Plain, figures: tuple[str | None, str | None]
) -> None:
    assert [(each.expected, each.actual) for each in issues(rule, plain)] == [figures]
