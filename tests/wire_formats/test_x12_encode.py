"""X12 out: what is written reads back as it was."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors._codecs import x12
from connectors._codecs.segments.outline import known_types, outline_of
from connectors.errors import CodecError

from .edi_samples import FILES, ISA, x12_file, x12_set

AT = datetime(2026, 2, 3, 4, 5, tzinfo=UTC)
BARE = {"type": "810", "BIG": [{"BIG01": "20260131", "BIG02": "INV-1"}]}


def again(units: list[Any], **options: Any) -> list[Any]:
    """The units after writing and reading."""
    return x12.decode(x12.encode(units, **options)).units


class Misplaced(Exception):
    """The writer has refused an order that no standard has."""


def written_again(units: list[Any]) -> list[Any]:
    """The units after writing and reading, unless the writer says that they cannot be ordered."""
    try:
        return again(units)
    except CodecError as error:
        if error.code == "misplaced":
            raise Misplaced from error
        raise


@pytest.mark.parametrize("name", ["810_invoice.edi", "856_ship_notice.edi"])
def test_samples_survive_writing_and_reading(name: str) -> None:
    units = x12.decode((FILES / "x12" / name).read_bytes()).units
    assert again(units) == units
    assert again(units, line_breaks=True) == units
    assert again(units, element="\x1d", terminator="\x1c") == units


def test_a_file_in_the_order_of_the_standard_is_written_byte_for_byte() -> None:
    data = (FILES / "x12" / "810_invoice.edi").read_bytes()
    assert x12.encode(x12.decode(data).units, line_breaks=True) == data


def test_envelopes_are_filled_in_and_counted() -> None:
    text = x12.encode([BARE, BARE], at=AT).decode()
    assert "*260203*0405*U*00401*000000001*0*P*>~" in text
    assert "GS*IN***20260203*0405*1*X*004010~" in text
    assert "ST*810*0001~BIG*20260131*INV-1~SE*3*0001~ST*810*0002~" in text
    assert text.endswith("GE*2*1~IEA*1*000000001~")
    assert x12.decode(text.encode()).notices == []


def test_units_of_other_interchanges_and_groups_get_their_own() -> None:
    units = [
        BARE | {"interchange": {"ISA06": sender}, "group": {"GS06": group}}
        for sender, group in (("A", "1"), ("A", "2"), ("B", "3"))
    ]
    text = x12.encode(units, at=AT).decode()
    assert (text.count("ISA*"), text.count("GS*"), text.count("IEA*2*")) == (2, 3, 1)
    assert x12.decode(text.encode()).notices == []


def test_repetitions_and_components_are_written_from_their_parts() -> None:
    data = x12_file(x12_set("REF*VN*A^B", "IT1*1", "SLN*1**I*10*PC>1"))
    units = x12.decode(data.replace(b"*U*00401*", b"*^*00501*")).units
    assert again(units) == units
    other = again(units, component=":", repetition="!")
    assert other[0]["REF"] == units[0]["REF"]
    assert other[0]["IT1"][0]["SLN"][0]["SLN05"] == "PC:1"


def test_an_interchange_acknowledgement_stands_outside_groups() -> None:
    data = f"{ISA}TA1*000000001*260131*0915*A*000~IEA*0*000000042~".encode()
    assert x12.encode(x12.decode(data).units) == data


def test_a_segment_that_a_loop_would_swallow_is_written_before_it() -> None:
    unit = BARE | {"type": "855", "AMT": [{"AMT01": "TT"}], "CTT": [{"CTT01": "1"}]}
    unit["PO1"] = [{"PO101": "1"}]
    del unit["BIG"]
    back = again([unit])[0]
    assert (back["AMT"], back["PO1"]) == ([{"AMT01": "TT"}], [{"PO101": "1"}])


@pytest.mark.parametrize(
    ("segment", "code"),
    [
        ({"BIG01": "A*B"}, "separator_in_value"),
        ({"BIG01": "A~B"}, "separator_in_value"),
        ({"BIG01": "A>B"}, "separator_in_value"),
        ({"BIG01": "A\nB"}, "separator_in_value"),
        ({"BIG01": 5}, "bad_element"),
        ({"BIG01": ""}, "bad_element"),
        ({"BIG1": "A"}, "bad_element"),
        ({"BIG00": "A"}, "bad_element"),
        ({"REF01": "A"}, "bad_element"),
        ({"BIG01": "A", "BIG01_all": ["A", "B"]}, "bad_element"),
    ],
)
def test_what_would_not_read_back_is_refused(segment: dict[str, Any], code: str) -> None:
    with pytest.raises(CodecError) as caught:
        x12.encode([{"type": "810", "BIG": [segment]}])
    assert caught.value.code == code
    assert "BIG" in str(caught.value)


@pytest.mark.parametrize(
    ("unit", "options", "code"),
    [
        ({"type": "123"}, {}, "unknown_type"),
        ({}, {}, "unknown_type"),
        (BARE, {"element": "~"}, "bad_separators"),
        (BARE, {"element": "A"}, "bad_separators"),
        (BARE, {"component": "**"}, "bad_separators"),
        (BARE | {"interchange": {"ISA06": "X" * 16}}, {}, "bad_element"),
        (BARE | {"interchange": {"ISA06": "A*B"}}, {}, "bad_element"),
        (BARE | {"N3": ["text"]}, {}, "bad_tree"),
        ({"type": "810", "IT1": [{"IT101": "1", "TDS": [{"TDS01": "1"}]}]}, {}, "misplaced"),
        (BARE | {"NTE": [{"NTE02": "Zürich"}]}, {"encoding": "ascii"}, "bad_character"),
    ],
)
def test_trees_that_cannot_be_written_are_refused(
    unit: dict[str, Any], options: dict[str, Any], code: str
) -> None:
    with pytest.raises(CodecError) as caught:
        x12.encode([unit], **options)
    assert caught.value.code == code


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_any_segments_read_are_written_and_read_the_same(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(sorted(known_types("x12"))))
    tags = st.sampled_from(sorted(outline_of("x12", kind).root.reach - {"HL"}))
    values = st.text(st.sampled_from("AB1 .-é"), min_size=1, max_size=4)
    rows = st.lists(st.tuples(tags, st.lists(values, min_size=1, max_size=3)), max_size=12)
    segments = ["*".join((tag, *row)) for tag, row in data.draw(rows)]
    units = x12.decode(x12_file(x12_set(*segments, kind=kind))).units
    with suppress(Misplaced):
        assert written_again(units) == units


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0, 0.99), max_size=9))
def test_hl_trees_survive_writing_and_reading(shares: list[float]) -> None:
    parents = [int(share * at) for at, share in enumerate(shares, 1)]
    rows = [f"HL*{at}*{up or ''}*I" for at, up in enumerate(parents, 1)]
    units = x12.decode(x12_file(x12_set(*rows, kind="856"))).units
    assert again(units) == units


def test_levels_without_numbers_are_numbered_as_they_are_written() -> None:
    items = [{"HL03": "I", "SN1": [{"SN102": n, "SN103": "EA"}]} for n in ("3", "1")]
    order = {"HL03": "O", "PRF": [{"PRF01": "PO1"}], "HL": items}
    begin = {"BSN01": "00", "BSN02": "S1", "BSN03": "20260131", "BSN04": "0915"}
    unit = {"type": "856", "BSN": [begin], "HL": [{"HL03": "S", "HL": [order]}]}
    written = x12.encode([unit], line_breaks=True).decode().splitlines()
    levels = [line for line in written if line.startswith("HL")]
    assert levels == ["HL*1**S*1~", "HL*2*1*O*1~", "HL*3*2*I*0~", "HL*4*2*I*0~"]


def test_numbers_of_levels_that_are_given_are_kept() -> None:
    inner = {"HL03": "O"}
    unit = {"type": "856", "HL": [{"HL01": "7", "HL03": "S", "HL": [inner]}]}
    written = x12.encode([unit], line_breaks=True).decode().splitlines()
    assert [line for line in written if line.startswith("HL")] == ["HL*7**S~", "HL*2*7*O*0~"]


@pytest.mark.parametrize("levels", [["x"], [{"HL": ["x"]}]])
def test_levels_that_are_no_segments_are_refused(levels: list[object]) -> None:
    with pytest.raises(CodecError):
        x12.encode([{"type": "856", "HL": levels}])
