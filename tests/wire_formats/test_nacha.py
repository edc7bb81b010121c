"""Nacha ACH files: layouts, every entry class, controls, and what is wrong with broken ones."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors._codecs import nacha
from connectors._codecs.limits import Limits, Notice
from connectors.errors import CodecError

FILES = Path(__file__).parent / "files" / "nacha"
NAMES = ["payroll", "international", "returns", "advices", "classes"]
PAYROLL = (FILES / "payroll.ach").read_bytes()


def sample(name: str) -> bytes:
    return (FILES / f"{name}.ach").read_bytes()


def errors(notices: list[Notice]) -> list[str]:
    return [notice.code for notice in notices if notice.severity == "error"]


def changed(record: int, column: int, text: str, name: str = "payroll") -> bytes:
    """A sample with text put over a record (from 1) at a column (from 1)."""
    lines = sample(name).decode().splitlines()
    line = lines[record - 1]
    lines[record - 1] = line[: column - 1] + text + line[column - 1 + len(text) :]
    return "\n".join(lines).encode()


def without(*records: int, name: str = "payroll") -> bytes:
    lines = sample(name).decode().splitlines()
    return "\n".join(line for at, line in enumerate(lines, 1) if at not in records).encode()


def test_an_entry_has_its_amount_in_dollars_and_its_addenda_below_it() -> None:
    batch = nacha.decode(PAYROLL).units[0]["batches"][0]
    first, second = batch["entries"]
    assert first["amount"] == "1234.56"
    assert first["direction"] == "credit"
    assert "addenda" not in first
    assert second["amount"] == "0.07"
    assert second["addenda"] == [
        {"type": "05", "text": "refund of January", "sequence": "0001", "entry_sequence": "0000002"}
    ]


def test_headers_have_iso_dates_and_no_padding() -> None:
    unit = nacha.decode(PAYROLL).units[0]
    assert unit["header"]["created_date"] == "2026-01-31"
    assert unit["header"]["immediate_destination"] == "123456780"
    assert unit["batches"][0]["header"]["effective_date"] == "2026-02-02"
    assert "company_discretionary" not in unit["batches"][0]["header"]


def test_controls_are_counts_without_zeros_and_amounts_in_dollars() -> None:
    control = nacha.decode(PAYROLL).units[0]["control"]
    assert control["batch_count"] == "3"
    assert control["total_debit"] == "111.07"
    assert control["total_credit"] == "1234.56"


@pytest.mark.parametrize("name", NAMES)
def test_a_sound_file_has_no_notices(name: str) -> None:
    assert nacha.decode(sample(name)).notices == []


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r", ""])
def test_what_is_written_reads_back_the_same(name: str, newline: str) -> None:
    units = nacha.decode(sample(name)).units
    written = nacha.encode(units, newline=newline)
    assert nacha.decode(written).units == units
    assert nacha.decode(written).notices == []


@pytest.mark.parametrize(
    ("sec", "name", "value"),
    [
        ("ARC", "check_number", "1001"),
        ("POP", "terminal_city", "HAVE"),
        ("TEL", "payment_type", "S"),
        ("CIE", "name", "Ada Quill"),
        ("SHR", "card_expiration", "1227"),
        ("XCK", "process_control", "CTL1"),
        ("TRX", "item_type", "01"),
        ("ENR", "addenda_count", "0001"),
        ("ACK", "original_trace", "123456780000009"),
    ],
)
def test_each_entry_class_has_its_own_fields(sec: str, name: str, value: str) -> None:
    batches = nacha.decode(sample("classes")).units[0]["batches"]
    entry = next(batch["entries"][0] for batch in batches if batch["header"]["sec"] == sec)
    assert entry[name] == value


def test_international_entries_have_parties_and_banks_in_their_addenda() -> None:
    batch = nacha.decode(sample("international")).units[0]["batches"][0]
    addenda = {one["type"]: one for one in batch["entries"][0]["addenda"]}
    assert batch["header"]["destination_currency"] == "CAD"
    assert addenda["10"]["name"] == "Maple Rope Inc"
    assert addenda["14"]["rdfi_country"] == "CA"
    assert addenda["17"]["text"] == "rope and tar"


def test_returns_name_their_reason_and_the_entry_they_return() -> None:
    entries = nacha.decode(sample("returns")).units[0]["batches"][0]["entries"]
    plain, dishonored, contested, death = (entry["addenda"][0] for entry in entries)
    assert (plain["code"], plain["original_trace"]) == ("R01", "123456780000009")
    assert dishonored["return_trace"] == "123456780000123"
    assert contested["dishonored_code"] == "61"
    assert contested["original_return_date"] == "2026-01-15"
    assert death["date_of_death"] == "2026-01-02"


def test_changes_give_the_corrected_data() -> None:
    entries = nacha.decode(sample("returns")).units[0]["batches"][1]["entries"]
    change, refused = (entry["addenda"][0] for entry in entries)
    assert change["corrected_data"] == "99887766"
    assert refused["refused_code"] == "C01"


def test_advices_have_longer_amounts() -> None:
    unit = nacha.decode(sample("advices")).units[0]
    assert [entry["amount"] for entry in unit["batches"][0]["entries"]] == ["500.00", "2500.00"]
    assert unit["control"]["total_debit"] == "2500.00"


def test_several_files_in_one_input_are_several_units() -> None:
    assert len(nacha.decode(PAYROLL + sample("returns")).units) == 2


def test_short_lines_and_a_byte_order_mark_are_read() -> None:
    stripped = b"\n\n".join(line.rstrip() for line in PAYROLL.splitlines())
    result = nacha.decode(b"\xef\xbb\xbf" + stripped + b"\n\x1a")
    assert result.units == nacha.decode(PAYROLL).units
    assert result.notices == []


FAULTS = [
    ("record_size", changed(1, 35, "080"), "file_header"),
    ("format_code", changed(1, 40, "2"), "file_header"),
    ("created_date", changed(1, 24, "XXXXXX"), "blank_field"),
    ("service_class", changed(2, 2, "999"), "service_class"),
    ("entry_class", changed(2, 51, "QQQ"), "entry_class"),
    ("no_company", changed(2, 5, " " * 16), "blank_field"),
    ("odfi_letters", changed(2, 80, "ABCDEFGH"), "not_numeric"),
    ("batch_order", changed(7, 88, "0000001"), "batch_sequence"),
    ("unknown_code", changed(3, 2, "90"), "unknown_code"),
    ("advice_code", changed(3, 2, "81"), "code_and_class"),
    ("check_digit", changed(3, 12, "5"), "check_digit"),
    ("amount_letters", changed(3, 30, "00001O3456"), "not_numeric"),
    ("trace_letters", changed(3, 80, "98765432000000X"), "not_numeric"),
    ("trace_order", changed(4, 88, "0000001"), "trace_sequence"),
    ("indicator", changed(3, 79, "5"), "bad_indicator"),
    ("addenda_missing", changed(3, 79, "1"), "addenda_missing"),
    ("addenda_unannounced", changed(4, 79, "0"), "addenda_unannounced"),
    ("prenote_amount", changed(3, 2, "23"), "amount_in_prenote"),
    ("addenda_kind", changed(5, 2, "77"), "unknown_addenda"),
    ("addenda_of_other", changed(5, 88, "0000009"), "addenda_of_other"),
    ("stated_addenda", changed(8, 55, "0003"), "stated_addenda"),
    ("pos_without_terminal", changed(14, 2, "05"), "addenda_type"),
    ("control_character", changed(3, 55, "\x1a"), "control_character"),
    ("batch_count_of_entries", changed(6, 5, "000009"), "control_mismatch"),
    ("batch_hash", changed(6, 11, "9999999999"), "control_mismatch"),
    ("batch_debit", changed(6, 21, "000000000008"), "control_mismatch"),
    ("batch_number", changed(6, 88, "0000009"), "control_mismatch"),
    ("batch_odfi", changed(6, 80, "11111111"), "control_mismatch"),
    ("file_batches", changed(16, 2, "000009"), "control_mismatch"),
    ("file_blocks", changed(16, 8, "000009"), "control_mismatch"),
    ("file_credit", changed(16, 44, "000000000001"), "control_mismatch"),
    ("no_file_header", without(1), "no_file_header"),
    ("no_batch_header", without(2), "no_batch_header"),
    ("no_batch_control", without(6), "no_batch_control"),
    ("no_entry", without(4), "addenda_of_other"),
    ("no_file_control", without(*range(16, 21)), "no_file_control"),
    ("truncated_batch", without(*range(9, 21)), "no_batch_control"),
    ("unknown_record", changed(5, 1, "3"), "unknown_record"),
    ("iat_addenda_missing", without(4, name="international"), "addenda_count"),
    ("iat_order", changed(4, 2, "12", "international"), "addenda_order"),
    ("fx_indicator", changed(2, 21, "XX", "international"), "fx_indicator"),
    ("iso_country", changed(2, 39, "1A", "international"), "iso_code"),
    ("return_reason", changed(4, 4, "R99", "returns").replace(b"626", b"627"), "unknown_return"),
    ("change_code", changed(14, 4, "C99", "returns"), "unknown_change"),
    ("no_return_trace", changed(6, 39, " " * 15, "returns"), "no_return_trace"),
    ("wrong_direction", changed(3, 2, "22", "classes"), "wrong_direction"),
    ("amount_in_class", changed(53, 39, "1", "classes"), "amount_in_class"),
]


@pytest.mark.parametrize(
    ("data", "code"), [pytest.param(data, code, id=name) for name, data, code in FAULTS]
)
def test_a_fault_is_an_error_that_names_its_record(data: bytes, code: str) -> None:
    notices = nacha.decode(data).notices
    found = [n for n in notices if n.code == code and n.severity == "error"]
    assert found
    assert all(n.where.startswith("record ") for n in found)


@pytest.mark.parametrize(
    "data", [b"", b"\n\n", b"hello world", b"\0" * 500, b"2" * 94, b"101" + b"\n6" * 300]
)
def test_what_is_no_ach_file_is_refused(data: bytes) -> None:
    with pytest.raises(CodecError):
        nacha.decode(data)


def test_a_private_return_reason_in_a_real_return_is_only_a_warning() -> None:
    notices = nacha.decode(changed(4, 4, "R99", "returns")).notices
    assert [(n.code, n.severity) for n in notices] == [("unknown_return", "warning")]


def test_a_credit_in_a_batch_of_debits_is_told_beside_what_the_totals_tell() -> None:
    notices = nacha.decode(changed(2, 2, "220")).notices
    assert ("code_and_service", "warning") in [(n.code, n.severity) for n in notices]


def test_limits_are_enforced() -> None:
    with pytest.raises(CodecError, match="over 5 records"):
        nacha.decode(PAYROLL, Limits(max_items=5))
    with pytest.raises(CodecError, match="over 100 bytes"):
        nacha.decode(PAYROLL, Limits(max_bytes=100))


@pytest.mark.parametrize("amount", ["1.234", "-1.00", "1,00", ""])
def test_an_amount_that_is_not_dollars_and_cents_is_not_written(amount: str) -> None:
    unit = nacha.decode(PAYROLL).units[0]
    entry = unit["batches"][0]["entries"][0]
    del entry["raw_amount"]
    entry["amount"] = amount
    with pytest.raises(CodecError):
        nacha.encode([unit])


@pytest.mark.parametrize("name", ["x" * 23, "Zoë", "tab\tbed"])
def test_a_text_that_does_not_fit_is_not_written(name: str) -> None:
    unit = nacha.decode(PAYROLL).units[0]
    unit["batches"][0]["entries"][0]["name"] = name
    with pytest.raises(CodecError):
        nacha.encode([unit])


@pytest.mark.parametrize("name", ["code", "rdfi"])
def test_a_tree_that_lacks_a_field_is_not_written(name: str) -> None:
    unit = nacha.decode(PAYROLL).units[0]
    entry = unit["batches"][0]["entries"][0]
    del entry[name]
    with pytest.raises(CodecError):
        nacha.encode([unit])


def _unnumbered(*codes: str) -> dict[str, Any]:
    header = {"company_name": "Acme", "company_id": "121042882", "sec": "CCD"}
    header |= {"entry_description": "VENDOR", "effective_date": "2026-02-02", "odfi": "12104288"}
    entry = {"rdfi": "231380104", "account": "12345678", "amount": "12.34", "name": "Alnwick Ltd"}
    entries = [
        {**entry, "code": code, "addenda": [{"type": "05", "text": "INV 1"}]} for code in codes
    ]
    ends = {"immediate_destination": "231380104", "immediate_origin": "121042882"}
    return {
        "header": {**ends, "created_date": "2026-01-31"},
        "batches": [{"header": header, "entries": entries}] * 2,
    }


def test_numbers_that_follow_from_the_order_are_filled_in() -> None:
    decoded = nacha.decode(nacha.encode([_unnumbered("22", "22")]))
    assert decoded.notices == []
    (unit,) = decoded.units
    assert unit["header"]["file_id"] == "A"
    first, second = unit["batches"]
    assert [b["header"]["batch_number"] for b in (first, second)] == ["0000001", "0000002"]
    traces = [entry["trace"] for batch in (first, second) for entry in batch["entries"]]
    assert traces == [f"12104288000000{n}" for n in range(1, 5)]
    (addenda,) = second["entries"][0]["addenda"]
    assert (addenda["sequence"], addenda["entry_sequence"]) == ("0001", "0000003")


@pytest.mark.parametrize(
    ("codes", "service_class"), [(["22"], "220"), (["27"], "225"), (["22", "27"], "200")]
)
def test_the_service_class_follows_from_the_entries(codes: list[str], service_class: str) -> None:
    (unit,) = nacha.decode(nacha.encode([_unnumbered(*codes)])).units
    assert unit["batches"][0]["header"]["service_class"] == service_class


def test_only_ach_files_are_claimed() -> None:
    assert all(nacha.claims(sample(name)) for name in NAMES)
    assert not nacha.claims(b"!Type:Bank\nD1/31'26\n")


class Dripping(io.BytesIO):
    """A stream that never gives as much as it is asked for."""

    def read(self, size: int | None = -1) -> bytes:
        return super().read(7 if size is None or size < 0 else min(size, 7))


@pytest.mark.parametrize("name", NAMES)
def test_parts_hold_what_decode_holds_however_the_stream_drips(name: str) -> None:
    parts = list(nacha.iter_parts(Dripping(sample(name))))
    unit = nacha.decode(sample(name)).units[0]
    entries = [entry for batch in unit["batches"] for entry in batch["entries"]]
    assert [part.tree for part in parts if part.kind == "item"] == entries
    assert [part.tree["header"] for part in parts if part.kind == "open"] == [
        batch["header"] for batch in unit["batches"]
    ]
    assert parts[-1].tree["file_control"] == unit["control"]


@given(st.binary(max_size=300) | st.text("1567890 A\n", max_size=400).map(str.encode))
@settings(max_examples=60, deadline=None)
def test_any_bytes_give_a_result_or_a_codec_error(data: bytes) -> None:
    try:
        nacha.decode(data)
    except CodecError:
        pass


@given(st.sampled_from(NAMES), st.integers(0, 1900), st.binary(min_size=1, max_size=4))
@settings(max_examples=80, deadline=None)
def test_a_damaged_file_gives_a_result_or_a_codec_error(name: str, at: int, junk: bytes) -> None:
    data = sample(name)
    try:
        nacha.decode(data[:at] + junk + data[at + len(junk) :])
    except CodecError:
        pass
