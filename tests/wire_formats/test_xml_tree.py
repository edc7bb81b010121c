"""XML documents to elements and back."""

from __future__ import annotations

import io
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from connectors._codecs import xml_tree
from connectors._codecs.limits import Limits
from connectors.errors import CodecError
from tests.wire_formats.hostile import mutated, sample

INVOICE = sample("xml_tree/invoice_ubl.xml")
ORDER = sample("xml_tree/order_cxml.xml")
CBC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"

SOAP = '<s:Envelope xmlns:s="{uri}"><s:Header><a/></s:Header><s:Body>{body}</s:Body></s:Envelope>'
SOAP_11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"
BUSINESS = (
    '<RequestPayload><h:AppHdr xmlns:h="urn:iso:std:iso:20022:tech:xsd:{version}"/>'
    "{body}</RequestPayload>"
)
SBD = (
    '<S xmlns="{uri}"><StandardBusinessDocumentHeader/>{body}</S>'.replace(
        "S ", "StandardBusinessDocument ", 1
    )
    .replace("</S>", "</StandardBusinessDocument>")
    .replace("{uri}", "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader")
)


def root(data: bytes | str) -> etree._Element:
    element = xml_tree.decode(data if isinstance(data, bytes) else data.encode()).units[0]
    assert isinstance(element, etree._Element)
    return element


def test_the_unit_is_the_root_element() -> None:
    decoded = xml_tree.decode(INVOICE)
    assert decoded.units[0].tag.endswith("}Invoice")
    assert (decoded.encoding, decoded.notices) == ("utf-8", [])


def test_comments_and_instructions_do_not_split_text() -> None:
    assert root(INVOICE).findtext(f"{CBC}ID") == "INV-7"
    assert root("<a>1<?b c?>2</a>").text == "12"


def test_streams_give_the_same() -> None:
    assert [e.tag for e in xml_tree.iter_units(io.BytesIO(INVOICE))] == [root(INVOICE).tag]


TEXT = '<?xml version="1.0" encoding="{}"?><a>Müller</a>'


@pytest.mark.parametrize(
    ("data", "encoding", "codes"),
    [
        (TEXT.format("UTF-8").encode(), "utf-8", []),
        (TEXT.format("UTF-8").encode("utf-8-sig"), "utf-8", []),
        (TEXT.format("ISO-8859-1").encode("latin-1"), "iso8859-1", []),
        (TEXT.format("windows-1252").encode("cp1252"), "cp1252", []),
        (TEXT.format("ibm850").encode("cp850"), "cp850", []),
        (TEXT.format("UTF-16").encode("utf-16"), "utf-16", []),
        (TEXT.format("UTF-16").encode("utf-16-be"), "utf-16-be", []),
        ("\n <a>Müller</a>".encode("utf-16-le"), "utf-16-le", ["space_before"]),
        ("<a>Müller</a>".encode("utf-32"), "utf-32", []),
        ("<?xml-stylesheet b?><a>Müller</a>".encode("utf-16"), "utf-16", []),
        (TEXT.format("UTF-16").encode(), "utf-8", []),
        (TEXT.format("UTF-8").encode("latin-1"), "cp1252", ["wrong_encoding"]),
        ("<a>Müller</a>".encode("latin-1"), "cp1252", ["wrong_encoding"]),
        (TEXT.format("ISO-8859-1").encode(), "utf-8", ["wrong_encoding"]),
        (TEXT.format("US-ASCII").encode(), "utf-8", ["wrong_encoding"]),
    ],
)
def test_the_encoding_is_the_one_that_fits(data: bytes, encoding: str, codes: list[str]) -> None:
    decoded = xml_tree.decode(data)
    assert decoded.units[0].text == "Müller"
    assert decoded.encoding == encoding
    assert [notice.code for notice in decoded.notices] == codes


def test_a_byte_that_cp1252_lacks_falls_back_to_latin_1() -> None:
    decoded = xml_tree.decode(b"<a>\xfc\x81</a>")
    assert (decoded.units[0].text, decoded.encoding) == ("ü\x81", "iso8859-1")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\n\n  " + INVOICE, "space_before"),
        (b"\xef\xbb\xbf\xef\xbb\xbf" + INVOICE, "space_before"),
        (b"HTTP/1.1 200 OK\r\n\r\n" + INVOICE, "junk_before"),
        (b"Betreff: Rechnung <a/>", "junk_before"),
        (INVOICE + b"\0\0\0", "padding_after"),
        (INVOICE + b"\x1a", "padding_after"),
    ],
)
def test_junk_around_the_document_is_read_past_with_a_warning(data: bytes, code: str) -> None:
    decoded = xml_tree.decode(data)
    assert [(n.code, n.severity) for n in decoded.notices] == [(code, "warning")]


MALFORMED = [
    (b"", "empty_input", None),
    (b" \n", "empty_input", None),
    (b"hello", "not_xml", None),
    (b'{"a": 1}', "not_xml", None),
    (b"\0" * 100, "not_xml", None),
    (b"<!DOCTYPE html><html><body>404</body></html>", "forbidden_dtd", None),
    (b"<!doctype html><html><body><br></body></html>", "not_xml", None),
    (b"<html><body><br></body></html>", "not_xml", None),
    (b"<a>\n<b>", "truncated_xml", 2),
    (b"<a>\n<b></b>", "truncated_xml", 2),
    (b'<a>\n<b c="', "malformed_xml", 2),
    (b"<a>\n<b></a>", "malformed_xml", 2),
    (b"<a/>\n<b/>", "malformed_xml", 2),
    (b"<a/>x", "malformed_xml", 1),
    (b"<a>\n&nbsp;</a>", "malformed_xml", 2),
    (b"<a>\n& </a>", "malformed_xml", 2),
    (b"<a>\n&#0;</a>", "malformed_xml", 2),
    (b"<a>\n\0</a>", "malformed_xml", 2),
    (b"<a>\n\x01</a>", "malformed_xml", 2),
    (b"<a b=1/>", "malformed_xml", 1),
    (b'<a b="1" b="2"/>', "malformed_xml", 1),
    (b'<a b="<"/>', "malformed_xml", 1),
    (b"<a:b/>", "malformed_xml", 1),
    (b"<1a/>", "not_xml", None),
    (b"<a><![CDATA[x</a>", "malformed_xml", 1),
    (b"<a><!-- x</a>", "malformed_xml", 1),
    (b"<?xml version='1.0'?>", "malformed_xml", 1),
    (b"<?xml?><a/>", "malformed_xml", 1),
    (b'<?xml version="1.0" encoding="klingon"?><a/>', "bad_encoding", None),
    (b'<?xml version="1.0" encoding="UTF-7"?><a/>', "bad_encoding", None),
    (b'<?xml version="1.0" encoding="ISO-2022-JP"?><a/>', "bad_encoding", None),
    (b'<?xml version="1.0" encoding="shift_jis"?><a>\xff</a>', "bad_encoding", None),
    (b"\xff\xfe<\0a\0/\0>", "bad_encoding", None),
]


@pytest.mark.parametrize(("data", "code", "line"), MALFORMED)
def test_malformed_xml_is_refused_with_its_line(data: bytes, code: str, line: int | None) -> None:
    with pytest.raises(CodecError) as caught:
        xml_tree.decode(data)
    assert (caught.value.code, caught.value.line) == (code, line)
    assert "; " in caught.value.message
    assert len(caught.value.message) < 200


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(max_bytes=100), "too_large"),
        (Limits(max_depth=2), "too_deep"),
        (Limits(max_items=3), "too_many_items"),
    ],
)
def test_limits_hold(limits: Limits, code: str) -> None:
    with pytest.raises(CodecError) as caught:
        xml_tree.decode(INVOICE, limits)
    assert caught.value.code == code


@pytest.mark.parametrize("depth", [1, 3, 255])
def test_the_greatest_allowed_depth_is_allowed(depth: int) -> None:
    data = b"<a>" * depth + b"</a>" * depth
    assert xml_tree.decode(data, Limits(max_depth=depth)).units
    with pytest.raises(CodecError):
        xml_tree.decode(b"<b>" + data + b"</b>", Limits(max_depth=depth))


def test_an_attached_file_of_twelve_megabytes_is_read() -> None:
    assert len(root(b"<a>" + b"x" * 12_000_000 + b"</a>").text or "") == 12_000_000


@pytest.mark.parametrize(
    "document",
    [
        SOAP.format(uri=SOAP_11, body="<Invoice/>"),
        SOAP.format(uri=SOAP_12, body="<Invoice/>"),
        SBD.format(body='<Invoice xmlns=""/>'),
        SOAP.format(uri=SOAP_12, body=SBD.format(body='<Invoice xmlns=""/>')),
        BUSINESS.format(version="head.001.001.02", body="<Invoice/>"),
        BUSINESS.format(version="head.001.001.04", body="<Invoice/>"),
        "<Invoice/>",
    ],
)
def test_unwrap_gives_the_payload(document: str) -> None:
    assert xml_tree.unwrap(root(document)).tag == "Invoice"


@pytest.mark.parametrize(
    ("document", "tag"),
    [
        ("<Invoices><Invoice/></Invoices>", "Invoices"),
        (SOAP.format(uri=SOAP_11, body="<a/><b/>"), f"{{{SOAP_11}}}Body"),
        (SOAP.format(uri=SOAP_11, body=""), f"{{{SOAP_11}}}Body"),
    ],
)
def test_unwrap_stops_where_there_is_not_one_payload(document: str, tag: str) -> None:
    assert xml_tree.unwrap(root(document)).tag == tag


def test_encode_gives_back_what_was_decoded() -> None:
    written = xml_tree.encode([root(INVOICE)])
    assert written.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<Invoice')
    assert etree.tostring(root(written)) == etree.tostring(root(INVOICE))
    assert xml_tree.encode([root(written)]) == written


def test_one_document_holds_one_root() -> None:
    with pytest.raises(CodecError, match="exactly one"):
        xml_tree.encode([])


@pytest.mark.parametrize(
    ("head", "claimed"),
    [
        (INVOICE, True),
        (ORDER, True),
        (b"\xef\xbb\xbf\n<a/>", True),
        ("<a/>".encode("utf-16"), True),
        ("<a/>".encode("utf-16-be"), True),
        (b"{}", False),
        (b"OFXHEADER:100\n<OFX>", False),
        (b"", False),
    ],
)
def test_claims_looks_at_the_start(head: bytes, claimed: bool) -> None:
    assert xml_tree.claims(head) is claimed


@settings(max_examples=150)
@given(
    st.one_of(st.binary(max_size=60), st.text().map(str.encode), mutated(INVOICE), mutated(ORDER))
)
def test_any_bytes_give_an_element_or_this_packages_error(data: bytes) -> None:
    with suppress(CodecError):
        xml_tree.unwrap(xml_tree.decode(data, allow_doctype=True).units[0])
