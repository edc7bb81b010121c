"""EDIFACT in, broken: every fault is an error or a notice that says where."""

from __future__ import annotations

import io
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors._codecs import edifact
from connectors._codecs.limits import Limits
from connectors.errors import CodecError

from .edi_samples import FILES, UNB, edifact_file, message

INVOICE = (FILES / "edifact" / "invoic_d96a.edi").read_bytes()
DESPATCH = (FILES / "edifact" / "desadv_groups.edi").read_bytes()
MESSAGE = message("BGM+380+1")
WHOLE = f"{UNB}UNG+INVOIC+A+B+260131:0915+5+UN+D:96A'{MESSAGE}UNE+1+5'UNZ+1+42'"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "not_edifact"),
        ("  \r\n ", "not_edifact"),
        ("hello", "not_edifact"),
        ("ISA*00*", "not_edifact"),
        ("UNB", "bad_unb"),
        ("UNB+", "bad_unb"),
        ("UNB+UNOC", "bad_unb"),
        ("UNBROKEN+1", "bad_unb"),
        ("UNA", "bad_una"),
        ("UNA:+.? '", "bad_una"),
        ("UNA:*.? 'UNH+1+INVOIC:D:96A:UN'", "bad_una"),
        ("UNA++.? 'UNH+1+INVOIC:D:96A:UN'", "bad_una"),
    ],
)
def test_without_a_readable_header_there_is_no_reading(text: str, code: str) -> None:
    with pytest.raises(CodecError) as caught:
        edifact.decode(text.encode())
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("old", "new", "code", "where"),
    [
        ("UNT+3+", "UNT+4+", "count_mismatch", "message 1, segment 5 (UNT)"),
        ("UNT+3+", "UNT+three+", "count_mismatch", "message 1, segment 5 (UNT)"),
        ("UNT+3+1'", "UNT'", "reference_mismatch", "message 1, segment 5 (UNT)"),
        ("UNT+3+1", "UNT+3+2", "reference_mismatch", "message 1, segment 5 (UNT)"),
        ("UNE+1+5", "UNE+2+5", "count_mismatch", "group 1, segment 6 (UNE)"),
        ("UNE+1+5", "UNE+1+6", "reference_mismatch", "group 1, segment 6 (UNE)"),
        ("UNZ+1+", "UNZ+2+", "count_mismatch", "interchange 1, segment 7 (UNZ)"),
        ("UNZ+1+42", "UNZ+1+43", "reference_mismatch", "interchange 1, segment 7 (UNZ)"),
        ("UNT+3+1'", "", "missing_trailer", "message 1, segment 5 (UNH)"),
        ("UNE+1+5'", "", "missing_trailer", "group 1, segment 6 (UNG)"),
        ("UNZ+1+42'", "", "missing_trailer", "interchange 1, segment 6 (UNB)"),
        ("UNH+1+INVOIC:D:96A:UN'", "", "outside", "after segment 2"),
        ("UNH+1+INVOIC:D:96A:UN'", "UNS+S'", "outside", "after segment 3"),
        ("UNE+1", "BGM+9'UNE+1", "outside", "after segment 5"),
        ("UNE+1", "UNT+1+1'UNE+1", "unexpected_trailer", "segment 6 (UNT)"),
        ("UNZ+1", "UNE+1+1'UNZ+1", "unexpected_trailer", "segment 7 (UNE)"),
        ("BGM+", "bgm+", "bad_segment", "message 1, segment 4 (bgm)"),
        ("BGM+", "BGMS+", "bad_segment", "message 1, segment 4 (BGMS)"),
        ("BGM+", "+", "bad_segment", "message 1, segment 4 ()"),
        ("BGM+380", "BGM" + "+1" * 100, "bad_segment", "message 1, segment 4 (BGM)"),
        ("BGM+380", "BGM+" + ":1" * 50, "bad_segment", "message 1, segment 4 (BGM)"),
    ],
)
def test_a_fault_is_an_error_notice_with_its_place(
    old: str, new: str, code: str, where: str
) -> None:
    assert old in WHOLE
    notices = edifact.decode(WHOLE.replace(old, new).encode()).notices
    assert (code, "error", where) in [(n.code, n.severity, n.where) for n in notices]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (f"Subject: order\r\n{WHOLE}", "leading_text"),
        (f"UNA:*.? '{WHOLE}", "leading_text"),
        (f"UNA++.? '{WHOLE}", "leading_text"),
        (WHOLE[:-1], "missing_terminator"),
        (MESSAGE, "no_interchange"),
        (WHOLE.replace("BGM+380+1", "BGM+380+1?A"), "stray_release"),
    ],
)
def test_what_is_only_untidy_is_a_warning(text: str, code: str) -> None:
    decoded = edifact.decode(text.encode())
    assert [(n.code, n.severity) for n in decoded.notices] == [(code, "warning")]
    assert len(decoded.units) == 1


def test_utf_16_that_breaks_off_is_an_error() -> None:
    data = WHOLE.encode("utf-16") + b"\x00"
    with pytest.raises(CodecError) as caught:
        edifact.decode(data)
    assert caught.value.code == "bad_encoding"


def test_every_truncation_is_told() -> None:
    whole = INVOICE.rstrip()
    for end in range(80, len(whole) - 1, 7):
        decoded = edifact.decode(whole[:end])
        assert any(n.severity == "error" for n in decoded.notices), end


def test_streamed_units_carry_their_own_notices() -> None:
    second = message("BGM+380+2", number="2").replace("UNT+3", "UNT+9")
    data = edifact_file(MESSAGE, second, message("BGM+380+3", number="3"))
    units = edifact.iter_units(io.BytesIO(data.replace(b"UNZ+3", b"UNZ+4")))
    places = [[notice.where.split(",")[0] for notice in unit.notices] for unit in units]
    assert places == [[], ["message 2"], ["interchange 1"]]


@pytest.mark.parametrize("filler", ["A", "'", "+", " ", ":", "?", "?'", "UNB'", "UNA:+.? '"])
def test_long_rubbish_ends_soon(filler: str) -> None:
    data = f"{UNB}UNH+1+ORDERS:D:96A:UN'FTX+".encode() + (filler * 200_000).encode()
    with pytest.raises(CodecError) as caught:
        edifact.decode(data, Limits(max_items=20_000, max_line=100_000))
    assert caught.value.code in ("too_large", "too_many_faults")


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([b"", UNB.encode(), b"UNA:+.? '", b"UNA"]))
def test_arbitrary_bytes_raise_nothing_else(data: bytes, before: bytes) -> None:
    with suppress(CodecError):
        edifact.decode(before + data)
    with suppress(CodecError):
        list(edifact.iter_units(io.BytesIO(before + data)))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_mutated_files_raise_nothing_else(data: st.DataObject) -> None:
    whole = bytearray(data.draw(st.sampled_from([INVOICE, DESPATCH])))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(whole) - 1))
        whole[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    with suppress(CodecError):
        decoded = edifact.decode(bytes(whole))
        if decoded.units:
            assert list(edifact.iter_units(io.BytesIO(bytes(whole)))) == decoded.units
