"""What hostile XML asks for is refused, in every encoding, at little cost."""

from __future__ import annotations

import pytest

from connectors._codecs import xml_tree
from connectors.errors import CodecError
from tests.wire_formats.hostile import attack, sample

LAUGHS = (
    "<!DOCTYPE a [<!ENTITY b0 'ha'>"
    + "".join(f"<!ENTITY b{n} '{f'&b{n - 1};' * 10}'>" for n in range(1, 12))
    + "]><a>&b11;</a>"
)
QUADRATIC = f"<!DOCTYPE a [<!ENTITY b '{'x' * 50_000}'>]><a>{'&b;' * 50_000}</a>"
EXTERNAL = "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/hostname'>]><a>&b;</a>"
PARAMETER = "<!DOCTYPE a [<!ENTITY % b SYSTEM 'http://127.0.0.1:9/x'>%b;]><a/>"
DEFAULTS = "<!DOCTYPE a [<!ATTLIST a paid CDATA 'yes'>]><a/>"
IN_ATTRIBUTE = "<!DOCTYPE a [<!ENTITY b 'x'>]><a c='&b;'/>"
BEHIND_COMMENTS = "<!-- <a> --><?b c?>\n<!DOCTYPE a []><a/>"
ORDER = sample("xml_tree/order_cxml.xml").decode()

SUBSETS = [LAUGHS, QUADRATIC, EXTERNAL, PARAMETER, DEFAULTS, IN_ATTRIBUTE, BEHIND_COMMENTS]
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("document", SUBSETS)
@pytest.mark.parametrize("allow", [False, True])
def test_declarations_in_the_document_are_refused(
    document: str, encoding: str, allow: bool
) -> None:
    with pytest.raises(CodecError) as caught:
        xml_tree.decode(document.encode(encoding), allow_doctype=allow)
    assert caught.value.code == "forbidden_dtd"


@pytest.mark.parametrize(
    ("encoding", "code"),
    [("utf-7", "bad_encoding"), ("cp037", "not_xml"), ("cp500", "not_xml")],
)
def test_encodings_that_hide_markup_are_refused(encoding: str, code: str) -> None:
    document = f'<?xml version="1.0" encoding="{encoding}"?>{LAUGHS}'
    with pytest.raises(CodecError) as caught:
        xml_tree.decode(document.encode(encoding))
    assert caught.value.code == code


@pytest.mark.parametrize("said", ["utf-7", " UTF-7", "unicode-1-1-utf-7", "hz", "iso-2022-kr"])
@pytest.mark.parametrize("space", [" ", " " * 500])
def test_a_hidden_declaration_does_not_come_to_life(said: str, space: str) -> None:
    document = f'<?xml version="1.0"{space}encoding="{said}"?>+ADwAIQ-DOCTYPE a []+AD4-<a/>'
    with pytest.raises(CodecError):
        xml_tree.decode(document.encode())


def test_a_doctype_is_refused_unless_it_is_allowed() -> None:
    with pytest.raises(CodecError) as caught:
        xml_tree.decode(ORDER.encode())
    assert (caught.value.code, caught.value.byte) == ("forbidden_dtd", 39)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_an_allowed_doctype_is_read_past_and_not_loaded(encoding: str) -> None:
    document = ORDER.replace('encoding="UTF-8"', "").encode(encoding)
    root = xml_tree.decode(document, allow_doctype=True).units[0]
    assert root.tag == "cXML"
    assert root.getroottree().docinfo.doctype == ""


def test_an_allowed_doctype_keeps_line_numbers() -> None:
    broken = ORDER.replace("</Request>", "</Reqest>")
    with pytest.raises(CodecError) as caught:
        xml_tree.decode(broken.encode(), allow_doctype=True)
    assert caught.value.line == 8


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("12.50", "&total;", "malformed_xml"),
        ("12.50", "&total", "malformed_xml"),
        ('dtd">', 'dtd" []>', "forbidden_dtd"),
        ('dtd">', 'dtd" [<!ENTITY a "b">]>', "forbidden_dtd"),
        ("<!DOCTYPE cXML", "<!DOCTYPE a><!DOCTYPE cXML", "malformed_xml"),
    ],
)
def test_entities_are_refused_also_where_a_doctype_is_allowed(
    old: str, new: str, code: str
) -> None:
    with pytest.raises(CodecError) as caught:
        xml_tree.decode(ORDER.replace(old, new).encode(), allow_doctype=True)
    assert caught.value.code == code


@pytest.mark.parametrize(
    "document", ["<a><!-- <!DOCTYPE a []> --></a>", "<a><![CDATA[<!DOCTYPE a []>]]></a>"]
)
def test_the_word_doctype_in_a_text_is_harmless(document: str) -> None:
    assert xml_tree.decode(document.encode()).units


@pytest.mark.parametrize("element", ["include", "fallback"])
def test_xinclude_is_refused(element: str) -> None:
    uri = "http://www.w3.org/2001/XInclude"
    document = f'<a xmlns:i="{uri}"><i:{element} href="file:///etc/hostname"/></a>'
    with pytest.raises(CodecError) as caught:
        xml_tree.decode(document.encode())
    assert caught.value.code == "forbidden_xinclude"
    assert xml_tree.decode(f'<a xmlns:i="{uri}">{uri}</a>'.encode()).units


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("b'<a>' * 10_000 + b'</a>' * 10_000", "too_deep"),
        ("b'<a>' * 10_000_000", "too_many_items"),
        ("b'<a>' * 300 + b'x' * 12_000_000 + b'</a>' * 300", "too_deep"),
        ("b'<a b=\"' + b'x' * 50_000_000 + b'\"/>'", "too_large"),
        ("b'<a>' + b'x' * 200_000_000 + b'</a>'", "too_large"),
        ("b'<a><![CDATA[' + b'x' * 50_000_000 + b']]></a>'", "too_large"),
        ("b'<' + b'a' * 50_000_000 + b'/>'", "too_large"),
        ("b'<!--' + b'x' * 50_000_000 + b'--><a/>'", "malformed_xml"),
        ("b'<a>' + b'\\0' * 50_000_000 + b'</a>'", "malformed_xml"),
        ("b'\\0' * 50_000_000", "not_xml"),
        ("b' ' * 50_000_000", "empty_input"),
        ("b'x' * 50_000_000", "not_xml"),
        ("b'<' * 50_000_000", "too_many_items"),
        ("b'<a>' + b'<b/>' * 6_000_000 + b'</a>'", "too_many_items"),
        ("b'<?xml ' + b'x' * 50_000_000 + b'?><a/>'", "malformed_xml"),
        ("b'<!DOCTYPE a SYSTEM \"' + b'x' * 50_000_000 + b'\"><a/>'", "forbidden_dtd"),
    ],
)
def test_huge_documents_are_refused_quickly(data: str, code: str) -> None:
    setup = f"from connectors._codecs import xml_tree\ndata = {data}"
    outcome = attack(setup, "xml_tree.decode(data, allow_doctype=True)")
    assert outcome.code == code
    assert outcome.seconds < 2
    assert outcome.megabytes < 300
