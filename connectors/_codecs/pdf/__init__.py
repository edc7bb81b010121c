"""PDF with an electronic document inside (PDF/A-3: Factur-X, ZUGFeRD, XRechnung, Order-X).

Unit: the root element of the embedded XML, as `xml_tree` gives it. Attachments with the name
that the standards prescribe come first and alone; without one, any attached `*.xml` with the root
of a known document counts. The PDF's pages are not read.

`attachments` gives the names and bytes of the same files. Needs pikepdf: the extra `pdf`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from lxml import etree

from connectors._codecs import xml_tree
from connectors._codecs.limits import DEFAULT, Decoded, Limits, Notice
from connectors.errors import CodecError

FORMAT = "pdf"

PRESCRIBED_NAMES = frozenset(
    {"factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml", "order-x.xml"}
)
"""Factur-X 1.0, ZUGFeRD 1.0 and 2.0, XRechnung in ZUGFeRD 2.1, Order-X; in any case."""

KNOWN_ROOTS = frozenset(
    {
        "CreditNote",
        "CrossIndustryDocument",
        "CrossIndustryInvoice",
        "DespatchAdvice",
        "FatturaElettronica",
        "Invoice",
        "Order",
        "OrderChange",
        "OrderResponse",
        "SCRDMCCBDACIOMessageStructure",
    }
)
"""Local names of the root elements of UBL, CII, ZUGFeRD 1, Order-X and FatturaPA."""

_MARK = b"%PDF-"
_MARK_WITHIN = 1024  # PDF 1.7, annex H.3.4.1: readers look so far for the header
_ROOT_NAME = re.compile(rb"<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)")


def claims(head: bytes) -> bool:
    """Whether the PDF header is in sight."""
    return _MARK in head[:_MARK_WITHIN]


def decode(data: bytes, limits: Limits = DEFAULT) -> Decoded:
    """The embedded documents."""
    files, notices = _chosen(data, limits)
    decoded = Decoded([], notices=notices)
    for _, content in files:
        inner = xml_tree.decode(content, limits)
        decoded.units += inner.units
        decoded.notices += inner.notices
        decoded.encoding = inner.encoding
    return decoded


def iter_units(stream: BinaryIO, limits: Limits = DEFAULT) -> Iterator[etree._Element]:
    """The embedded documents; a PDF is held whole, for it is read from its end."""
    yield from decode(stream.read(limits.max_bytes + 1), limits).units


def attachments(data: bytes, limits: Limits = DEFAULT) -> list[tuple[str, bytes]]:
    """Name and bytes of each embedded electronic document; refused when there is none."""
    return _chosen(data, limits)[0]


def _chosen(data: bytes, limits: Limits) -> tuple[list[tuple[str, bytes]], list[Notice]]:
    _check(data, limits)
    files, damaged = _xml_files(data, limits)
    chosen = [file for file in files if file[0].lower() in PRESCRIBED_NAMES]
    chosen = chosen or [file for file in files if _has_known_root(file[1])]
    if not chosen:
        found = f"{len(files)} attached XML files, none of a known kind" if files else "no XML"
        hint = "ask the sender for a Factur-X or ZUGFeRD invoice, or for the XML itself"
        raise CodecError("no_embedded_document", f"{found} inside the PDF; {hint}", hint=hint)
    if not damaged:
        return chosen, []
    message = "a damaged PDF, read as far as it goes; save it again"
    return chosen, [Notice("damaged_pdf", message)]


def _check(data: bytes, limits: Limits) -> None:
    if len(data) > limits.max_bytes:
        raise CodecError("too_large", f"more than {limits.max_bytes} bytes; raise the limit")
    if not data.strip():
        raise CodecError("empty_input", "no PDF; send one")
    if not claims(data):
        raise CodecError("not_pdf", "no PDF header; send the PDF file itself", byte=0)


def _xml_files(data: bytes, limits: Limits) -> tuple[list[tuple[str, bytes]], bool]:
    try:
        from connectors._codecs.pdf import embedded
    except ImportError:
        hint = 'pip install "counterfoil[pdf]"'
        raise CodecError("needs_extra", f"PDF files need pikepdf; {hint}", hint=hint) from None
    return embedded.xml_files(data, limits)


def _has_known_root(content: bytes) -> bool:
    name = _ROOT_NAME.search(content.replace(b"\0", b"")[:4096])
    return name is not None and name[1].decode() in KNOWN_ROOTS
