from __future__ import annotations

from typing import Any

import pytest

from connectors._codecs.mt940.details import read_details

OTHERS = [
    (
        "020^00OPLATA^20TYT 1^32JAN^62UL. A 1",
        {
            "business_code": "020",
            "posting_text": "OPLATA",
            "counterparty": "JAN",
            "counterparty_address": ["UL. A 1"],
            "purpose": ["TYT 1"],
        },
    ),
    ("~20Tytul~32Jan", {"purpose": ["Tytul"], "counterparty": "Jan"}),
    (
        "110<00WPLATA<20a<21b",
        {"business_code": "110", "posting_text": "WPLATA", "purpose": ["a", "b"]},
    ),
    (
        "000>100123456789>20HUUR",
        {"business_code": "000", "counterparty_account": "0123456789", "purpose": ["HUUR"]},
    ),
    (
        "166/00GUTSCHRIFT/20Text",
        {"business_code": "166", "posting_text": "GUTSCHRIFT", "purpose": ["Text"]},
    ),
    ("999PN12SCHECK 4", {"business_code": "999", "purpose": ["PN12SCHECK 4"]}),
    ("Free text\n  more ", {"purpose": ["Free text", "more"]}),
    ("123 EUR for 10/20", {"purpose": ["123 EUR for 10/20"]}),
    (
        "/TRTP/SEPA OVERBOEKING/IBAN/NL02TEST0123456789/BIC/TESTNL2A"
        "/NAME/J. DE WIT/REMI/Factuur 1/2/EREF/E1",
        {
            "posting_text": "SEPA OVERBOEKING",
            "counterparty_account": "NL02TEST0123456789",
            "counterparty_bic": "TESTNL2A",
            "counterparty": "J. DE WIT",
            "purpose": ["Factuur 1/2"],
            "end_to_end": "E1",
        },
    ),
    (
        "/ORDP//NAME/A BV/REMI/STRD/ISO/RF18000/",
        {"counterparty": "A BV", "structured_ref_type": "ISO", "structured_ref": "RF18000"},
    ),
    ("/ULTD//NAME/X/ORDP//NAME/Y/", {"ultimate_debtor": "X", "counterparty": "Y"}),
    (
        "/CNTP/NL1/BIC1/A/B BV/CITY/",
        {
            "counterparty_account": "NL1",
            "counterparty_bic": "BIC1",
            "counterparty": "A/B BV",
            "counterparty_city": "CITY",
        },
    ),
    ("/RTRN/MS03//REMI/USTD//Terug/", {"return_reason": "MS03", "purpose": ["Terug"]}),
    (
        "/ACCW/NL1,TESTNL2A/ORDP//NAME/A",
        {"counterparty_account": "NL1", "counterparty_bic": "TESTNL2A", "counterparty": "A"},
    ),
    ("/PREF/B1//IREF/I1//CREF/C1/", {"batch": "B1", "instruction": "I1", "kref": "C1"}),
    (
        "/CDTRREFTP//CD/SCOR/ISSR/CUR/CDTRREF/99",
        {"structured_ref_type": "SCOR", "structured_ref": "99", "other": {"ISSR": "CUR"}},
    ),
    ("/EREF/E1/ISDT/2024-01-02", {"end_to_end": "E1", "other": {"ISDT": "2024-01-02"}}),
    ("/A/B/no code words", {"purpose": ["/A/B/no code words"]}),
    (
        "SEPA OVERBOEKING                 IBAN: NL02TEST0123456789        \n"
        "BIC: TESTNL2A                    NAAM: J DE WIT\n"
        "OMSCHRIJVING: FACTUUR 9          KENMERK: K9",
        {
            "posting_text": "SEPA OVERBOEKING",
            "counterparty_account": "NL02TEST0123456789",
            "counterparty_bic": "TESTNL2A",
            "counterparty": "J DE WIT",
            "purpose": ["FACTUUR 9"],
            "end_to_end": "K9",
        },
    ),
    (
        "FACTUUR 5\nREK: NL02TEST0123456789/NAAM: WINKEL",
        {
            "purpose": ["FACTUUR 5"],
            "counterparty_account": "NL02TEST0123456789",
            "counterparty": "WINKEL",
        },
    ),
    (
        "GIRO   123456 WATERLEIDING           BETALINGSKENM.  9000\nBETREFT MEI",
        {
            "counterparty_account": "123456",
            "counterparty": "WATERLEIDING",
            "structured_ref": "9000",
            "purpose": ["BETREFT MEI"],
        },
    ),
    ("12.34.56.789 BAKKER", {"counterparty_account": "12.34.56.789", "counterparty": "BAKKER"}),
    ("12.34 EUR", {"purpose": ["12.34 EUR"]}),
    ("BETALINGSKENM.  123\nFACTUUR", {"structured_ref": "123", "purpose": ["FACTUUR"]}),
    (
        "BEA   NR:AB1   01.02.24/10.11 SLAGER DORP,PAS001",
        {
            "posting_text": "BEA",
            "counterparty": "SLAGER DORP",
            "purpose": ["BEA NR:AB1 01.02.24/10.11 SLAGER DORP,PAS001"],
        },
    ),
    (
        "NL02TEST0123456789 j de wit\n\nHuur mei\n",
        {
            "counterparty_account": "NL02TEST0123456789",
            "counterparty": "j de wit",
            "purpose": ["Huur mei"],
        },
    ),
    (
        "0123456789 J DE WIT\nHuur",
        {"counterparty_account": "0123456789", "purpose": ["J DE WIT", "Huur"]},
    ),
    (
        "911 TRANSAKCJA; ID IPH: XX1; Z RACH.: 5611; OD: JAN NOWAK  UL. A; TYT.: FAKTURA 1 ; "
        "TNR: 17.0",
        {
            "business_code": "911",
            "posting_text": "TRANSAKCJA",
            "counterparty_account": "5611",
            "counterparty": "JAN NOWAK UL. A",
            "purpose": ["FAKTURA 1"],
            "other": {"ID IPH": "XX1", "TNR": "17.0"},
        },
    ),
    (
        "GIRO AUS BANK AUFTRAGGEBER: EVA MUSTER MITTEILUNGEN: RECHNUNG 3",
        {"posting_text": "GIRO AUS BANK", "counterparty": "EVA MUSTER", "purpose": ["RECHNUNG 3"]},
    ),
    ("", {}),
    (" \n ", {}),
]


@pytest.mark.parametrize(("raw", "expected"), OTHERS)
def test_a_dialect_is_told_by_its_content(raw: str, expected: dict[str, Any]) -> None:
    assert read_details(raw) == expected
