"""XML: one document, as an `lxml` element, with everything dangerous refused.

Unit: the root element. Comments and processing instructions are left out. DTDs and so all
entities beyond the five predefined ones are refused, as is XInclude; nothing is ever fetched.
With `allow_doctype=True` a DOCTYPE that only names an external DTD (cXML has one) is read past,
not loaded. Documents nested deeper than 256 are refused whatever the limits say.

`unwrap(root)` gives the payload inside a SOAP envelope or a Standard Business Document, or beside
an ISO 20022 business header.
The payload stays where it is in its tree, so that relative paths work and `..` leads out.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator
from functools import cache, partial
from typing import BinaryIO

from lxml import etree

from connectors._codecs.limits import DEFAULT, Decoded, Limits, Notice
from connectors._codecs.xml_tree import guard as xml_guard
from connectors._codecs.xml_tree.guard import Source
from connectors.errors import CodecError

FORMAT = "xml"

_parser = partial(
    etree.XMLParser,
    encoding="utf-8",
    resolve_entities=False,
    load_dtd=False,
    no_network=True,
    remove_comments=True,
    remove_pis=True,
    collect_ids=False,
)

_MAX_DEPTH = 256  # libxml2's own, without XML_PARSE_HUGE
_OVER_A_LIMIT, _NOT_UTF8, _EXTRA = 114, 81, 5
_TRUNCATED = frozenset({73, 74, 77})
_XINCLUDE = "http://www.w3.org/2001/XInclude"
_XINCLUDE_BYTES = _XINCLUDE.encode()
_SAYS_WHERE = re.compile(r"[,\s]*line \d+, column \d+.*", re.DOTALL)
_STARTS = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:\?xml\s|!--|!DOCTYPE|[A-Za-z_:][^<]*[\s/>])", re.S)
_HTML = re.compile(rb"\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+)?html\b", re.IGNORECASE)
_WIDE_STARTS = (b"<\0", b"\0<", b"\xff\xfe<\0", b"\xfe\xff\0<")
_SOAP = ("http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope")
_SBD = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"
_WRAPPERS = frozenset({f"{{{uri}}}Envelope" for uri in _SOAP} | {f"{{{uri}}}Body" for uri in _SOAP})
_BUSINESS_HEADER = re.compile(r"\{[^}]*:\$?head\.001\.[^}]*\}AppHdr").fullmatch
_DOCUMENT = f"{{{_SBD}}}StandardBusinessDocument"
_HEADERS = frozenset(
    {f"{{{uri}}}Header" for uri in _SOAP} | {f"{{{_SBD}}}StandardBusinessDocumentHeader"}
)


class _Parsers(threading.local):
    """A parser a thread: a shared one would make threads wait for each other."""

    def __init__(self) -> None:
        self.plain = _parser()
        self.long_text = _parser(huge_tree=True)


_PARSERS = _Parsers()


def claims(head: bytes) -> bool:
    """Whether this starts as an XML document does."""
    return bool(_STARTS.match(head)) or head.startswith(_WIDE_STARTS)


def decode(data: bytes, limits: Limits = DEFAULT, *, allow_doctype: bool = False) -> Decoded:
    """The document's root element."""
    _check_size(data, limits)
    if xml_guard.is_clean(data):
        source = Source(data)
    else:
        source = xml_guard.to_utf8(data, allow_doctype=allow_doctype)
    try:
        root = etree.fromstring(source.data, _PARSERS.plain)
    except etree.XMLSyntaxError as error:
        root = _second_try(source, error, limits)
    if root.getroottree().docinfo.internalDTD is not None:
        raise CodecError("forbidden_dtd", "a DOCTYPE; remove it")
    if limits.max_depth < _MAX_DEPTH:
        _check_depth(root, limits.max_depth)
    if _XINCLUDE_BYTES in source.data:
        _refuse_xinclude(root)
    return Decoded([root], source.encoding, source.notices, source.data)


def iter_units(
    stream: BinaryIO, limits: Limits = DEFAULT, *, allow_doctype: bool = False
) -> Iterator[etree._Element]:
    """The root element; a tree is held whole (bank statements stream with `iso20022`)."""
    data = stream.read(limits.max_bytes + 1)
    yield from decode(data, limits, allow_doctype=allow_doctype).units


def encode(units: Iterable[etree._Element], *, pretty: bool = False) -> bytes:
    """One document as UTF-8 with its declaration."""
    roots = list(units)
    if len(roots) != 1:
        found = f"{len(roots)} root elements for one XML document"
        raise CodecError("not_one_value", f"{found}; send exactly one")
    body = etree.tostring(roots[0], encoding="UTF-8", pretty_print=pretty, with_tail=False)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + body


def unwrap(root: etree._Element) -> etree._Element:
    """The one payload inside SOAP and SBD wrappers; the element itself where there is none.

    An ISO 20022 business header may stand beside the message, in an element of any name.
    """
    while root.tag in _WRAPPERS or root.tag == _DOCUMENT or _has_business_header(root):
        inner = [child for child in root if child.tag not in _HEADERS and not _heads(child)]
        if len(inner) != 1:
            break
        root = inner[0]
    return root


def _has_business_header(root: etree._Element) -> bool:
    return any(map(_heads, root.iterchildren("{*}AppHdr")))


def _heads(element: etree._Element) -> bool:
    return isinstance(element.tag, str) and _BUSINESS_HEADER(element.tag) is not None


def refusal(error: etree.XMLSyntaxError) -> CodecError:
    """The `CodecError` for what the parser found."""
    line, column = error.position
    reason = _SAYS_WHERE.sub("", error.msg or "no root element")[:120].replace("\n", " ")
    if "Excessive depth" in reason:
        return _too_deep(_MAX_DEPTH)
    if _code(error) == _OVER_A_LIMIT or "too long" in reason or "too big" in reason:
        found = "a name, attribute or text of a length that no finance document has"
        return CodecError("too_large", f"{found}; check where it comes from", line=line)
    code = "truncated_xml" if _code(error) in _TRUNCATED else "malformed_xml"
    fix = "send the whole file" if code == "truncated_xml" else "correct the document there"
    return CodecError(code, f"not well-formed, {reason}; {fix}", line=line, column=column)


def _second_try(source: Source, error: etree.XMLSyntaxError, limits: Limits) -> etree._Element:
    """Repair what is known to be repairable; else the refusal."""
    if _code(error) == _NOT_UTF8 and source.encoding == "utf-8":
        text, used = xml_guard.old_code_page(source.data)
        source.notices.append(xml_guard.wrong_encoding(source.encoding, used))
        source.data, source.encoding = text.encode(), used
        return _parsed(source.data, _PARSERS.plain)
    if _code(error) == _EXTRA and source.data.endswith(b"\x1a"):
        source.notices.append(Notice("padding_after", "padding after the document; remove it"))
        source.data = source.data.rstrip(b"\x1a \t\r\n")
        return _parsed(source.data, _PARSERS.plain)
    if _is_attachment(error):
        _check_text_length(source.data, limits)
        root = _parsed(source.data, _PARSERS.long_text)
        _check_depth(root, min(limits.max_depth, _MAX_DEPTH))
        return root
    if _HTML.match(source.data):
        raise CodecError("not_xml", "an HTML page; send the document it should have been")
    raise refusal(error) from error


def _parsed(data: bytes, parser: etree.XMLParser) -> etree._Element:
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise refusal(error) from error


def _code(error: etree.XMLSyntaxError) -> int:
    return int(getattr(error, "code", 0))


def _is_attachment(error: etree.XMLSyntaxError) -> bool:
    """Ten megabytes of text in one element is how a PDF is embedded in an invoice."""
    reason = error.msg or ""
    return "Text node too long" in reason or "CData section too big" in reason


def _check_text_length(data: bytes, limits: Limits) -> None:
    """Refuse a text that fills an aligned block of `max_line` bytes: no longer one passes twice."""
    for start in range(0, len(data), limits.max_line):
        if data.find(b"<", start, start + limits.max_line) < 0:
            found = f"a text of more than {limits.max_line} bytes"
            raise CodecError("too_large", f"{found}; send attachments apart", byte=start)


def _check_size(data: bytes, limits: Limits) -> None:
    size = len(data)
    if size > limits.max_bytes:
        raise CodecError("too_large", f"more than {limits.max_bytes} bytes; raise the limit")
    # The shortest element has four bytes.
    if size > limits.max_items * 4 and data.count(b"<") - data.count(b"</") > limits.max_items:
        found = f"more than {limits.max_items} elements"
        raise CodecError("too_many_items", f"{found}; stream it, or raise the limit")


def _check_depth(root: etree._Element, allowed: int) -> None:
    if _deeper_than(allowed)(root):
        raise _too_deep(allowed)


@cache
def _deeper_than(depth: int) -> etree.XPath:
    return etree.XPath(f"boolean(./{'/'.join('*' * depth)})")


def _too_deep(depth: int) -> CodecError:
    found = f"elements nested deeper than {depth}"
    return CodecError("too_deep", f"{found}; no finance document is, check where it comes from")


def _refuse_xinclude(root: etree._Element) -> None:
    if next(root.iter(f"{{{_XINCLUDE}}}*"), None) is not None:
        found = "an XInclude element, which asks for another file"
        raise CodecError("forbidden_xinclude", f"{found}; put the content in its place")
