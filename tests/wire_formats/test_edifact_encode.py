"""EDIFACT out: what is written reads back as it was."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors._codecs import edifact
from connectors._codecs.segments.outline import known_types, outline_of
from connectors.errors import CodecError

from .edi_samples import FILES, edifact_file, message

AT = datetime(2026, 2, 3, 4, 5, tzinfo=UTC)
BARE = {"type": "ORDERS", "version": "D01B", "BGM": [{"BGM0101": "220", "BGM0201": "PO-77"}]}


class Misplaced(Exception):
    """The writer has refused an order that no standard has."""


def again(units: list[Any], **options: Any) -> list[Any]:
    """The units after writing and reading, unless the writer says that they cannot be ordered."""
    try:
        return edifact.decode(edifact.encode(units, **options)).units
    except CodecError as error:
        if error.code == "misplaced":
            raise Misplaced from error
        raise


@pytest.mark.parametrize("name", ["invoic_d96a.edi", "desadv_groups.edi"])
@pytest.mark.parametrize("options", [{}, {"line_breaks": True}, {"service": "=*.!|~"}])
def test_samples_survive_writing_and_reading(name: str, options: dict[str, Any]) -> None:
    units = edifact.decode((FILES / "edifact" / name).read_bytes()).units
    assert again(units, **options) == units


def test_a_file_in_the_order_of_the_standard_is_written_byte_for_byte() -> None:
    data = (FILES / "edifact" / "desadv_groups.edi").read_bytes()
    assert edifact.encode(edifact.decode(data).units, line_breaks=True) == data


def test_envelopes_are_filled_in_and_counted() -> None:
    text = edifact.encode([BARE | {"association": "EAN010"}, BARE], at=AT).decode()
    assert text == (
        "UNB+UNOC:3+++260203:0405+1'UNH+1+ORDERS:D:01B:UN:EAN010'BGM+220+PO-77'UNT+3+1'"
        "UNH+2+ORDERS:D:01B:UN'BGM+220+PO-77'UNT+3+2'UNZ+2+1'"
    )


@pytest.mark.parametrize(
    ("unit", "options", "una"),
    [
        ({}, {}, b""),
        ({"decimal": "."}, {}, b""),
        ({"decimal": ","}, {}, b"UNA:+,? '"),
        ({}, {"service": "=*.? ~"}, b"UNA=*.? ~"),
    ],
)
def test_una_is_written_only_when_it_says_something(
    unit: dict[str, Any], options: dict[str, Any], una: bytes
) -> None:
    data = edifact.encode([BARE | unit], **options)
    assert data[: len(una)] == una
    assert data[len(una) :].startswith(b"UNB")


def test_service_characters_in_text_are_released() -> None:
    unit = BARE | {"FTX": [{"FTX0101": "AAI", "FTX0401": "5'-bolt + nut: what?"}]}
    data = edifact.encode([unit], at=AT)
    assert b"FTX+AAI+++5?'-bolt ?+ nut?: what??'" in data
    assert edifact.decode(data).units[0]["FTX"] == unit["FTX"]


def test_repeated_elements_need_syntax_version_4() -> None:
    repeats = [{"COM0101": "1", "COM0102": "TE"}, {"COM0101": "2*", "COM0102": "FX"}]
    contact = {"CTA0101": "IC", "COM": [repeats[0] | {"COM01_all": repeats}]}
    unit = BARE | {"NAD": [{"NAD0101": "BY", "CTA": [contact]}]}
    new = unit | {"interchange": {"UNB0101": "UNOC", "UNB0102": "4"}}
    assert again([new])[0]["NAD"] == unit["NAD"]
    with pytest.raises(CodecError, match="COM01"):
        edifact.encode([unit])


def test_text_is_written_in_the_character_set_of_its_level() -> None:
    text = {"FTX": [{"FTX0101": "AAI", "FTX0401": "Łódź"}]}
    level = {"interchange": {"UNB0101": "UNOD", "UNB0102": "3"}}
    assert "Łódź".encode("iso8859-2") in edifact.encode([BARE | text | level])
    with pytest.raises(CodecError) as caught:
        edifact.encode([BARE | text])
    assert (caught.value.code, caught.value.segment) == ("bad_character", "FTX0401")
    assert "Łódź".encode() in edifact.encode([BARE | text], encoding="utf-8")


def test_groups_and_interchanges_are_kept_apart() -> None:
    units = [
        BARE | {"interchange": {"UNB0201": sender}} | ({"group": group} if group else {})
        for sender, group in (
            ("A", {"UNG0501": "1"}),
            ("A", {"UNG0501": "2"}),
            ("A", {}),
            ("B", {}),
        )
    ]
    data = edifact.encode(units, at=AT)
    assert (data.count(b"UNB+"), data.count(b"UNG+"), data.count(b"UNZ+3+")) == (2, 2, 1)
    assert edifact.decode(data).notices == []


def test_an_empty_summary_still_ends_the_lines() -> None:
    units = edifact.decode(edifact_file(message("BGM+220+1", "LIN+1", "UNS+S"))).units
    assert again(units) == units
    assert b"LIN+1'UNS+S'UNT" in edifact.encode([BARE | {"LIN": [{"LIN0101": "1"}], **units[0]}])


@pytest.mark.parametrize(
    ("segment", "code"),
    [
        ({"BGM0101": "A\nB"}, "separator_in_value"),
        ({"BGM0101": 5}, "bad_element"),
        ({"BGM0101": ""}, "bad_element"),
        ({"BGM01": "A"}, "bad_element"),
        ({"BGM0001": "A"}, "bad_element"),
        ({"BGM0141": "A"}, "bad_element"),
        ({"RFF0101": "A"}, "bad_element"),
    ],
)
def test_what_would_not_read_back_is_refused(segment: dict[str, Any], code: str) -> None:
    with pytest.raises(CodecError) as caught:
        edifact.encode([{"type": "ORDERS", "BGM": [segment]}])
    assert caught.value.code == code
    assert "BGM" in str(caught.value)


@pytest.mark.parametrize(
    ("unit", "options", "code"),
    [
        ({"type": "MSCONS"}, {}, "unknown_type"),
        ({}, {}, "unknown_type"),
        (BARE, {"service": ":+.?"}, "bad_separators"),
        (BARE, {"service": "::.? '"}, "bad_separators"),
        (BARE, {"service": "A+.? '"}, "bad_separators"),
        (BARE | {"RFF": ["text"]}, {}, "bad_tree"),
        (BARE | {"RFF": [{"RFF0101": "ON", "LIN": [{"LIN0101": "1"}]}]}, {}, "misplaced"),
        (BARE | {"FTX": [{"FTX0401": "A+B"}]}, {"service": ":+.  '"}, "separator_in_value"),
    ],
)
def test_trees_that_cannot_be_written_are_refused(
    unit: dict[str, Any], options: dict[str, Any], code: str
) -> None:
    with pytest.raises(CodecError) as caught:
        edifact.encode([unit], **options)
    assert caught.value.code == code


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_any_segments_read_are_written_and_read_the_same(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(sorted(known_types("edifact"))))
    tags = st.sampled_from(sorted(outline_of("edifact", kind).root.reach | {"UNS", "ZZZ"}))
    values = st.text(st.sampled_from("AS1 .é:"), min_size=1, max_size=4)
    rows = st.lists(st.tuples(tags, st.lists(values, min_size=1, max_size=3)), max_size=12)
    segments = ["+".join((tag, *row)) for tag, row in data.draw(rows)]
    units = edifact.decode(edifact_file(message(*segments, kind=f"{kind}:D:01B"))).units
    with suppress(Misplaced):
        assert again(units) == units
