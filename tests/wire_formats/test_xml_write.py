"""XML from nested tuples."""

from __future__ import annotations

from typing import Any

import pytest

from connectors._codecs import xml_tree
from connectors._codecs.xml_tree.write import Node, build, write
from connectors.errors import CodecError

NAMESPACES = {
    "": "urn:example:Invoice-2",
    "cac": "urn:example:Aggregate-2",
    "cbc": "urn:example:Basic-2",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
}
INVOICE: Node = (
    "Invoice",
    {"xsi:schemaLocation": "urn:example:Invoice-2 x.xsd"},
    [
        ("cbc:ID", {}, "INV-7 & <co>"),
        None,
        (
            "cac:Total",
            {},
            [("cbc:Payable", {"currencyID": "EUR"}, "119.00"), ("cbc:Free", {}, None)],
        ),
        ("cbc:Note", {"xml:lang": "de"}, "Grüße"),
    ],
)
WRITTEN = """<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="urn:example:Invoice-2" xmlns:cac="urn:example:Aggregate-2"\
 xmlns:cbc="urn:example:Basic-2" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"\
 xsi:schemaLocation="urn:example:Invoice-2 x.xsd">
  <cbc:ID>INV-7 &amp; &lt;co&gt;</cbc:ID>
  <cac:Total>
    <cbc:Payable currencyID="EUR">119.00</cbc:Payable>
    <cbc:Free/>
  </cac:Total>
  <cbc:Note xml:lang="de">Grüße</cbc:Note>
</Invoice>
"""


def test_a_document_is_written_always_the_same() -> None:
    assert write(INVOICE, NAMESPACES).decode() == WRITTEN
    assert write(INVOICE, NAMESPACES) == write(INVOICE, dict(NAMESPACES))


def test_what_is_written_can_be_read() -> None:
    root = xml_tree.decode(write(INVOICE, NAMESPACES, pretty=False)).units[0]
    assert root.findtext("{urn:example:Basic-2}ID") == "INV-7 & <co>"
    assert [child.tag for child in build(INVOICE, NAMESPACES)] == [child.tag for child in root]


def test_a_blank_is_an_empty_element() -> None:
    assert build(("a", {}, " "), {}).text is None


def test_children_follow_the_schemas_order_and_repeats_stay_in_theirs() -> None:
    node: Node = ("a", {}, [("c", {}, "1"), ("b", {}, "2"), ("c", {}, "3")])
    root = build(node, {}, order={"a": ("b", "c")})
    assert [child.text for child in root] == ["2", "1", "3"]


@pytest.mark.parametrize("text", ["\x00", "a\x0bb", "\ud800", "\ufffe"])
def test_text_that_xml_cannot_hold_is_refused(text: str) -> None:
    with pytest.raises(CodecError) as caught:
        write(("a", {}, text), {})
    assert caught.value.code == "not_writable"


@pytest.mark.parametrize(
    "node",
    [
        ("x:a", {}, ""),
        ("a b", {}, ""),
        ("", {}, ""),
        ("1", {}, ""),
        ("a", {"x:b": "1"}, ""),
        ("a", {"b c": "1"}, ""),
        ("a", {"b": "\x00"}, ""),
        ("a", {"b": 1}, ""),
    ],
)
def test_names_and_attributes_that_xml_cannot_hold_are_refused(node: Any) -> None:
    with pytest.raises(CodecError) as caught:
        write(node, {})
    assert caught.value.code == "not_writable"


def test_a_child_that_the_schema_does_not_know_is_refused() -> None:
    with pytest.raises(CodecError, match="no place"):
        write(("a", {}, [("z", {}, "")]), {}, order={"a": ("b",)})


def test_a_bottomless_tree_is_refused() -> None:
    node: Node = ("a", {}, "")
    for _ in range(300):
        node = ("a", {}, [node])
    with pytest.raises(CodecError) as caught:
        write(node, {})
    assert caught.value.code == "too_deep"
