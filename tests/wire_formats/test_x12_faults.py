"""X12 in, broken: every fault is an error or a notice that says where."""

from __future__ import annotations

import io
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors._codecs import x12
from connectors._codecs.limits import Limits
from connectors.errors import CodecError

from .edi_samples import FILES, GS, ISA, x12_file, x12_set

INVOICE = (FILES / "x12" / "810_invoice.edi").read_bytes()
NOTICE = (FILES / "x12" / "856_ship_notice.edi").read_bytes()
SET = x12_set("BIG*1*A")
WHOLE = f"{ISA}{GS}{SET}GE*1*7~IEA*1*000000042~"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "not_x12"),
        ("   \r\n", "not_x12"),
        ("hello", "not_x12"),
        ("ISA", "not_x12"),
        ("ISA*", "not_x12"),
        ("UNB+UNOC:3+A+B+260131:0915+1'", "not_x12"),
        (ISA[:60], "bad_isa"),
        (ISA[:104], "bad_isa"),
        (ISA[:105], "bad_isa"),
        (ISA.replace("*U*", "*"), "bad_isa"),
        (ISA.replace(">~", "AB") + GS, "bad_isa"),
    ],
)
def test_without_a_readable_isa_there_is_no_reading(text: str, code: str) -> None:
    with pytest.raises(CodecError) as caught:
        x12.decode(text.encode())
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("old", "new", "code", "where"),
    [
        ("SE*3*", "SE*4*", "count_mismatch", "set 1, segment 5 (SE)"),
        ("SE*3*", "SE*x*", "count_mismatch", "set 1, segment 5 (SE)"),
        ("SE*3*0001~", "SE~", "count_mismatch", "set 1, segment 5 (SE)"),
        ("SE*3*0001", "SE*3*0002", "reference_mismatch", "set 1, segment 5 (SE)"),
        ("GE*1*7", "GE*2*7", "count_mismatch", "group 1, segment 6 (GE)"),
        ("GE*1*7", "GE*1*8", "reference_mismatch", "group 1, segment 6 (GE)"),
        ("IEA*1*", "IEA*0*", "count_mismatch", "interchange 1, segment 7 (IEA)"),
        ("IEA*1*000000042", "IEA*1*43", "reference_mismatch", "interchange 1, segment 7 (IEA)"),
        ("SE*3*0001~", "", "missing_trailer", "set 1, segment 5 (ST)"),
        ("GE*1*7~", "", "missing_trailer", "group 1, segment 6 (GS)"),
        ("IEA*1*000000042~", "", "missing_trailer", "interchange 1, segment 6 (ISA)"),
        ("ST*810*0001~", "", "outside", "after segment 2"),
        ("ST*810*0001~", "T*810*0001~", "bad_segment", "segment 3 (T)"),
        ("GE*1*7~", "BIG*9~GE*1*7~", "outside", "after segment 5"),
        ("GE*1*7~", "SE*1*1~GE*1*7~", "unexpected_trailer", "segment 6 (SE)"),
        ("IEA*1*", "GE*1*1~IEA*1*", "unexpected_trailer", "segment 7 (GE)"),
        ("BIG*1", "big*1", "bad_segment", "set 1, segment 4 (big)"),
        ("BIG*1", "BIGGER*1", "bad_segment", "set 1, segment 4 (BIGGER)"),
        ("BIG*1", "*1", "bad_segment", "set 1, segment 4 ()"),
        ("BIG*1", "BIG" + "*1" * 100, "bad_segment", "set 1, segment 4 (BIG)"),
    ],
)
def test_a_fault_is_an_error_notice_with_its_place(
    old: str, new: str, code: str, where: str
) -> None:
    assert old in WHOLE
    notices = x12.decode(WHOLE.replace(old, new).encode()).notices
    assert (code, "error", where) in [(n.code, n.severity, n.where) for n in notices]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (f"some mail header\r\n{WHOLE}", "leading_text"),
        (WHOLE[:-1], "missing_terminator"),
        (f"{GS}{SET}GE*1*7~", "no_interchange"),
        (SET, "no_interchange"),
        (WHOLE.replace("BIG*1*A", "HL*1*9*I").replace("ST*810", "ST*856"), "unknown_parent"),
    ],
)
def test_what_is_only_untidy_is_a_warning(text: str, code: str) -> None:
    decoded = x12.decode(text.encode())
    assert [(n.code, n.severity) for n in decoded.notices] == [(code, "warning")]
    assert len(decoded.units) == 1


def test_a_new_header_ends_a_set_that_has_no_trailer() -> None:
    decoded = x12.decode(WHOLE.replace("SE*3*0001~", "ST*810*0002~BIG*2~SE*3*0002~").encode())
    assert [unit["BIG"][0]["BIG01"] for unit in decoded.units] == ["1", "2"]
    assert [n.code for n in decoded.notices] == ["missing_trailer", "count_mismatch"]


def test_leading_zeros_of_numbers_do_not_disagree() -> None:
    assert x12.decode(WHOLE.replace("GE*1*7", "GE*01*007").encode()).notices == []


def test_every_truncation_is_told() -> None:
    whole = INVOICE.rstrip()
    for end in range(110, len(whole) - 1, 7):
        decoded = x12.decode(whole[:end])
        assert any(n.severity == "error" for n in decoded.notices), end


def test_streamed_units_carry_their_own_notices() -> None:
    second = x12_set("BIG*2", number="0002").replace("SE*3", "SE*9")
    data = x12_file(SET, second, x12_set("BIG*3", number="0003")).replace(b"GE*3", b"GE*4")
    codes = [[n.where.split(",")[0] for n in u.notices] for u in x12.iter_units(io.BytesIO(data))]
    assert codes == [[], ["set 2"], ["group 1"]]


def test_a_stream_with_faults_but_no_set_is_an_error() -> None:
    with pytest.raises(CodecError) as caught:
        list(x12.iter_units(io.BytesIO(f"{ISA}{GS}BIG*1~".encode())))
    assert caught.value.code == "missing_trailer"


@pytest.mark.parametrize("filler", [b"A", b"~", b"*", b" ", b">", b"ISA*~", b"zz~"])
def test_long_rubbish_ends_soon(filler: bytes) -> None:
    data = f"{ISA}{GS}ST*810*1~N1*".encode() + filler * (400_000 // len(filler))
    limits = Limits(max_items=20_000, max_line=100_000)
    with pytest.raises(CodecError) as caught:
        x12.decode(data, limits)
    assert caught.value.code in ("too_large", "too_many_faults")


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
def test_arbitrary_bytes_raise_nothing_else(data: bytes) -> None:
    for text in (data, ISA.encode() + data):
        with suppress(CodecError):
            x12.decode(text)
        with suppress(CodecError):
            list(x12.iter_units(io.BytesIO(text)))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_mutated_files_raise_nothing_else(data: st.DataObject) -> None:
    whole = bytearray(data.draw(st.sampled_from([INVOICE, NOTICE])))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(whole) - 1))
        whole[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    with suppress(CodecError):
        decoded = x12.decode(bytes(whole))
        if decoded.units:
            assert list(x12.iter_units(io.BytesIO(bytes(whole)))) == decoded.units
