"""X12 in: what separators, loops and envelopes become in the tree."""

from __future__ import annotations

import io
from typing import Any

import pytest

from connectors._codecs import x12
from connectors._codecs.limits import Limits
from connectors.errors import CodecError

from .edi_samples import FILES, ISA, x12_file, x12_set

INVOICE = (FILES / "x12" / "810_invoice.edi").read_bytes()
NOTICE = (FILES / "x12" / "856_ship_notice.edi").read_bytes()


def only(data: bytes) -> Any:
    """The one unit of an input that is read without notices."""
    decoded = x12.decode(data)
    assert decoded.notices == []
    assert len(decoded.units) == 1
    return decoded.units[0]


class Dripping(io.BytesIO):
    """A stream that gives a few bytes at a time."""

    def __init__(self, data: bytes, size: int) -> None:
        super().__init__(data)
        self._size = size

    def read(self, _: int | None = -1, /) -> bytes:
        return super().read(self._size)


def test_segments_of_a_loop_lie_in_the_segment_that_opens_it() -> None:
    unit = only(INVOICE)
    seller = unit["N1"][0]
    assert seller["N3"] == [{"N301": "12 Quay Road", "N302": "Unit 4"}]
    assert seller["REF"] == [{"REF01": "TJ", "REF02": "12-3456789"}]
    assert unit["REF"] == [{"REF01": "VN", "REF02": "889"}]
    assert [line["PID"][0]["PID05"] for line in unit["IT1"]] == ["Bolt, 10 mm", "Nut"]


def test_the_summary_behind_the_lines_lies_at_the_root() -> None:
    unit = only(INVOICE)
    assert unit["TDS"] == [{"TDS01": "15660"}]
    assert unit["SAC"] == [{"SAC01": "C", "SAC02": "D240", "SAC05": "1500"}]
    assert unit["TXI"] == [{"TXI01": "ST", "TXI02": "11.6", "TXI03": "8"}]
    assert unit["IT1"][0]["SAC"][0]["TXI"] == [{"TXI01": "ST", "TXI02": "9.6", "TXI03": "8"}]
    assert "SAC" not in unit["IT1"][1]


def test_headers_around_a_set_go_with_it_and_lose_their_padding() -> None:
    unit = only(INVOICE)
    assert unit["type"] == "810"
    assert unit["interchange"]["ISA06"] == "NORTHWIND"
    assert "ISA02" not in unit["interchange"]
    assert unit["group"]["GS08"] == "004010"


def test_hl_segments_lie_under_the_one_their_parent_number_names() -> None:
    shipment = only(NOTICE)["HL"][0]
    first, second = shipment["HL"][0]["HL"]
    assert first["HL"][0]["SN1"] == [{"SN102": "10", "SN103": "EA"}]
    assert second["HL"][0]["SN1"] == [{"SN102": "4", "SN103": "EA"}]
    assert shipment["N1"][0]["N4"] == [{"N401": "Salem", "N402": "OR", "N403": "97301"}]


@pytest.mark.parametrize(
    ("element", "component", "terminator"),
    [
        ("|", ":", "!"),
        ("*", ">", "\n"),
        ("\x1d", "\x1f", "\x1c"),
        ("\x7f", ">", "\x15"),
        ("^", "~", "\r"),
        ("\t", ":", "$"),
    ],
)
def test_any_separators_are_taken_from_the_isa(
    element: str, component: str, terminator: str
) -> None:
    text = x12_file(x12_set("BIG*20260131*INV-1", "REF*VN*889")).decode()
    table = str.maketrans({"*": element, ">": component, "~": terminator})
    unit = only(text.translate(table).encode())
    assert unit["BIG"] == [{"BIG01": "20260131", "BIG02": "INV-1"}]
    assert unit["interchange"]["ISA16"] == component


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r", "\n\t\t", " \n", "\n\n"])
def test_line_breaks_and_indents_between_segments_are_noise(line_break: str) -> None:
    text = x12_file(x12_set("BIG*20260131*INV-1")).decode().replace("~", f"~{line_break}")
    assert only(text.encode()) == only(x12_file(x12_set("BIG*20260131*INV-1")))


def test_lines_wrapped_at_a_fixed_width_are_joined() -> None:
    flat = x12_file(x12_set("BIG*20260131*INV-1", "NTE*GEN*" + "word " * 30 + "end")).decode()
    wrapped = "\r\n".join(flat[at : at + 80] for at in range(0, len(flat), 80))
    assert only(wrapped.encode()) == only(flat.encode())


def test_an_isa_without_padding_is_read_by_its_sixteen_elements() -> None:
    short = "ISA*00* *00* *ZZ*A*ZZ*B*260131*0915*U*00401*000000042*0*T*>~"
    unit = only(x12_file(x12_set("BIG*1")).replace(ISA.encode(), short.encode()))
    assert unit["interchange"]["ISA08"] == "B"


@pytest.mark.parametrize(
    ("codec", "name"),
    [("utf-8-sig", "utf-8"), ("utf-16", "utf-16-le"), ("utf-16-be", "utf-16-be")],
)
def test_byte_order_marks_and_utf_16_are_understood(codec: str, name: str) -> None:
    text = x12_file(x12_set("N1*SU*Zürich")).decode()
    decoded = x12.decode(text.encode(codec))
    assert decoded.encoding == name
    assert decoded.units[0]["N1"] == [{"N101": "SU", "N102": "Zürich"}]


def test_text_that_is_not_utf_8_is_read_as_windows_1252() -> None:
    decoded = x12.decode(x12_file(x12_set("N1*SU*Z")).replace(b"*Z~", b"*Z\xfcrich \x80~"))
    assert decoded.encoding == "cp1252"
    assert decoded.units[0]["N1"][0]["N102"] == "Zürich €"


def test_empty_and_blank_elements_are_left_out() -> None:
    unit = only(x12_file(x12_set("BIG**INV-1  * ***")))
    assert unit["BIG"] == [{"BIG02": "INV-1"}]


def test_components_stand_beside_the_raw_element() -> None:
    unit = only(x12_file(x12_set("IT1*1", "SLN*1**I*10*PC>>12.2")))
    assert unit["IT1"][0]["SLN"][0]["SLN05"] == "PC>>12.2"
    assert unit["IT1"][0]["SLN"][0]["SLN0501"] == "PC"
    assert unit["IT1"][0]["SLN"][0]["SLN0503"] == "12.2"
    assert "SLN0502" not in unit["IT1"][0]["SLN"][0]


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("00501", {"REF01": "VN", "REF02": "A", "REF02_all": ["A", "B", "C"]}),
        ("00401", {"REF01": "VN", "REF02": "A^B^C"}),
    ],
)
def test_elements_repeat_only_since_isa11_names_a_separator(version: str, expected: Any) -> None:
    data = x12_file(x12_set("REF*VN*A^B^C"))
    data = data.replace(b"*U*00401*", f"*^*{version}*".encode())
    assert only(data)["REF"] == [expected]


def test_interchanges_with_other_separators_may_follow_each_other() -> None:
    first = x12_file(x12_set("BIG*1*A"))
    second = first.replace(b"*", b"|").replace(b"~", b"\n")
    decoded = x12.decode(first + b"\r\n" + second + first)
    assert decoded.notices == []
    assert [unit["BIG"] for unit in decoded.units] == [[{"BIG01": "1", "BIG02": "A"}]] * 3


def test_sets_of_several_kinds_and_groups_come_in_order() -> None:
    text = x12_file(x12_set("BIG*1"), x12_set("BEG*00*SA*PO-1", kind="850", number="0002"))
    decoded = x12.decode(text)
    assert [unit["type"] for unit in decoded.units] == ["810", "850"]
    assert decoded.notices == []


def test_ta1_is_a_unit_of_its_own() -> None:
    unit = only(f"{ISA}TA1*000000001*260131*0915*A*000~IEA*0*000000042~".encode())
    assert unit["type"] == "TA1"
    assert unit["TA1"][0]["TA104"] == "A"


def test_a_tag_without_a_place_lies_at_the_root_and_closes_nothing() -> None:
    decoded = x12.decode(x12_file(x12_set("BIG*1", "IT1*1", "ZZ9*X", "PID*F")))
    unit = decoded.units[0]
    assert unit["ZZ9"] == [{"ZZ901": "X"}]
    assert unit["IT1"][0]["PID"] == [{"PID01": "F"}]
    assert [(n.code, n.severity) for n in decoded.notices] == [("unknown_segment", "info")]


def test_an_unknown_set_is_flat_but_for_parties_and_hl() -> None:
    decoded = x12.decode(x12_file(x12_set("N1*A", "N3*B", "HL*1", "REF*C", "CTT*1", kind="999X")))
    unit = decoded.units[0]
    assert unit["N1"][0]["N3"] == [{"N301": "B"}]
    assert unit["HL"][0]["REF"] == [{"REF01": "C"}]
    assert unit["CTT"] == [{"CTT01": "1"}]
    assert [n.code for n in decoded.notices] == ["unknown_type"]


def test_amounts_behind_ctt_lie_in_its_loop() -> None:
    unit = only(x12_file(x12_set("BEG*00", "PO1*1", "CTT*1", "AMT*TT*900", kind="850")))
    assert unit["CTT"] == [{"CTT01": "1", "AMT": [{"AMT01": "TT", "AMT02": "900"}]}]


def test_remittances_without_an_entity_keep_their_own_loop() -> None:
    unit = only(x12_file(x12_set("BPR*C*10", "RMR*IV*INV-1", "DTM*003*20260131", kind="820")))
    assert unit["RMR"][0]["DTM"] == [{"DTM01": "003", "DTM02": "20260131"}]


@pytest.mark.parametrize("size", [1, 7, 64, 1000])
def test_where_a_stream_is_cut_does_not_matter(size: int) -> None:
    data = INVOICE + NOTICE
    units = list(x12.iter_units(Dripping(data, size)))
    assert units == x12.decode(data).units


def test_a_long_stream_is_read_set_by_set() -> None:
    one = x12_file(*(x12_set("BIG*1*INV", "N1*SU*A", number=f"{n:04}") for n in range(50)))
    stream = io.BytesIO(one * 300)
    units = x12.iter_units(stream, Limits(max_items=30_000))
    next(units)
    assert stream.tell() < len(one) * 300 / 2
    assert sum(1 for _ in units) == 50 * 300 - 1


@pytest.mark.parametrize(
    ("head", "ours"),
    [
        (INVOICE[:200], True),
        (b"\xef\xbb\xbf  " + INVOICE, True),
        (INVOICE.decode().encode("utf-16")[:4096], True),
        (b"GS*IN*A*B*", True),
        (b"ST*810*0001~", True),
        (b"ISABELLA", False),
        (b"UNB+UNOC:3", False),
        (b"", False),
        (b"<xml/>", False),
    ],
)
def test_the_head_tells_x12(head: bytes, ours: bool) -> None:
    assert x12.claims(head) is ours


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(max_bytes=100), "too_large"),
        (Limits(max_items=5), "too_large"),
        (Limits(max_line=20), "too_large"),
    ],
)
def test_limits_are_errors(limits: Limits, code: str) -> None:
    with pytest.raises(CodecError) as caught:
        x12.decode(INVOICE, limits)
    assert caught.value.code == code


def test_hl_deeper_than_the_limit_is_an_error() -> None:
    levels = [f"HL*{n}*{n - 1 or ''}*I" for n in range(1, 30)]
    with pytest.raises(CodecError, match="nested"):
        x12.decode(x12_file(x12_set(*levels, kind="856")), Limits(max_depth=20))
