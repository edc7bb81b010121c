"""OFX statements: SGML and XML, one unit a statement, tag soup, encodings, streams."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from connectors._codecs import ofx
from connectors._codecs.limits import Limits
from connectors.errors import CodecError

FILES = Path(__file__).parent / "files" / "ofx"
CURRENT = (FILES / "current.ofx").read_bytes()
SEVERAL = (FILES / "several.ofx").read_bytes()
STATEMENT = "BANKMSGSRSV1/STMTTRNRS/STMTRS"
TRANSACTION = f"{STATEMENT}/BANKTRANLIST/STMTTRN"


def only(data: bytes) -> Any:
    units = ofx.decode(data).units
    assert len(units) == 1
    return units[0]


def plain(element: Any) -> bytes:
    """An element's canonical text, without space between tags and whatever follows it."""
    text = etree.tostring(element, method="c14n", with_tail=False)
    return re.sub(rb">\s+<", b"><", text)


def codes(data: bytes) -> list[tuple[str, str]]:
    return [(n.code, n.severity) for n in ofx.decode(data).notices]


def test_paths_of_the_standard_lead_to_values() -> None:
    root = only(CURRENT)
    assert root.findtext("SIGNONMSGSRSV1/SONRS/FI/ORG") == "Harbour Bank"
    assert root.findtext(f"{STATEMENT}/BANKACCTFROM/ACCTID") == "4455667788"
    assert [t.findtext("FITID") for t in root.findall(TRANSACTION)] == ["T-1", "T-2"]
    assert root.findtext(f"{STATEMENT}/LEDGERBAL/BALAMT") == "2237.50"


def test_a_sound_file_has_no_notices() -> None:
    assert codes(CURRENT) == []
    assert codes(SEVERAL) == []


def test_the_header_is_in_attributes_of_the_root() -> None:
    assert only(CURRENT).get("ofx-version") == "102"
    assert only(CURRENT).get("ofx-charset") == "1252"
    assert ofx.decode(SEVERAL).units[0].get("ofx-version") == "211"


def test_values_are_as_stated_entities_read_and_bare_ampersands_kept() -> None:
    first, second = only(CURRENT).findall(TRANSACTION)
    assert first.findtext("NAME") == "Ropes & Sails"
    assert first.findtext("MEMO") == ""
    assert second.findtext("NAME") == "Smith & Sons"
    assert second.findtext("TRNAMT") == "1250,00"


def test_each_statement_of_a_file_is_a_unit_with_the_sign_on() -> None:
    units = ofx.decode(SEVERAL).units
    assert [unit.findtext(".//ACCTID") for unit in units] == ["111", "222", "333"]
    assert {unit.findtext("SIGNONMSGSRSV1/SONRS/FI/FID") for unit in units} == {"1001"}
    assert [unit.findtext(".//TRNUID") for unit in units] == ["1", "2", "3"]
    assert units[2].findtext("SECLISTMSGSRSV1//TICKER") == "ROPE"


def test_cdata_is_text() -> None:
    assert ofx.decode(SEVERAL).units[0].findtext(f"{TRANSACTION}/NAME") == "Tar & <Pitch>"


SAME = [
    ("one_line", CURRENT.replace(b"\n", b"")),
    ("carriage_returns", CURRENT.replace(b"\n", b"\r\n")),
    ("byte_order_mark", b"\xef\xbb\xbf" + CURRENT),
    ("blank_lines_first", b"\n\n" + CURRENT),
    ("utf_16", CURRENT.decode().encode("utf-16")),
    ("lower_case", re.sub(rb"</?[A-Z0-9.]+>", lambda m: m[0].lower(), CURRENT)),
    ("nul_at_the_end", CURRENT + b"\0\0"),
    ("comment", CURRENT.replace(b"<STMTRS>", b"<STMTRS><!-- <ACCTID>x</ACCTID> -->")),
    ("every_leaf_closed", re.sub(rb"<([A-Z]+)>([^<\s][^<\n]*)", rb"<\1>\2</\1>", CURRENT)),
    ("prefix", re.sub(rb"<(/?)([A-Z0-9]+)>", rb"<\1b:\2>", CURRENT)),
    ("header_on_one_line", CURRENT.replace(b"\n", b" ", 9)),
]


@pytest.mark.parametrize("data", [pytest.param(data, id=name) for name, data in SAME])
def test_the_way_it_is_written_changes_nothing(data: bytes) -> None:
    root, expected = only(data), only(CURRENT)
    assert plain(root) == plain(expected)


MENDED = [
    ("empty_leaf_open", CURRENT.replace(b"</MEMO>\n", b"")),
    ("end_of_transaction", CURRENT.replace(b"</STMTTRN>\n<STMTTRN>", b"<STMTTRN>")),
    ("end_of_list", CURRENT.replace(b"</BANKTRANLIST>\n", b"")),
    ("end_of_both", CURRENT.replace(b"</STMTTRN>\n</BANKTRANLIST>\n", b"")),
    ("end_of_account", CURRENT.replace(b"</BANKACCTFROM>", b"")),
    ("end_of_status", CURRENT.replace(b"</STATUS>\n<DTSERVER>", b"<DTSERVER>")),
    ("end_of_statement", CURRENT.replace(b"</STMTRS>\n", b"")),
    ("stray_end", CURRENT.replace(b"<LEDGERBAL>", b"</FOO><LEDGERBAL>")),
    ("wrong_leaf_end", CURRENT.replace(b"T-2<NAME>", b"T-2</MEMO><PAYEE>x<NAME>")),
    ("control_character", CURRENT.replace(b"Ropes", b"\x02Ropes")),
]


@pytest.mark.parametrize("data", [pytest.param(data, id=name) for name, data in MENDED])
def test_missing_end_tags_are_put_in(data: bytes) -> None:
    root, expected = only(data), only(CURRENT)
    for path in (f"{TRANSACTION}/TRNAMT", f"{STATEMENT}/BANKACCTFROM/ACCTID", TRANSACTION):
        assert len(root.findall(path)) == len(expected.findall(path))
    assert root.findtext(f"{STATEMENT}/LEDGERBAL/BALAMT") == "2237.50"
    assert "error" not in {severity for _, severity in codes(data)}


@pytest.mark.parametrize(
    ("encoding", "declared"), [("cp1252", "1252"), ("utf-8", "1252"), ("cp1251", "1251")]
)
def test_the_real_encoding_counts_and_the_declared_one_only_when_it_is_not_utf_8(
    encoding: str, declared: str
) -> None:
    name = "Шлюп" if declared == "1251" else "Café Œuvre"
    data = CURRENT.replace(b"1252", declared.encode()).replace(b"Ropes", name.encode(encoding))
    result = ofx.decode(data)
    assert result.units[0].findtext(f"{TRANSACTION}/NAME") == f"{name} & Sails"
    assert result.encoding == encoding


@pytest.mark.parametrize("name", ["zlib", "rot13", "utf-7", "nonsense"])
def test_a_declared_encoding_that_is_none_of_text_is_passed_over(name: str) -> None:
    data = CURRENT.replace(b"CHARSET:1252", f"CHARSET:{name}".encode()).replace(b"Ropes", b"\xe9")
    assert ofx.decode(data).encoding == "cp1252"


FAULTS = [
    ("version", CURRENT.replace(b"VERSION:102", b"VERSION:300"), "unknown_version", "error"),
    ("no_version", CURRENT.replace(b"VERSION:102\n", b""), "no_version", "warning"),
    ("no_header", CURRENT[CURRENT.index(b"<OFX>") :], "no_header", "warning"),
    ("amount", CURRENT.replace(b"-12.50", b"  .  "), "unreadable", "error"),
    ("amount_words", CURRENT.replace(b"-12.50", b"much"), "unreadable", "error"),
    ("amount_empty", CURRENT.replace(b"-12.50", b""), "missing", "error"),
    ("amount_gone", CURRENT.replace(b"<TRNAMT>-12.50", b""), "missing", "error"),
    ("date_gone", CURRENT.replace(b"<DTPOSTED>20260116", b""), "missing", "error"),
    ("date", CURRENT.replace(b"20260116", b"16/01/26"), "unreadable", "error"),
    ("fitid_gone", CURRENT.replace(b"<FITID>T-1", b""), "missing", "warning"),
    ("balance", CURRENT.replace(b"2237.50", b"n/a"), "unreadable", "error"),
    ("balance_empty", CURRENT.replace(b"2237.50", b""), "unreadable", "error"),
    ("account_gone", CURRENT.replace(b"<ACCTID>4455667788", b""), "no_account", "error"),
    ("end_missing", CURRENT.replace(b"</BANKTRANLIST>", b""), "end_missing", "warning"),
    ("stray_end", CURRENT.replace(b"<LEDGERBAL>", b"</FOO><LEDGERBAL>"), "stray_end", "warning"),
    ("junk", CURRENT.replace(b"</STMTTRN>\n</BANK", b"</STMTTRN>--></BANK"), "junk", "error"),
    ("bare_tag", CURRENT.replace(b"</STMTRS>", b"<BROKEN </STMTRS>"), "junk", "error"),
    *[
        (f"cut_{at}", CURRENT[: CURRENT.index(mark)], "truncated", "error")
        for at, mark in enumerate((b"</OFX>", b"</STMTRS>", b"<TRNUID>", b"<SONRS>", b"T-2"))
    ],
]


@pytest.mark.parametrize(
    ("data", "code", "severity"), [pytest.param(*fault[1:], id=fault[0]) for fault in FAULTS]
)
def test_a_fault_is_told_and_the_rest_is_read(data: bytes, code: str, severity: str) -> None:
    assert (code, severity) in codes(data)
    assert ofx.decode(data).units


def test_a_transaction_s_fault_names_the_transaction() -> None:
    notices = ofx.decode(CURRENT.replace(b"1250,00", b"x")).notices
    assert [n.where for n in notices] == ["STMTTRN 2"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"OFXHEADER:100\nDATA:OFXSGML\n",
        b"\0" * 100,
        b"<OFX>" + b"<A>" * 6_000_000,
        b"<OFX>" + b"x" * 3_000_000,
        b"<OFX>" + b"<" * 20_000 + b"</OFX>",
        b"<OFX>"
        + b"".join(b"<A%d>" % i for i in range(400))
        + b"".join(b"</A%d>" % i for i in range(400)),
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
    ],
    ids=["empty", "words", "header", "nul", "tags", "text", "bare", "deep", "doctype"],
)
def test_what_is_no_ofx_or_would_cost_too_much_is_refused(data: bytes) -> None:
    with pytest.raises(CodecError):
        ofx.decode(data)


def test_a_doctype_declares_no_entities() -> None:
    data = b'<!DOCTYPE OFX [<!ENTITY e "boom">]>' + CURRENT.replace(b"Ropes", b"&e;")
    root = ofx.decode(data).units[0]
    assert root.findtext(f"{TRANSACTION}/NAME") == "&e; & Sails"


def test_limits_are_enforced() -> None:
    with pytest.raises(CodecError, match="over 100 bytes"):
        ofx.decode(CURRENT, Limits(max_bytes=100))
    with pytest.raises(CodecError, match="over 20 tags"):
        ofx.decode(CURRENT, Limits(max_items=20))
    with pytest.raises(CodecError, match="over 1 transactions"):
        list(ofx.iter_parts(io.BytesIO(CURRENT), Limits(max_items=1)))


def test_two_documents_in_one_input_are_two_units() -> None:
    assert len(ofx.decode(CURRENT + CURRENT).units) == 2


def test_a_second_document_in_a_stream_does_not_go_missing() -> None:
    with pytest.raises(CodecError, match="second <OFX>"):
        list(ofx.iter_parts(io.BytesIO(CURRENT + CURRENT)))


@pytest.mark.parametrize("mark", [b"</OFX>", b"</STMTRS>", b"<TRNUID>", b"<SONRS>"])
def test_a_cut_stream_says_so(mark: bytes) -> None:
    parts = list(ofx.iter_parts(io.BytesIO(CURRENT[: CURRENT.index(mark)])))
    assert "truncated" in {notice.code for part in parts for notice in part.notices}


def test_only_ofx_files_are_claimed() -> None:
    assert ofx.claims(CURRENT)
    assert ofx.claims(SEVERAL)
    assert not ofx.claims(b"<Invoice/>")


class Dripping(io.BytesIO):
    """A stream that never gives as much as it is asked for."""

    def read(self, size: int | None = -1) -> bytes:
        return super().read(7 if size is None or size < 0 else min(size, 7))


@pytest.mark.parametrize(
    "data", [pytest.param(data, id=name) for name, data in (("several", SEVERAL), *SAME, *MENDED)]
)
def test_parts_hold_what_decode_holds_however_the_stream_drips(data: bytes) -> None:
    parts = list(ofx.iter_parts(Dripping(data)))
    units = ofx.decode(data).units
    tags = ("BANKTRANLIST", "INVTRANLIST")
    kept = ("DTSTART", "DTEND")
    listed = [c for u in units for li in u.iter(*tags) for c in li if c.tag not in kept]
    items = [part.tree for part in parts if part.kind == "item"]
    assert [plain(item) for item in items] == [plain(child) for child in listed]
    closes = [part.tree for part in parts if part.kind == "close"]
    assert len(closes) == len(units)
    for path in (".//ACCTID", ".//BALAMT", ".//TRNUID", ".//ORG"):
        assert [c.findtext(path) for c in closes] == [u.findtext(path) for u in units]


def test_the_opening_part_has_the_account_and_no_transactions() -> None:
    opening = next(iter(ofx.iter_parts(io.BytesIO(CURRENT)))).tree
    assert opening.findtext(f"{STATEMENT}/BANKACCTFROM/ACCTID") == "4455667788"
    assert opening.findtext(f"{STATEMENT}/BANKTRANLIST/DTEND") == "20260131"
    assert opening.get("ofx-version") == "102"
    assert opening.find(TRANSACTION) is None


@given(st.binary(max_size=300) | st.text("<>/OFXA &;!-[]?\n", max_size=200).map(str.encode))
@settings(max_examples=80, deadline=None)
def test_any_bytes_give_a_result_or_a_codec_error(data: bytes) -> None:
    for read in (ofx.decode, lambda whole: list(ofx.iter_parts(io.BytesIO(whole)))):
        try:
            read(b"<OFX>" + data)
        except CodecError:
            pass


@given(
    st.sampled_from([CURRENT, SEVERAL]),
    st.integers(0, 2500),
    st.binary(max_size=4) | st.sampled_from([b"<", b">", b"</", b"&", b"<!--", b"<![CDATA["]),
    st.integers(0, 9),
)
@settings(max_examples=100, deadline=None)
def test_a_damaged_file_gives_a_result_or_a_codec_error(
    data: bytes, at: int, junk: bytes, cut: int
) -> None:
    broken = data[:at] + junk + data[at + cut :]
    for read in (ofx.decode, lambda whole: list(ofx.iter_parts(io.BytesIO(whole)))):
        try:
            read(broken)
        except CodecError:
            pass
