from __future__ import annotations

from typing import Any

import pytest

from connectors._codecs import mt940
from connectors.errors import CodecError
from tests.wire_formats.hostile import sample

PAGES = sample("mt940/german_pages.sta")
DUTCH = sample("mt940/dutch_codewords.txt")
INTERIM = sample("mt940/interim.sta")
SAMPLES = (PAGES, DUTCH, INTERIM)


def statement(
    *lines: str, opening: str = "C240101EUR0,00", closing: str = "C240101EUR0,00"
) -> bytes:
    fields = (":20:R", ":25:1/2", ":28C:1", f":60F:{opening}", *lines, f":62F:{closing}", "-")
    return "\n".join(fields).encode()


def entry(line: str, *more: str) -> dict[str, Any]:
    units = mt940.decode(statement(f":61:{line}", *more)).units
    found: dict[str, Any] = units[0]["entries"][0]
    return found


def codes(data: bytes) -> set[tuple[str, str]]:
    return {(notice.code, notice.severity) for notice in mt940.decode(data).notices}


def test_every_page_is_a_statement_of_its_own() -> None:
    first, second = mt940.decode(PAGES).units
    assert (first["opening"]["kind"], first["closing"]["kind"]) == ("60F", "62M")
    assert (second["opening"]["kind"], second["closing"]["kind"]) == ("60M", "62F")
    assert (second["number"], second["sequence"]) == ("00031", "002")
    assert second["account_parts"] == {"bank": "70150000", "number": "0099887766"}


def test_the_field_86_behind_the_closing_balance_is_the_statements() -> None:
    unit = mt940.decode(PAGES).units[1]
    assert unit["info"] == "Bitte Freistellungsauftrag pruefen"
    assert [balance["amount"] for balance in unit["forward"]] == ["2664.60", "2600.60"]
    assert unit["available"]["date"] == "2024-01-02"


@pytest.mark.parametrize("data", SAMPLES)
def test_a_valid_file_gives_no_notice(data: bytes) -> None:
    assert mt940.decode(data).notices == []
    assert mt940.claims(data[:4096])


def test_an_interim_report_needs_no_balances() -> None:
    unit = mt940.decode(INTERIM).units[0]
    assert unit["message"] == "MT942"
    assert unit["report_time"] == {"timestamp": "2024-01-12T15:30:00+01:00"}
    assert unit["floor_limits"][1] == {"currency": "PLN", "mark": "C", "amount": "0"}
    assert unit["credit_total"] == {"count": "1", "currency": "PLN", "amount": "1.25"}


def test_blocks_name_the_message_and_the_bank() -> None:
    unit = mt940.decode(DUTCH).units[0]
    assert (unit["message"], unit["sender"], unit["block3"]) == ("MT940", "TESTNL2A", "{108:REF}")


def test_header_lines_of_a_bank_name_it_too() -> None:
    unit = mt940.decode(b"TESTNL2A\n942\nTESTNL2A\n" + statement()).units[0]
    assert (unit["message"], unit["sender"]) == ("MT942", "TESTNL2A")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("2401020103C1,5NTRFREF//BANK", ("2024-01-02", "2024-01-03", "C", None, "1.5")),
        ("2312310102D1,NTRF", ("2023-12-31", "2024-01-02", "D", None, "1")),
        ("2401021230D1,NTRF", ("2024-01-02", "2023-12-30", "D", None, "1")),
        ("240102D12,NTRFX", ("2024-01-02", None, "D", None, "12")),
        ("240102    DD212,39NMSC", ("2024-01-02", None, "D", "D", "212.39")),
        ("2401020102CR7,00NTRF", ("2024-01-02", "2024-01-02", "C", "R", "7.00")),
        ("2401020102RCR7,00NTRF", ("2024-01-02", "2024-01-02", "RC", "R", "7.00")),
        ("240102RD7,00NTRF", ("2024-01-02", None, "RD", None, "7.00")),
        ("240102ED7,00NTRF", ("2024-01-02", None, "ED", None, "7.00")),
        ("240102D000000001213.28N044", ("2024-01-02", None, "D", None, "1213.28")),
        ("240102D1.213,280N044", ("2024-01-02", None, "D", None, "1213.280")),
        ("240102C,50NTRF", ("2024-01-02", None, "C", None, "0.50")),
        ("20240102C5,00NTRF", ("2024-01-02", None, "C", None, "5.00")),
        ("202401020103C5,00NTRF", ("2024-01-02", "2024-01-03", "C", None, "5.00")),
        ("240102103C5,00NTRF", ("2024-01-02", "2024-01-03", "C", None, "5.00")),
        ("9912310103C5,00NTRF", ("1999-12-31", "2000-01-03", "C", None, "5.00")),
    ],
)
def test_a_statement_line_in_its_variants(line: str, expected: tuple[str | None, ...]) -> None:
    keys = ("value_date", "entry_date", "mark", "funds_code", "amount")
    assert tuple(entry(line).get(key) for key in keys) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("NTRFNONREF", ("NTRF", None, None)),
        ("NTRFNONREF//", ("NTRF", None, None)),
        ("NTRFABC//X1", ("NTRF", "ABC", "X1")),
        ("NMSC1/2//O/3", ("NMSC", "1/2", "O/3")),
        ("S   X", ("S", "X", None)),
        ("NTRF2023-02-09-08.37.18.054696", ("NTRF", "2023-02-09-08.37.18.054696", None)),
        ("NONREF", (None, None, None)),
        ("", (None, None, None)),
    ],
)
def test_type_and_references_of_a_statement_line(
    line: str, expected: tuple[str | None, ...]
) -> None:
    found = entry(f"240102C1,00{line}")
    assert tuple(found.get(key) for key in ("type", "customer_ref", "bank_ref")) == expected


def test_a_name_behind_a_padded_reference_is_the_counterparty() -> None:
    found = entry("240102D1,00N0600733959555      MUSTER TELECOM BV")
    assert (found["customer_ref"], found["supplementary"]) == ("0733959555", "MUSTER TELECOM BV")
    assert found["details"] == {
        "counterparty": "MUSTER TELECOM BV",
        "counterparty_account": "0733959555",
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10020030/1234567", {"bank": "10020030", "number": "1234567"}),
        ("10020030/1234567EUR", {"bank": "10020030", "number": "1234567", "currency": "EUR"}),
        ("TESTHUHB/12345/HUF", {"bank": "TESTHUHB", "number": "12345", "currency": "HUF"}),
        ("/PL61109010140000071219812874", {"number": "PL61109010140000071219812874"}),
        ("12.34.56.789EUR", {"number": "12.34.56.789", "currency": "EUR"}),
        (
            "MT31MALT01100000000000000000123",
            {"number": "MT31MALT01100000000000000000123"},
        ),
    ],
)
def test_an_account_in_its_parts(text: str, expected: dict[str, str]) -> None:
    unit = mt940.decode(statement().replace(b":25:1/2", f":25:{text}".encode())).units[0]
    parts = dict(unit["account_parts"])
    iban = parts.pop("iban", None)
    assert parts == expected
    assert iban in (None, expected["number"])


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("lead", ["", "\ufeff", "\x01\n", "\n\n", "junk\n"])
def test_line_ends_marks_and_junk_before_it_change_nothing(end: str, lead: str) -> None:
    text = lead + PAGES.decode().replace("\r\n", "\n")
    units = mt940.decode(text.replace("\n", end).encode()).units
    assert units == mt940.decode(PAGES).units


@pytest.mark.parametrize("end", ["-", "-}", "-}{5:{CHK:0}}", "-XXX", "-\x03", "", "-}$", "  -"])
def test_any_end_of_message_lets_the_next_one_begin(end: str) -> None:
    body = statement(":61:240101C1,00NTRF", ":86:A", closing="C240101EUR1,00").decode()[:-2]
    result = mt940.decode(f"{body}\n{end}\n{body}\n{end}\n".encode())
    assert len(result.units) == 2
    assert result.notices == []
    assert "info" not in result.units[0]


def test_fields_may_be_indented_and_interrupted_by_empty_lines() -> None:
    text = PAGES.decode().replace("\r\n:", "\r\n\r\n \t:").encode()
    assert mt940.decode(text).units == mt940.decode(PAGES).units


def test_a_time_cut_by_the_line_end_is_no_field() -> None:
    found = entry(
        "240102D1,00NTRF", ":86:PAS 12-09-2014T16", ":26:37 BAR", ":86:AM 4.5. 10", ":20:11"
    )
    assert found["raw_details"] == "PAS 12-09-2014T16\n:26:37 BAR\nAM 4.5. 10\n:20:11"


def test_messages_follow_each_other_in_one_line_of_blocks() -> None:
    block = "{1:F01TESTNL2AXXXX0000000000}{2:O940TESTNL2AXXXXN}{3:}{4:"
    body = statement().decode().removesuffix("-")
    units = mt940.decode(f"{block}\n{body}-}}{{5:}}{block}{body}-}}{{5:}}".encode()).units
    assert [unit["sender"] for unit in units] == ["TESTNL2A", "TESTNL2A"]


def test_a_statement_without_reference_begins_at_the_account() -> None:
    data = b":25:1\n:28C:1\n:60F:C240101EUR1,00\n:62F:C240101EUR1,00\n-\n"
    assert [unit["account"] for unit in mt940.decode(data * 2).units] == ["1", "1"]


def test_a_second_opening_balance_begins_a_page_of_the_same_account() -> None:
    data = statement(":62M:C240101EUR0,00", ":60M:C240101EUR0,00")
    units = mt940.decode(data).units
    assert [(unit["account"], unit["opening"]["kind"]) for unit in units] == [
        ("1/2", "60F"),
        ("1/2", "60M"),
    ]


def test_old_code_pages_are_read() -> None:
    data = statement(":61:240101C0,00NTRF", ":86:Gebühr").decode().encode("cp1252")
    result = mt940.decode(data)
    assert result.units[0]["entries"][0]["details"]["purpose"] == ["Gebühr"]
    assert result.encoding == "cp1252"


BAD = [
    (statement(":61:24010XC1,00NTRF"), "bad_statement_line", "error"),
    (statement(":61:C1,00"), "bad_statement_line", "error"),
    (statement(":61:"), "bad_statement_line", "error"),
    (statement(":61:240101X1,00NTRF"), "bad_statement_line", "error"),
    (statement(f":61:240101C{'9' * 40},00NTRF"), "bad_statement_line", "error"),
    (statement(":61:240230C0,00NTRF"), "bad_date", "warning"),
    (statement(":61:2401020000C0,00NTRF"), "bad_date", "warning"),
    (statement(":61:2301020229C0,00NTRF"), "bad_date", "warning"),
    (statement(":61:24010212C0,00NTRF"), "bad_date", "warning"),
    (statement(":61:240101C1,00NTRF"), "does_not_reconcile", "warning"),
    (statement(opening="X240101EUR1,00"), "bad_balance", "error"),
    (statement(opening="C2401EUR1,00"), "bad_balance", "error"),
    (statement(opening=""), "bad_balance", "error"),
    (statement(closing="C240101EURone"), "bad_balance", "error"),
    (statement(opening="C2401010,00"), "no_currency", "warning"),
    (statement(opening="C240132EUR0,00"), "bad_date", "warning"),
    (statement().partition(b":62F:")[0], "truncated", "error"),
    (statement().replace(b":60F:C240101EUR0,00\n", b""), "no_opening", "error"),
    (statement() + b"\n:61:240101C0,00NTRF", "entry_after_close", "warning"),
    (statement(":25:3/4"), "repeated_field", "warning"),
    (statement(":21:A", ":21:B"), "repeated_field", "warning"),
    (statement(":64:nothing"), "bad_balance", "error"),
    (statement(":65:nothing"), "bad_balance", "error"),
    (INTERIM.replace(b":90D:1PLN", b":90D:2PLN"), "count_mismatch", "error"),
    (INTERIM.replace(b":90D:1PLN", b":90D:PLN"), "bad_total", "error"),
    (INTERIM.replace(b":34F:PLND", b":34F:PL"), "bad_floor_limit", "warning"),
    (
        INTERIM.partition(b":90C:")[0].rpartition(b":61:")[0] + b":90D:1PLN1,",
        "count_mismatch",
        "error",
    ),
]


@pytest.mark.parametrize(("data", "code", "severity"), BAD)
def test_what_is_wrong_is_told_with_its_line(data: bytes, code: str, severity: str) -> None:
    assert (code, severity) in codes(data)
    assert all(notice.where.startswith("line ") for notice in mt940.decode(data).notices)


def test_a_notice_names_the_line_of_the_field() -> None:
    notices = mt940.decode(statement(":61:240101C0,00NTRF", "SUPP", ":61:bad")).notices
    assert [notice.where for notice in notices if notice.code == "bad_statement_line"] == ["line 7"]


def test_a_bad_statement_line_keeps_what_can_be_read() -> None:
    found = entry("240102?C12,50 whatever")
    assert found == {
        "raw": "240102?C12,50 whatever",
        "mark": "C",
        "amount": "12.50",
        "value_date": "2024-01-02",
    }


@pytest.mark.parametrize(
    "data",
    [b"", b"\n", b"PK\x03\x04", b"a,b\n1,2\n", b"{1:F01}", b":32A:240101EUR1,\n", b"\xff" * 9],
)
def test_other_bytes_are_refused(data: bytes) -> None:
    assert not mt940.claims(data)
    with pytest.raises(CodecError) as caught:
        mt940.decode(data)
    assert caught.value.code in ("not_mt940", "bad_encoding")


def test_a_payment_order_is_not_claimed() -> None:
    assert not mt940.claims(b"{1:F01}{2:I101X}{4:\n:20:R\n:28D:1/1\n:50H:/1\nA\n:30:240101\n-}")


def test_the_second_line_of_25p_is_the_bic_of_the_account() -> None:
    text = ":20:S\n:25P:DE89370400440532013000\nMARKDEFFXXX\n:28C:1/1\n:60F:C260131EUR1,00\n"
    text += ":62F:C260131EUR1,00\n-\n"
    (unit,) = mt940.decode(text.encode()).units
    assert (unit["account"], unit["account_bic"]) == ("DE89370400440532013000", "MARKDEFFXXX")
    assert mt940.decode(mt940.encode([unit])).units[0]["account_bic"] == "MARKDEFFXXX"
