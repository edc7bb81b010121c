"""EDIFACT in: what service characters, groups and envelopes become in the tree."""

from __future__ import annotations

import io
from typing import Any

import pytest

from connectors._codecs import edifact
from connectors._codecs.limits import Limits
from connectors.errors import CodecError

from .edi_samples import FILES, UNB, edifact_file, message
from .test_x12 import Dripping

INVOICE = (FILES / "edifact" / "invoic_d96a.edi").read_bytes()
DESPATCH = (FILES / "edifact" / "desadv_groups.edi").read_bytes()


def only(data: bytes) -> Any:
    """The one unit of an input that is read without notices."""
    decoded = edifact.decode(data)
    assert decoded.notices == []
    assert len(decoded.units) == 1
    return decoded.units[0]


def test_a_message_says_what_it_is() -> None:
    unit = only(INVOICE)
    assert (unit["type"], unit["version"], unit["association"]) == ("INVOIC", "D96A", "EAN008")
    assert unit["decimal"] == ","
    assert unit["interchange"]["UNB0201"] == "4012345000009"
    assert "group" not in unit


def test_components_are_named_by_segment_element_and_component() -> None:
    buyer = only(INVOICE)["NAD"][1]
    assert buyer == {"NAD0101": "BY", "NAD0201": "5412345000013", "NAD0203": "9"}


def test_segments_of_a_group_lie_in_the_segment_that_opens_it() -> None:
    unit = only(INVOICE)
    assert unit["RFF"][0]["DTM"] == [{"DTM0101": "171", "DTM0102": "20260115", "DTM0103": "102"}]
    assert unit["NAD"][0]["RFF"] == [{"RFF0101": "VA", "RFF0102": "DE123456789"}]
    assert unit["NAD"][0]["CTA"][0]["COM"] == [{"COM0101": "040 1234", "COM0102": "TE"}]
    assert unit["ALC"][0]["MOA"] == [{"MOA0101": "8", "MOA0102": "15,00"}]
    assert unit["LIN"][0]["TAX"][0]["MOA"] == [{"MOA0101": "124", "MOA0102": "23,75"}]


def test_the_summary_lies_apart_from_header_and_lines() -> None:
    unit = only(INVOICE)
    summary = unit["summary"]
    assert [amount["MOA0101"] for amount in summary["MOA"]] == ["77", "125"]
    assert summary["TAX"][0]["MOA"] == [{"MOA0101": "124", "MOA0102": "31,16"}]
    assert summary["CNT"] == [{"CNT0101": "2", "CNT0102": "2"}]
    assert [amount["MOA0101"] for amount in unit["LIN"][1]["MOA"]] == ["203"]
    assert "MOA" not in unit
    assert unit["UNS"] == [{"UNS0101": "S"}]


def test_an_empty_summary_is_left_out() -> None:
    assert "summary" not in only(edifact_file(message("BGM+380+1", "UNS+S")))


def test_functional_groups_go_with_their_messages() -> None:
    decoded = edifact.decode(DESPATCH)
    assert decoded.notices == []
    assert [unit["group"]["UNG0501"] for unit in decoded.units] == ["5", "5"]
    levels = decoded.units[0]["CPS"]
    assert [len(level.get("LIN", [])) for level in levels] == [0, 2]
    assert decoded.units[1]["LIN"][0]["QTY"] == [{"QTY0101": "12", "QTY0102": "3"}]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("A?+B", "A+B"),
        ("A?:B", "A:B"),
        ("A?'B", "A'B"),
        ("A??B", "A?B"),
        ("A???'B", "A?'B"),
        ("A????", "A??"),
        ("?+?+", "++"),
        ("A B ", "A B"),
        (" A", " A"),
    ],
)
def test_a_release_character_hides_a_separator(written: str, value: str) -> None:
    unit = only(edifact_file(message("BGM+380+1", f"FTX+AAI+++{written}:X+DE")))
    assert unit["FTX"] == [{"FTX0101": "AAI", "FTX0401": value, "FTX0402": "X", "FTX0501": "DE"}]


def test_a_release_character_that_releases_nothing_is_kept_and_told() -> None:
    decoded = edifact.decode(edifact_file(message("BGM+380+Why? not")))
    assert decoded.units[0]["BGM"][0]["BGM0201"] == "Why? not"
    assert [(n.code, n.where) for n in decoded.notices] == [("stray_release", "segment 3")]


@pytest.mark.parametrize(
    ("service", "decimal"),
    [
        (":+.? '", "."),
        (":+,? '", ","),
        (":+.?*'", "."),
        ("=*.? ~", "."),
        ("^<.? >", "."),
        (":+.  '", "."),
        (":+.!\t\n", "."),
        ("\x1f\x1d,\x1b \x1c", ","),
    ],
)
def test_una_names_the_service_characters(service: str, decimal: str) -> None:
    table = str.maketrans({":": service[0], "+": service[1], "'": service[5]})
    plain = edifact_file(message("BGM+380+INV-1", "RFF+ON:PO-77")).decode("latin-1")
    unit = only(f"UNA{service}{plain.translate(table)}".encode("latin-1"))
    assert unit["RFF"] == [{"RFF0101": "ON", "RFF0102": "PO-77"}]
    assert unit["decimal"] == decimal


def test_a_release_character_of_its_own_replaces_the_question_mark() -> None:
    plain = edifact_file(message("BGM+380+1", "FTX+AAI+++A!+B?"))
    unit = only(b"UNA:+.! '" + plain)
    assert unit["FTX"][0]["FTX0401"] == "A+B?"


@pytest.mark.parametrize("una", [b"UNA:+.?'", b"UNA:+.?'\r\n", b"UNA:+.? '\n", b"\n UNA:+.? ' "])
def test_a_una_that_is_short_or_spaced_is_understood(una: bytes) -> None:
    unit = only(una + edifact_file(message("BGM+380+A?+B")))
    assert unit["BGM"][0]["BGM0201"] == "A+B"


def test_level_b_has_control_characters_for_separators() -> None:
    table = str.maketrans({":": "\x1f", "+": "\x1d", "'": "\x1c"})
    plain = edifact_file(message("BGM+380+What?", "RFF+ON:1")).decode()
    unit = only(plain.replace("UNOC:3", "UNOB:1").translate(table).encode())
    assert unit["BGM"][0]["BGM0201"] == "What?"
    assert unit["RFF"][0]["RFF0102"] == "1"


def test_elements_repeat_only_since_syntax_version_4() -> None:
    plain = edifact_file(message("BGM+380+1", "NAD+BY", "CTA+IC", "COM+1:TE*2:FX"))
    old = only(b"UNA:+.?*'" + plain)["NAD"][0]["CTA"][0]["COM"]
    assert old == [{"COM0101": "1", "COM0102": "TE*2", "COM0103": "FX"}]
    for una in (b"", b"UNA:+.?*'"):
        new = only(una + plain.replace(b"UNOC:3", b"UNOC:4"))["NAD"][0]["CTA"][0]["COM"]
        repeats = [{"COM0101": "1", "COM0102": "TE"}, {"COM0101": "2", "COM0102": "FX"}]
        assert new == [{"COM0101": "1", "COM0102": "TE", "COM01_all": repeats}]


@pytest.mark.parametrize(
    ("level", "codec", "text"),
    [
        ("UNOC", "latin-1", "Müller"),
        ("UNOC", "utf-8", "Müller"),
        ("UNOA", "cp1252", "5 €"),
        ("UNOD", "iso8859-2", "Łódź"),
        ("UNOE", "iso8859-5", "Москва"),
        ("UNOF", "iso8859-7", "Αθήνα"),
        ("UNOL", "iso8859-15", "5 €"),
        ("UNOX", "iso2022_jp", "東京都'+:"),
        ("UNOY", "utf-8", "東京"),
    ],
)
def test_the_syntax_level_names_the_character_set(level: str, codec: str, text: str) -> None:
    released = text.replace("'", "?'").replace("+", "?+").replace(":", "?:")
    plain = edifact_file(message("BGM+380+1", "FTX+AAI+++@")).decode()
    data = plain.replace("UNOC", level).replace("@", released).encode(codec)
    assert only(data)["FTX"][0]["FTX0401"] == text


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-16-le"])
def test_byte_order_marks_and_utf_16_are_understood(codec: str) -> None:
    text = edifact_file(message("BGM+380+1", "FTX+AAI+++Z?'@")).decode()
    assert only(text.replace("@", "ü").encode(codec))["FTX"][0]["FTX0401"] == "Z'ü"


def test_lines_wrapped_at_a_fixed_width_are_joined() -> None:
    flat = INVOICE.decode().replace("\n", "")
    wrapped = "\r\n".join(flat[at : at + 70] for at in range(0, len(flat), 70))
    assert only(wrapped.encode()) == only(INVOICE)


def test_each_interchange_has_its_own_service_characters() -> None:
    plain = edifact_file(message("BGM+380+1"))
    other = b"UNA=*,! ~\r\n" + plain.translate(bytes.maketrans(b":+'", b"=*~"))
    decoded = edifact.decode(plain + b"\r\n" + other + plain)
    assert decoded.notices == []
    assert [unit["decimal"] for unit in decoded.units] == [".", ",", "."]
    assert [unit["BGM"][0]["BGM0201"] for unit in decoded.units] == ["1", "1", "1"]


def test_an_unknown_message_has_the_groups_all_share() -> None:
    decoded = edifact.decode(
        edifact_file(message("LIN+1", "QTY+1:5", "XYZ+1", kind="MSCONS:D:01B"))
    )
    unit = decoded.units[0]
    assert unit["LIN"][0]["QTY"] == [{"QTY0101": "1", "QTY0102": "5"}]
    assert unit["XYZ"] == [{"XYZ0101": "1"}]
    assert [(n.code, n.severity) for n in decoded.notices] == [("unknown_type", "info")]


@pytest.mark.parametrize("size", [1, 5, 64, 1000])
def test_where_a_stream_is_cut_does_not_matter(size: int) -> None:
    data = INVOICE + DESPATCH + INVOICE
    units = list(edifact.iter_units(Dripping(data, size)))
    assert units == edifact.decode(data).units


def test_a_long_stream_is_read_message_by_message() -> None:
    one = edifact_file(*(message("BGM+380+1?'", "LIN+1", number=str(n)) for n in range(50)))
    stream = io.BytesIO(one * 300)
    units = edifact.iter_units(stream, Limits(max_items=30_000))
    next(units)
    assert stream.tell() < len(one) * 300 / 2
    assert sum(1 for _ in units) == 50 * 300 - 1


@pytest.mark.parametrize(
    ("head", "ours"),
    [
        (INVOICE[:100], True),
        (b"\xef\xbb\xbf\r\n" + DESPATCH, True),
        (INVOICE.decode().encode("utf-16"), True),
        (UNB.encode(), True),
        (b"UNH+1+INVOIC:D:96A:UN'", True),
        (b"UNBELIEVABLE", False),
        (b"UNA", False),
        (b"ISA*00*", False),
        (b"", False),
    ],
)
def test_the_head_tells_edifact(head: bytes, ours: bool) -> None:
    assert edifact.claims(head) is ours


@pytest.mark.parametrize(
    "limits", [Limits(max_bytes=100), Limits(max_items=5), Limits(max_line=20)]
)
def test_limits_are_errors(limits: Limits) -> None:
    with pytest.raises(CodecError) as caught:
        edifact.decode(INVOICE, limits)
    assert caught.value.code == "too_large"
