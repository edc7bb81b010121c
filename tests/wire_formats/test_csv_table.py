"""Delimited text to tables and back."""

from __future__ import annotations

import io
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors._codecs import csv_table
from connectors._codecs.csv_table.dialect import Options
from connectors._codecs.limits import Limits
from connectors.errors import CodecError
from tests.wire_formats.hostile import Trickle, attack, mutated, sample

BANK = sample("csv_table/bank_cp1252.csv")


def table(data: bytes | str, options: Options | None = None) -> dict[str, Any]:
    raw = data if isinstance(data, bytes) else data.encode()
    unit = csv_table.decode(raw, options=options or Options()).units[0]
    assert isinstance(unit, dict)
    return unit


def test_a_bank_export_with_preamble_is_read() -> None:
    decoded = csv_table.decode(BANK)
    assert (decoded.encoding, decoded.notices) == ("cp1252", [])
    assert decoded.units == [
        {
            "header": [
                "Buchungstag",
                "Empfänger",
                "Verwendungszweck",
                "Betrag (EUR)",
                "Betrag (EUR)_2",
            ],
            "rows": [
                {
                    "Buchungstag": "31.01.2026",
                    "Empfänger": "Müller & Söhne",
                    "Verwendungszweck": "Rechnung 7; Teil 2",
                    "Betrag (EUR)": "-1.234,56",
                },
                {
                    "Buchungstag": "30.01.2026",
                    "Verwendungszweck": "Gutschrift",
                    "Betrag (EUR)": "2,00",
                    "Betrag (EUR)_2": "x",
                },
            ],
            "preamble": [
                ["Kontonummer:", "DE89370400440532013000 / Girokonto"],
                ["Zeitraum:", "01.01.2026 - 31.01.2026"],
            ],
            "dialect": {"delimiter": ";", "quote": '"', "encoding": "cp1252"},
        }
    ]


def test_quoted_cells_may_span_lines() -> None:
    assert table('a,b\n"x\ny, ""z""",1\n')["rows"] == [{"a": 'x\ny, "z"', "b": "1"}]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_line_ends_do_not_matter(line_end: str) -> None:
    text = "a,b\nx,y\nz,w".replace("\n", line_end)
    assert table(text)["rows"] == [{"a": "x", "b": "y"}, {"a": "z", "b": "w"}]


RAGGED = [
    ("a,b,c\nx,y\n", 2, {"a": "x", "b": "y"}),
    ("a,b,c\nx\n", 2, {"a": "x"}),
    ("a,b,c\nx,y,z,w\n", 2, {"a": "x", "b": "y", "c": "z", "column_4": "w"}),
    ("a,b,c\n1,2,3\n\nx,y,z,,w\n", 4, {"a": "x", "b": "y", "c": "z", "column_5": "w"}),
    ('a,b,c\n"1\n2",y,z\nx,y\n', 4, {"a": "x", "b": "y"}),
    ("T\n\na;b;c\n1;2;3\nx;y\n", 5, {"a": "x", "b": "y"}),
]


@pytest.mark.parametrize(("text", "line", "row"), RAGGED)
def test_a_row_of_another_width_is_kept_and_told_with_its_line(
    text: str, line: int, row: dict[str, str]
) -> None:
    decoded = csv_table.decode(text.encode())
    assert decoded.units[0]["rows"][-1] == row
    assert [(n.code, n.where) for n in decoded.notices] == [("ragged_row", f"line {line}")]


def test_empty_cells_at_the_end_and_empty_rows_are_no_fault() -> None:
    decoded = csv_table.decode(b"a,b\nx,y,,\n\n,,\n , \nz,w\n")
    assert decoded.notices == []
    assert decoded.units[0]["rows"] == [{"a": "x", "b": "y"}, {"a": "z", "b": "w"}]


def test_many_ragged_rows_are_counted() -> None:
    notices = csv_table.decode(b"a,b\nx,y\n" + b"x\n" * (csv_table.MAX_NOTICES + 7)).notices
    assert len(notices) == csv_table.MAX_NOTICES + 1
    assert notices[-1].message.startswith("7 more")


MALFORMED = [
    (b"", Options(), "empty_input"),
    (b"\n \r\n", Options(), "empty_input"),
    (b"\xef\xbb\xbf", Options(), "empty_input"),
    (b"\xff\xfe", Options(), "empty_input"),
    (b'a,b\n"x,y\n', Options(), "unclosed_quote"),
    (b'a,b\nx,"y', Options(), "unclosed_quote"),
    (b'a,b\nx,"y\n\n\n', Options(), "unclosed_quote"),
    (b'a,b\nx,"y""\nz', Options(), "unclosed_quote"),
    (b'"a,b\nx,y\n', Options(), "unclosed_quote"),
    (b"a,b\n'x,y\n", Options(quote="'"), "unclosed_quote"),
    (b'a,b\n"' + b"x" * 200_000 + b'",y\n', Options(), "bad_cell"),
    (b'a,b\n"' + b"x,y\n" * 50_000, Options(), "bad_cell"),
    (b"a,b\n" + b"x" * 140_000 + b",y\n", Options(), "bad_cell"),
    (b"\xff\xfea", Options(), "bad_encoding"),
    (b"a,b\n", Options(encoding="utf-16"), "bad_encoding"),
    (b"a,b\n", Options(encoding="klingon"), "bad_encoding"),
    (b"a,b\n", Options(encoding="base64"), "bad_encoding"),
    (b"a,b\n", Options(delimiter=";;"), "bad_option"),
    (b"a,b\n", Options(delimiter=""), "bad_option"),
    (b"a,b\n", Options(quote='""'), "bad_option"),
    (b"a,b\n", Options(delimiter="\n"), "bad_option"),
    (b"a,b\n" + b"x,y\n" * 20_000 + b'"', Options(), "unclosed_quote"),
    (b"\0\0\0\0", Options(), "empty_input"),
    (b"\xfe\xff\0a\0;\0b\0\n\xd8\0", Options(), "bad_encoding"),
    (b'a,b\n"x\n', Options(delimiter=";", header=True), "unclosed_quote"),
]


@pytest.mark.parametrize(("data", "options", "code"), MALFORMED)
def test_what_is_no_table_is_refused(data: bytes, options: Options, code: str) -> None:
    with pytest.raises(CodecError) as caught:
        csv_table.decode(data, options=options)
    assert caught.value.code == code
    assert "; " in caught.value.message


def test_an_unclosed_quote_is_told_with_the_line_it_stands_on() -> None:
    with pytest.raises(CodecError) as caught:
        csv_table.decode(b'a,b\n"1\n2",y\nx,"y\nz,w\n')
    assert caught.value.line == 4


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(max_bytes=10), "too_large"),
        (Limits(max_line=10), "too_large"),
        (Limits(max_items=3), "too_many_items"),
    ],
)
def test_limits_hold(limits: Limits, code: str) -> None:
    with pytest.raises(CodecError) as caught:
        csv_table.decode(BANK, limits)
    assert caught.value.code == code


@pytest.mark.parametrize("step", [1, 3, 50])
def test_chunk_boundaries_do_not_matter(step: int) -> None:
    whole = list(csv_table.iter_parts(io.BytesIO(BANK)))
    assert list(csv_table.iter_parts(Trickle(BANK, step))) == whole  # type: ignore[arg-type]


def test_encode_gives_back_what_was_decoded() -> None:
    unit = table(BANK)
    written = csv_table.encode([unit], delimiter=";", encoding="cp1252", quote_all=True)
    again = table(written)
    assert (again["header"], again["rows"]) == (unit["header"], unit["rows"])


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-2+3", "'-2+3"),
        ("\tx", "'\tx"),
        ("-1.234,56", "-1.234,56"),
        ("+49", "+49"),
        ("x=1", "x=1"),
    ],
)
def test_formulas_are_defused_and_numbers_are_not(cell: str, written: str) -> None:
    unit = {"header": ["a"], "rows": [{"a": cell}]}
    guarded = csv_table.encode([unit], delimiter=";", guard_formulas=True).decode()
    assert guarded == f"a\r\n{written}\r\n"
    assert csv_table.encode([unit], delimiter=";").decode() == f"a\r\n{cell}\r\n"


@pytest.mark.parametrize(
    ("units", "options"),
    [
        ([], {}),
        ([{"header": ["a"], "rows": [{"b": "1"}]}], {}),
        ([{"header": ["ł"], "rows": []}], {"encoding": "latin-1"}),
        ([{"header": ["a"], "rows": []}], {"encoding": "klingon"}),
    ],
)
def test_what_a_table_cannot_hold_is_not_written(units: Any, options: Any) -> None:
    with pytest.raises(CodecError):
        csv_table.encode(units, **options)


@pytest.mark.parametrize(
    ("head", "claimed"),
    [
        (BANK, True),
        (b"a\tb\n1\t2\n", True),
        ("a;b\n1;2\n".encode("utf-16"), True),
        (b"just a text\nof two lines", False),
        (b'{"a": 1,\n "b": 2}', False),
        (b"<a>,</a>\n", False),
        (b"\xef\xbb\xbf<a>;</a>\n", False),
        (b":60F:C260131EUR1,00\n:20:X\n:25:Y\n", False),
        (b"%PDF-1.7\n,\n", False),
        (b"a,b\n\0\0\x07", False),
        (b"", False),
    ],
)
def test_claims_wants_regular_lines(head: bytes, claimed: bool) -> None:
    assert csv_table.claims(head) is claimed


def test_memory_does_not_grow_with_the_number_of_rows() -> None:
    setup = """
import io
from connectors._codecs import csv_table
data = io.BytesIO(b'a;b;c\\n' + b'2026-01-31;text;-1.234,56\\n' * 200_000)
"""
    outcome = attack(setup, "assert sum(1 for _ in csv_table.iter_parts(data)) == 200_002")
    assert (outcome.code, outcome.megabytes < 20) == ("accepted", True)


def test_a_huge_line_is_refused_quickly() -> None:
    setup = "from connectors._codecs import csv_table\ndata = b'a,' * 100_000_000"
    outcome = attack(setup, "csv_table.decode(data)")
    assert outcome.code == "too_large"
    assert outcome.seconds < 2
    assert outcome.megabytes < 300


@settings(max_examples=150)
@given(st.one_of(st.binary(max_size=60), mutated(BANK)))
def test_any_bytes_give_a_table_or_this_packages_error(data: bytes) -> None:
    with suppress(CodecError):
        csv_table.decode(data)


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0")).map(str.strip)


@settings(max_examples=100)
@given(st.lists(st.lists(CELLS.filter(bool), min_size=2, max_size=2), min_size=1, max_size=5))
def test_every_table_survives_the_round_trip(rows: list[list[str]]) -> None:
    unit = {"header": ["a", "b"], "rows": [dict(zip("ab", row, strict=True)) for row in rows]}
    written = csv_table.encode([unit], quote_all=True)
    options = Options(delimiter=",", quote='"', encoding="utf-8", skip_rows=0, header=True)
    assert table(written, options)["rows"] == unit["rows"]
