"""CODA statements: accounts, movements with details and information, communications, faults."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors._codecs import coda
from connectors._codecs.coda.communication import LAYOUTS, read_structured, write_structured
from connectors._codecs.limits import Limits
from connectors.errors import CodecError

FILES = Path(__file__).parent / "files" / "coda"
CURRENT = (FILES / "current.cod").read_bytes()
ACCOUNTS = (FILES / "accounts.cod").read_bytes()


def changed(record: int, column: int, text: str) -> bytes:
    """The sample with text put over a record (from 1) at a column (from 1)."""
    lines = CURRENT.decode().splitlines()
    line = lines[record - 1]
    lines[record - 1] = line[: column - 1] + text + line[column - 1 + len(text) :]
    return "\n".join(lines).encode()


def without(*records: int) -> bytes:
    lines = CURRENT.decode().splitlines()
    return "\n".join(line for at, line in enumerate(lines, 1) if at not in records).encode()


def test_a_statement_has_its_account_and_balances() -> None:
    unit = coda.decode(CURRENT).units[0]
    assert unit["account"]["iban"] == "BE68539007547034"
    assert unit["account"]["holder"] == "QUAY COMPANY"
    assert unit["opening"] == {"mark": "C", "amount": "1000.000", "date": "2026-01-30"}
    assert unit["closing"]["amount"] == "1215.005"
    assert unit["free"] == ["Our counters close at noon.", "Thank you."]
    assert unit["trailer"]["debit"] == "35.000"


def test_a_movement_has_its_counterparty_reference_and_information() -> None:
    entry = coda.decode(CURRENT).units[0]["entries"][0]
    assert entry["structured"] == "101"
    assert entry["communication"] == {"type": "101", "ogm": "090933755493"}
    assert entry["counterparty_account"] == "BE71096123456769"
    assert entry["counterparty_currency"] == "EUR"
    assert entry["customer_ref"] == "E2E-1"
    assert entry["info"][0]["street"] == "LOFT STREET 3"


def test_the_transaction_code_is_also_given_in_parts() -> None:
    entry = coda.decode(CURRENT).units[0]["entries"][1]
    parts = (entry["type"], entry["family"], entry["transaction"], entry["category"])
    assert parts == ("1", "05", "01", "000")


def test_details_hang_under_the_movement_they_split() -> None:
    entry = coda.decode(CURRENT).units[0]["entries"][1]
    first, second = entry["details"]
    assert (first["detail"], first["amount"]) == ("0001", "10.000")
    assert first["communication"]["mandate"] == "MANDATE-7"
    assert first["return_reason"] == "AC04"
    assert second["info"][0]["text"] == "more about it"


def test_a_free_communication_runs_across_its_records() -> None:
    text = coda.decode(CURRENT).units[0]["entries"][1]["communication"]["text"]
    assert text.startswith("a free text")
    assert text.endswith("into the third one")


def test_account_structures_differ_in_number_country_and_iban() -> None:
    belgian, foreign, iban = (unit["account"] for unit in coda.decode(ACCOUNTS).units)
    assert (belgian["number"], belgian["country"]) == ("539007547034", "BE")
    assert "iban" not in belgian
    assert foreign["number"] == "LU-00-998877"
    assert iban["iban"] == "NL91ABNA0417164300"
    assert {a["currency"] for a in (belgian, foreign, iban)} == {"EUR"}


@pytest.mark.parametrize("data", [CURRENT, ACCOUNTS])
def test_a_sound_file_has_no_notices(data: bytes) -> None:
    assert coda.decode(data).notices == []


@pytest.mark.parametrize("data", [CURRENT, ACCOUNTS])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r", ""])
def test_what_is_written_reads_back_the_same(data: bytes, newline: str) -> None:
    units = coda.decode(data).units
    assert coda.decode(coda.encode(units, newline=newline)).units == units


@pytest.mark.parametrize("kind", sorted(LAYOUTS))
def test_structured_communications_read_back_the_same(kind: str) -> None:
    samples = {"text": "X", "amount": "12.345", "rate": "1.12345678", "date": "2026-01-31"}
    tree = {"type": kind} | {name: samples[what] for name, _, what in LAYOUTS[kind]}
    assert read_structured(write_structured(tree)) == tree


def test_an_unknown_structured_type_keeps_its_text() -> None:
    assert read_structured("999abc def ") == {"type": "999", "text": "abc def"}


def test_letters_of_an_old_code_page_are_read() -> None:
    result = coda.decode(CURRENT.replace(b"SAIL MAKERS", "CAFÉ ŒUVRE.".encode("cp1252")))
    assert result.units[0]["entries"][0]["counterparty_name"] == "CAFÉ ŒUVRE."
    assert result.encoding == "cp1252"


FAULTS = [
    ("sign", changed(3, 32, "7"), "bad_mark", "error"),
    ("amount", changed(3, 33, "ABC"), "not_numeric", "error"),
    ("opening_amount", changed(2, 44, "  "), "not_numeric", "error"),
    ("closing_sign", changed(18, 42, "X"), "bad_mark", "error"),
    ("value_date", changed(3, 48, "990199"), "bad_date", "warning"),
    ("opening_date", changed(2, 59, "321326"), "bad_date", "warning"),
    ("created_date", changed(1, 6, "000A00"), "bad_date", "warning"),
    ("version", changed(1, 128, "7"), "version", "warning"),
    ("account_structure", changed(2, 2, "9"), "account_structure", "warning"),
    ("other_account", changed(18, 6, "99"), "account_differs", "warning"),
    ("trailer_records", changed(21, 17, "000099"), "trailer_mismatch", "warning"),
    ("trailer_debit", changed(21, 23, "000000000000001"), "trailer_mismatch", "warning"),
    ("trailer_credit", changed(21, 38, "LETTERS"), "trailer_mismatch", "warning"),
    ("movement_gone", without(16, 17), "trailer_mismatch", "warning"),
    ("second_kind", changed(4, 2, "7"), "unknown_record", "error"),
    ("info_kind", changed(6, 2, "7"), "unknown_record", "error"),
    ("record_kind", changed(6, 1, "6"), "unknown_record", "error"),
    ("loose_second", without(3), "no_movement", "error"),
    ("loose_info", changed(6, 3, "0009"), "no_movement", "error"),
    ("loose_info_second", without(6), "no_movement", "error"),
    ("detail_first", changed(3, 7, "0001"), "detail_first", "warning"),
    ("no_header", without(1), "no_header", "warning"),
    ("no_old_balance", without(2), "no_old_balance", "error"),
    ("no_new_balance", without(18), "no_new_balance", "error"),
    ("no_trailer", without(21), "no_trailer", "warning"),
    ("truncated", without(*range(12, 22)), "no_new_balance", "error"),
    ("second_balance", changed(19, 1, "8"), "second_balance", "error"),
    ("header_only", CURRENT.splitlines()[0], "no_statement", "error"),
    ("two_headers", CURRENT.splitlines()[0] + b"\n" + CURRENT, "no_statement", "error"),
]


@pytest.mark.parametrize(
    ("data", "code", "severity"),
    [pytest.param(*fault[1:], id=fault[0]) for fault in FAULTS],
)
def test_a_fault_is_told_with_its_record(data: bytes, code: str, severity: str) -> None:
    found = [n for n in coda.decode(data).notices if n.code == code]
    assert found
    assert {n.severity for n in found} == {severity}
    assert all(n.where.startswith("record ") for n in found)


@pytest.mark.parametrize(
    "data", [b"", b"\n", b"hello", b"2" * 128, b"\0" * 999, b"0000" + b"\n6" * 300, b"0" * 20000]
)
def test_what_is_no_coda_file_is_refused(data: bytes) -> None:
    with pytest.raises(CodecError):
        coda.decode(data)


def test_a_statement_of_one_balance_says_that_nothing_moved() -> None:
    lines = ACCOUNTS.decode().splitlines()
    trailer = lines[3].replace("000002", "000001")
    notices = coda.decode("\n".join([*lines[:2], trailer]).encode()).notices
    assert [(n.code, n.severity) for n in notices] == [("no_new_balance", "warning")]


def test_limits_are_enforced() -> None:
    with pytest.raises(CodecError, match="over 5 records"):
        coda.decode(CURRENT, Limits(max_items=5))
    with pytest.raises(CodecError, match="over 100 bytes"):
        coda.decode(CURRENT, Limits(max_bytes=100))


def test_a_communication_that_does_not_fit_is_not_written() -> None:
    unit = coda.decode(CURRENT).units[0]
    unit["entries"][0]["communication"] = {"text": "x" * 150}
    with pytest.raises(CodecError):
        coda.encode([unit])


@pytest.mark.parametrize("amount", ["1.2345", "-1.000", "1,0", ""])
def test_an_amount_that_is_not_three_decimals_is_not_written(amount: str) -> None:
    unit = coda.decode(CURRENT).units[0]
    unit["opening"]["amount"] = amount
    with pytest.raises(CodecError):
        coda.encode([unit])


def test_letters_that_the_encoding_lacks_are_not_written() -> None:
    unit = coda.decode(CURRENT).units[0]
    unit["free"] = ["Шлюп"]
    with pytest.raises(CodecError):
        coda.encode([unit])


@pytest.mark.parametrize("name", ["account", "opening", "entries"])
def test_a_tree_that_lacks_a_part_is_not_written(name: str) -> None:
    unit = coda.decode(CURRENT).units[0]
    del unit[name]
    with pytest.raises(CodecError):
        coda.encode([unit])


def test_only_coda_files_are_claimed() -> None:
    assert coda.claims(CURRENT[:4096])
    assert not coda.claims(b"101 123456780 9876543202601311048A094101")


class Dripping(io.BytesIO):
    """A stream that never gives as much as it is asked for."""

    def read(self, size: int | None = -1) -> bytes:
        return super().read(7 if size is None or size < 0 else min(size, 7))


def test_parts_hold_what_decode_holds_however_the_stream_drips() -> None:
    parts = list(coda.iter_parts(Dripping(CURRENT)))
    unit = coda.decode(CURRENT).units[0]
    items = [part.tree for part in parts if part.kind == "item"]
    assert parts[0].tree | {"entries": items} | parts[-1].tree == unit


@given(st.binary(max_size=300) | st.text("0123489 A\n", max_size=500).map(str.encode))
@settings(max_examples=60, deadline=None)
def test_any_bytes_give_a_result_or_a_codec_error(data: bytes) -> None:
    try:
        coda.decode(data)
    except CodecError:
        pass


@given(st.integers(0, len(CURRENT)), st.binary(min_size=1, max_size=4), st.booleans())
@settings(max_examples=80, deadline=None)
def test_a_damaged_file_gives_a_result_or_a_codec_error(at: int, junk: bytes, cut: bool) -> None:
    try:
        coda.decode(CURRENT[:at] + junk + (b"" if cut else CURRENT[at + len(junk) :]))
    except CodecError:
        pass
