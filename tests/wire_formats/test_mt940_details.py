from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors._codecs.mt940.details import read_details, read_supplementary

GERMAN = [
    (
        "166?00GUTSCHRIFT?20Miete Mai?21Haus 3",
        {"posting_text": "GUTSCHRIFT", "purpose": ["Miete Mai", "Haus 3"]},
    ),
    ("166?109248?34000", {"primanota": "9248", "text_key": "000"}),
    (
        "166?30BANKDEFFXXX?31DE02 1203 0000",
        {"counterparty_bic": "BANKDEFFXXX", "counterparty_account": "DE0212030000"},
    ),
    (
        "166?3010020030?311234567",
        {"counterparty_bank": "10020030", "counterparty_account": "1234567"},
    ),
    ("166?31111?38DE02120300000000202051", {"counterparty_account": "DE02120300000000202051"}),
    ("166?32ABCDEFGHIJKLMNOPQRSTUVWXYZA?33BC", {"counterparty": "ABCDEFGHIJKLMNOPQRSTUVWXYZABC"}),
    ("166?32Eva?33Muster", {"counterparty": "Eva Muster"}),
    ("166?20EREF+E1?21SVWZ+R 1?22vom 1.1.", {"end_to_end": "E1", "purpose": ["R 1 vom 1.1."]}),
    ("166?20EREF+NOTPROVIDED?21SVWZ+R 1", {"purpose": ["R 1"]}),
    (
        "166?20SVWZ+A EREF: E2 MREF: M2 CRED: C2",
        {"end_to_end": "E2", "mandate": "M2", "creditor_id": "C2", "purpose": ["A"]},
    ),
    ("166?20EREF+E1 EREF: E2", {"end_to_end": "E1"}),
    ("166?20XX KREF+K1DEBT+D1", {"kref": "K1", "debtor_id": "D1", "purpose": ["XX"]}),
    ("166?20PREFIX: no tag", {"purpose": ["PREFIX: no tag"]}),
    ("166?20EREF+E1?21more text", {"end_to_end": "E1", "purpose": ["more text"]}),
    (
        "166?20SVWZ+Text IBAN: DE02 BIC: BANKDEFF",
        {"counterparty_account": "DE02", "counterparty_bic": "BANKDEFF", "purpose": ["Text"]},
    ),
    (
        "166?20OAMT+EUR12,5?21COAM+0,5",
        {"original_amount": {"currency": "EUR", "amount": "12.5"}, "charges": {"amount": "0.5"}},
    ),
    ("166?20END-TO-END-REF.: E9 MANDATSREF: M9", {"end_to_end": "E9", "mandate": "M9"}),
    ("166?20SVWZ+a?21ABWA+Eva?22Muster", {"ultimate_debtor": "Eva Muster", "purpose": ["a"]}),
    ("105?20SVWZ+a?21ABWA+Eva", {"ultimate_creditor": "Eva", "purpose": ["a"]}),
    (
        "109?20SVWZ+AC04 Konto geschlossen",
        {"return_reason": "AC04", "purpose": ["AC04 Konto geschlossen"]},
    ),
    ("166?20Was nun??21Weiter? Ja", {"purpose": ["Was nun?", "Weiter? Ja"]}),
    ("166?20a?60b?61c", {"purpose": ["a", "b", "c"]}),
    ("166?20a?702b", {"purpose": ["a"], "other": {"70": "2b"}}),
]


@pytest.mark.parametrize(("raw", "expected"), GERMAN)
def test_numbered_sub_fields_with_sepa_tags(raw: str, expected: dict[str, Any]) -> None:
    assert read_details(raw) == {"business_code": raw[:3], **expected}


def test_a_blank_trimmed_at_the_line_end_comes_back() -> None:
    full = "166?00GUTSCHRIFT?20SVWZ+" + "x" * 20 + "?21" + "y" * 18
    assert len(full) == 65
    trimmed = "z" * 20 + "?22" + "Kunde".rjust(27, "k") + "?23" + "abcdefghijk"
    assert len(trimmed) == 64
    assert "abcdefghijk Ende" in read_details(f"{full}\n{trimmed}\nEnde")["purpose"][0]


def test_a_tag_may_be_cut_between_two_sub_fields() -> None:
    raw = "166?20EREF+A123456789012345678901S?21VWZ+Text"
    assert read_details(raw) == {
        "business_code": "166",
        "end_to_end": "A123456789012345678901",
        "purpose": ["Text"],
    }


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (
            "/OCMT/USD4,5//CHGS/EUR0,5/",
            {
                "original_amount": {"currency": "USD", "amount": "4.5"},
                "charges": {"currency": "EUR", "amount": "0.5"},
            },
        ),
        ("/TRCD/00100/", {"transaction_code": "00100"}),
        ("NL02TEST0123456789", {"counterparty_account": "NL02TEST0123456789"}),
        ("P012345678", {}),
        ("P000123456", {}),
        ("Some words", {}),
        ("a/b", {}),
    ],
)
def test_supplementary_details_state_amounts_codes_or_the_account(
    raw: str, expected: dict[str, Any]
) -> None:
    found = read_supplementary(raw)
    assert found == (expected or ({"counterparty_account": raw} if raw[0] == "P" else {}))


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="?<>~^/+:;0123456789ABEFGIRSTVWZ \n", max_size=120))
def test_any_text_gives_a_tree_without_empty_leaves(raw: str) -> None:
    def leaves(tree: Any) -> list[str]:
        if isinstance(tree, dict):
            return [leaf for value in tree.values() for leaf in leaves(value)]
        if isinstance(tree, list):
            return [leaf for value in tree for leaf in leaves(value)]
        return [tree]

    assert all(leaf.strip() for leaf in leaves(read_details(raw)))
