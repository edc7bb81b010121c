"""QIF sections: accounts, entries, splits, lists, and dates and amounts that have to be proven."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors._codecs import qif
from connectors._codecs.limits import Limits
from connectors._codecs.qif.values import Evidence, read_amount, read_date
from connectors.errors import CodecError

FILES = Path(__file__).parent / "files" / "qif"
CHECKING = (FILES / "checking.qif").read_bytes()
BROKER = (FILES / "broker.qif").read_bytes()


def entries(*lines: str) -> list[dict[str, str]]:
    data = "\n".join(("!Type:Bank", *lines)).encode()
    return [entry for unit in qif.decode(data).units for entry in unit["entries"]]


def test_each_section_is_a_unit_with_the_account_before_it() -> None:
    bank, card = qif.decode(CHECKING).units
    assert (bank["type"], bank["account"]["name"]) == ("Bank", "Checking")
    assert (card["type"], card["account"]["name"]) == ("CCard", "Card")


def test_an_entry_has_its_fields_address_and_splits() -> None:
    entry = qif.decode(CHECKING).units[0]["entries"][0]
    assert entry == {
        "raw_date": "1/31'26",
        "date": "2026-01-31",
        "amount": "-1000.00",
        "payee": "Harbour Grocer",
        "memo": "Weekly",
        "number": "1001",
        "cleared": "X",
        "category": "Groceries",
        "address": ["Pier 9", "Havenport"],
        "splits": [
            {"category": "Groceries", "memo": "Food", "amount": "-600.00"},
            {"category": "Household", "amount": "-400.00"},
        ],
    }


def test_lists_are_with_the_section_after_them() -> None:
    lists = qif.decode(CHECKING).units[0]["lists"]
    assert lists["categories"][0]["name"] == "Groceries"


def test_lists_after_the_last_section_are_a_unit_of_their_own() -> None:
    unit = qif.decode(b"!Type:Class\nNBoat\n^\n").units[0]
    assert unit == {"type": "Lists", "lists": {"classes": [{"name": "Boat"}]}, "entries": []}


def test_an_account_list_names_no_section() -> None:
    accounts = b"!Option:AutoSwitch\n!Account\nNA\n^\nNB\n^\n!Clear:AutoSwitch\n"
    data = accounts + b"!Type:Bank\nD1/31/26\nT1\n^"
    unit = qif.decode(data).units[0]
    assert "account" not in unit
    assert [account["name"] for account in unit["lists"]["accounts"]] == ["A", "B"]


def test_an_investment_entry_has_its_own_letters() -> None:
    entry = qif.decode(BROKER).units[0]["entries"][0]
    assert (entry["action"], entry["security"], entry["quantity"]) == ("Buy", "ROPE", "100")
    assert (entry["price"], entry["commission"]) == ("12.50", "9.95")
    assert entry["transfer_amount"] == "1259.95"
    assert entry["date"] == "2026-01-31"


@pytest.mark.parametrize(
    ("dates", "order"),
    [
        (["1/2/26", "1/31/26"], "mdy"),
        (["1/2/26", "31/1/26"], "dmy"),
        (["2026-01-02"], "ymd"),
        (["1/2/26", "3/4/26"], "unknown"),
        (["31/1/26", "1/31/26"], "unknown"),
        (["20260131"], "ymd"),
        (["31.01.2026"], "dmy"),
    ],
)
def test_the_order_of_dates_is_what_all_of_them_prove(dates: list[str], order: str) -> None:
    evidence = Evidence()
    for text in dates:
        evidence.see_date(text)
    assert evidence.date_order == order


@pytest.mark.parametrize(
    ("text", "order", "date"),
    [
        ("1/31'26", "mdy", "2026-01-31"),
        ("1/ 3' 6", "mdy", "2006-01-03"),
        ("2/3/99", "mdy", "1999-02-03"),
        ("2/3/2026", "dmy", "2026-03-02"),
        ("31-01-2026", "unknown", "2026-01-31"),
        ("1/31/26", "unknown", "2026-01-31"),
        ("3/3/26", "unknown", "2026-03-03"),
        ("2026/1/2", "unknown", "2026-01-02"),
        ("20260102", "unknown", "2026-01-02"),
        ("1/2/26", "unknown", None),
        ("31/31/26", "mdy", None),
        ("soon", "mdy", None),
        ("1/2/026", "mdy", None),
    ],
)
def test_a_date_is_iso_where_it_is_certain(text: str, order: str, date: str | None) -> None:
    assert read_date(text, order) == date


@pytest.mark.parametrize(
    ("text", "point", "amount"),
    [
        ("-1,000.00", None, "-1000.00"),
        ("1.234,56", None, "1234.56"),
        ("75.46", None, "75.46"),
        ("+5", None, "5"),
        ("1'234.50", None, "1234.50"),
        ("1,234,567", None, "1234567"),
        ("0,123", None, "0.123"),
        (".5", None, "0.5"),
        ("1,000", ".", "1000"),
        ("1,000", ",", "1.000"),
        ("1,000", None, None),
        ("1,2,3", None, None),
        ("1.2.3,4", None, None),
        ("12a", None, None),
        ("--5", None, None),
    ],
)
def test_an_amount_is_plain_where_it_is_certain(
    text: str, point: str | None, amount: str | None
) -> None:
    assert read_amount(text, point) == amount


def test_another_amount_settles_what_a_comma_means() -> None:
    found = entries("D1/31/26", "T1,000", "^", "D1/31/26", "T2.50", "^")
    assert [entry["amount"] for entry in found] == ["1000", "2.50"]


FAULTS = [
    (b"!Type:Bank\nD1/31/26\nT1,000\n^", "unclear_amount", "warning"),
    (b"!Type:Bank\nD1/31/26\nTmuch\n^", "bad_amount", "error"),
    (b"!Type:Bank\nD1/31/26\nSx\n$1,000\nT5\n^", "unclear_amount", "warning"),
    (b"!Type:Bank\nD1/31/26\n^", "incomplete", "error"),
    (b"!Type:Bank\nT5\n^", "incomplete", "error"),
    (b"!Type:Bank\nD1/31/26\nT5\n^\nD2/30/26\nT5\n^", "bad_date", "error"),
    (b"!Type:Bank\nD1/31/26\nT5\n^\nDsoon\nT5\n^", "bad_date", "error"),
    (b"!Type:Bank\nD1/31/26\nT5", "no_end", "warning"),
    (b"!Type:Bank\nD1/31/26\nT5\n!Type:Cash\n", "no_end", "warning"),
    (b"!Type:Boat\nD1/31/26\nT5\n^", "unknown_type", "warning"),
    (b"!Type:\nD1/31/26\nT5\n^", "unknown_type", "warning"),
    (b"!Boat\n!Type:Bank\nD1/31/26\nT5\n^", "unknown_line", "warning"),
    (b"D1/31/26\nT5\n^", "no_type", "warning"),
]


@pytest.mark.parametrize(("data", "code", "severity"), FAULTS)
def test_a_fault_is_told_with_its_line(data: bytes, code: str, severity: str) -> None:
    found = [n for n in qif.decode(data).notices if n.code == code]
    assert {n.severity for n in found} == {severity}
    assert all(n.where.startswith("line ") for n in found)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n\n",
        b"hello",
        b"Dear Sir",
        b"<OFX>",
        b"{}",
        b"\0\0\0",
        b"\xff\xfe\x00",
        b"Total 5",
        b"101 123456780",
        b"UNA:+.? '",
        b"%PDF-1.7",
    ],
)
def test_what_is_no_qif_file_is_refused(data: bytes) -> None:
    with pytest.raises(CodecError):
        qif.decode(data)


def test_limits_are_enforced() -> None:
    for limits in (Limits(max_items=1), Limits(max_bytes=20), Limits(max_line=3)):
        with pytest.raises(CodecError):
            qif.decode(CHECKING.replace(b"\n", b"\r"), limits)


@pytest.mark.parametrize("data", [CHECKING, BROKER])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_what_is_written_reads_back_the_same(data: bytes, newline: str) -> None:
    units = qif.decode(data).units
    again = qif.decode(qif.encode(units, newline=newline)).units
    assert again == [{k: v for k, v in unit.items() if k != "lists"} for unit in units]


def test_a_date_without_its_raw_text_is_written_month_first() -> None:
    unit = {"type": "Bank", "entries": [{"date": "2026-01-31", "amount": "1"}]}
    assert b"D01/31/2026" in qif.encode([unit])


def test_a_line_break_in_a_value_is_not_written() -> None:
    with pytest.raises(CodecError):
        qif.encode([{"type": "Bank", "entries": [{"payee": "a\n^"}]}])


def test_only_qif_files_are_claimed() -> None:
    assert qif.claims(CHECKING)
    assert qif.claims(BROKER)
    assert qif.claims(b"D1/31/26\nT5\n^")
    assert not qif.claims(b"Dear Sir")


class Dripping(io.BytesIO):
    """A stream that never gives as much as it is asked for."""

    def read(self, size: int | None = -1) -> bytes:
        return super().read(7 if size is None or size < 0 else min(size, 7))


@pytest.mark.parametrize("data", [CHECKING, BROKER])
def test_parts_hold_what_decode_holds_however_the_stream_drips(data: bytes) -> None:
    parts = list(qif.iter_parts(Dripping(data)))
    units = qif.decode(data).units
    items = [part.tree for part in parts if part.kind == "item"]
    assert items == [entry for unit in units for entry in unit["entries"]]
    assert [part.kind for part in parts].count("open") == len(units)


@given(st.binary(max_size=300) | st.text("!Type:BankDTPMS$^\n1/2,.'", max_size=200).map(str.encode))
@settings(max_examples=80, deadline=None)
def test_any_bytes_give_a_result_or_a_codec_error(data: bytes) -> None:
    try:
        qif.decode(data)
    except CodecError:
        pass


@given(st.integers(0, len(CHECKING)), st.binary(min_size=1, max_size=4))
@settings(max_examples=80, deadline=None)
def test_a_damaged_file_gives_a_result_or_a_codec_error(at: int, junk: bytes) -> None:
    try:
        qif.decode(CHECKING[:at] + junk + CHECKING[at + len(junk) :])
    except CodecError:
        pass
