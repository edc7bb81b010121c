"""The quick way to a document's view gives what the parser's tree gives, or leaves it alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from connectors._codecs import xml_tree
from connectors._engine.xml_text import view_of
from connectors._engine.xml_view import plain
from connectors.errors import CodecError
from tests.wire_formats.hostile import mutated

DOCUMENT = b"""<?xml version="1.0"?><!-- a note --><i:Invoice xmlns:i="urn:i" xmlns='urn:d' i:v="1">
  <ID scheme = "a &lt; b"  lang='it&apos;s'>7 &amp; 8 &#65;&#x42;</ID><Note/><Note></Note >
  <Line no="1"><Net i:currency="EUR">5 > 4</Net><Net>6</Net></Line>
  <Line><Net>\xc3\xa9</Net><Text> two
  lines </Text></Line><!-- another --><Empty a="b" /><Blank> </Blank>
</i:Invoice>
"""
_VIEWS = st.recursive(
    st.text("a<&>\"' é\n", max_size=5),
    lambda inner: st.lists(st.tuples(st.sampled_from("abc"), inner), max_size=4),
    max_leaves=12,
)


def parsed(data: bytes) -> etree._Element:
    (root,) = xml_tree.decode(data, allow_doctype=True).units
    return root


def test_a_document_as_programs_write_it_is_viewed_from_its_text() -> None:
    found = view_of(DOCUMENT)
    assert found == plain(parsed(DOCUMENT)) | {"@v": "1"}
    assert found["Note"] == [None, None]
    assert found["ID"] == {"#": "7 & 8 AB", "@scheme": "a < b", "@lang": "it's"}
    assert list(found["Line"][0]) == ["Net", "@no"]


@pytest.mark.parametrize(
    "document",
    [
        "<a>text <b>in</b> between</a>",
        "<a><b>in</b> behind<c/></a>",
        "<a><b/> behind</a>",
        "<a>before<b/></a>",
        "<a><b><c>1</c></b>behind</a>",
        "<a><b><![CDATA[<c>]]></b></a>",
        "<a><!-- <![CDATA[ --><b/></a>",
        "<a><?php 1 ?><b>1</b></a>",
        "<a>only text</a>",
        "<a><b>1\r\n2</b></a>",
        "<a><b c='>'>1</b></a>",
        "<a><b>1/></b></a>",
    ],
)
def test_a_document_that_is_not_plain_is_left_alone_or_viewed_alike(document: str) -> None:
    found = view_of(document.encode())
    assert found is None or found == plain(parsed(document.encode()))


@given(_VIEWS, st.sampled_from(["", "\n  "]))
def test_any_document_is_viewed_alike(tree: object, space: str) -> None:
    root = etree.Element("root")

    def fill(element: etree._Element, inner: object) -> None:
        if isinstance(inner, str):
            element.text = inner
            return
        for name, below in inner:  # type: ignore[attr-defined]
            fill(etree.SubElement(element, name, {"x": f"{name}>'\""}), below)
            element[-1].tail = space

    fill(root, tree)
    data = etree.tostring(root)
    found = view_of(data)
    assert found is None or found == plain(parsed(data))


@given(mutated(DOCUMENT))
def test_a_document_that_parses_is_viewed_alike_however_odd(data: bytes) -> None:
    try:
        decoded = xml_tree.decode(data)
    except CodecError:
        return
    (root,) = decoded.units
    found = view_of(decoded.source)
    own = {f"@{name.rpartition('}')[2]}": value for name, value in root.attrib.items()}
    assert found is None or found == plain(root) | own
