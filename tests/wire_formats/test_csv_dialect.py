"""How a table is written, found out from its first lines."""

from __future__ import annotations

from typing import Any

import pytest

from connectors._codecs import csv_table
from connectors._codecs.csv_table.dialect import Options, unique_names


def table(data: bytes | str, options: Options | None = None) -> dict[str, Any]:
    raw = data if isinstance(data, bytes) else data.encode()
    unit = csv_table.decode(raw, options=options or Options()).units[0]
    assert isinstance(unit, dict)
    return unit


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("a,b\nx,1.5\n", ","),
        ("a;b\nx, y;1,5\nz, w;2,5\n", ";"),
        ("a\tb\nx, y;\t1,5\n", "\t"),
        ("a|b\nx,y|1\n", "|"),
        ('a,b\n"x;y;z",1\n"p;q;r",2\n', ","),
        ("sep=|\na|b;c,d;e,f;g\n", "|"),
        ("name\nfoo\nbar\n", ","),
    ],
)
def test_the_delimiter_is_the_one_that_makes_a_table(text: str, delimiter: str) -> None:
    assert table(text)["dialect"]["delimiter"] == delimiter


@pytest.mark.parametrize(
    ("text", "encoding", "named"),
    [
        ("Name;Ort\nMüller;Köln\n", "utf-8", "utf-8"),
        ("Name;Ort\nMüller;Köln\n", "utf-8-sig", "utf-8-sig"),
        ("Name;Ort\nMüller;Köln\n", "utf-16", "utf-16"),
        ("Name;Ort\nMüller;Köln\n", "utf-16-le", "utf-16-le"),
        ("Name;Ort\nMüller;Köln\n", "utf-16-be", "utf-16-be"),
        ("Name;Ort\nMüller;Köln\n", "cp1252", "cp1252"),
        ("Name;Ort\nl\u2019été à Genève;€ 5\n", "cp1252", "cp1252"),
        ("Name;Ort\nMüller;Köln\nJäger;Größe\n", "cp850", "cp850"),
    ],
)
def test_the_encoding_is_found(text: str, encoding: str, named: str) -> None:
    decoded = csv_table.decode(text.encode(encoding))
    assert decoded.encoding == named
    assert list(decoded.units[0]["rows"][0].values()) == text.split("\n")[1].split(";")


def test_a_late_byte_that_is_not_utf_8_is_cp1252() -> None:
    text = "a,b\n" + "x,y\n" * 30_000 + "Müller,z\n"
    assert table(text.encode("cp1252"))["rows"][-1] == {"a": "Müller", "b": "z"}


@pytest.mark.parametrize(
    ("text", "header", "preamble"),
    [
        ("a,b,c\n1,2,3\n", ["a", "b", "c"], None),
        ("2026-01-31,x,1.00\n2026-02-01,y,2.00\n", ["column_1", "column_2", "column_3"], None),
        ("31.01.2026;x;-1,00 EUR\n", ["column_1", "column_2", "column_3"], None),
        ("\n\na,b,c\n1,2,3\n", ["a", "b", "c"], None),
        ("Report\n\na,b,c\n1,2,3\n4,5,6\n", ["a", "b", "c"], [["Report"]]),
        ("Account,DE89,,\na,b,c,d\n1,2,3,4\n", ["a", "b", "c", "d"], [["Account", "DE89"]]),
        ("a,b,c,\n1,2,3,\n4,5,6,\n", ["a", "b", "c"], None),
        ("a, b ,a,,a\n1,2,3,4,5\n", ["a", "b", "a_2", "column_4", "a_3"], None),
        ('"a\n(EUR)",b\nx,y\n', ["a (EUR)", "b"], None),
    ],
)
def test_the_header_is_found(text: str, header: list[str], preamble: Any) -> None:
    unit = table(text)
    assert (unit["header"], unit.get("preamble")) == (header, preamble)
    assert unit["rows"]


def test_column_names_are_never_alike() -> None:
    assert unique_names(["a", "a", "a_2", "a", ""]) == ["a", "a_2", "a_2_2", "a_3", "column_5"]


@pytest.mark.parametrize(
    ("text", "options", "rows"),
    [
        ("1;2,5\n", Options(delimiter=",", header=False), [{"column_1": "1;2", "column_2": "5"}]),
        ("a,b\nx,y\n", Options(header=False), [{"column_1": "a", "column_2": "b"}] * 1),
        ("1,2\nx,y\n", Options(header=True), [{"1": "x", "2": "y"}]),
        ("a,b\nc,d\nx,y\n", Options(skip_rows=1), [{"c": "x", "d": "y"}]),
        ("a,b\n'x,y','z'\n", Options(quote="'"), [{"a": "x,y", "b": "z"}]),
        ('a,b\n"x,y\n', Options(quote=""), [{"a": '"x', "b": "y"}]),
        ("a,b\n\x81,y\n", Options(encoding="latin-1"), [{"a": "\x81", "b": "y"}]),
    ],
)
def test_what_is_said_is_not_looked_for(text: str, options: Options, rows: Any) -> None:
    assert table(text.encode("latin-1"), options)["rows"][: len(rows)] == rows
