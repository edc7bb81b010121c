"""OFX 1 (SGML) and 2 (XML) statements, and QFX and QBO files, which are OFX too.

Unit: an `OFX` root as `lxml` element that holds one statement; a file with several statements
gives several roots, each with a copy of the sign-on (`SIGNONMSGSRSV1`, so the bank's ORG and FID)
and of the security list. A file without a statement gives one root as it is. Tag names are in
upper case, elements without a value are empty, texts are stripped and otherwise as stated (a
decimal comma stays one). The header is in attributes of the root, each name in lower case with
`ofx-` before it: `ofx-version`, `ofx-charset`, `ofx-encoding`, `ofx-security`; `ofx-header`::

    <OFX ofx-version="102" ofx-charset="1252" ...>
      <SIGNONMSGSRSV1><SONRS><FI><ORG>Bank</ORG><FID>1001</FID></FI>...</SONRS></SIGNONMSGSRSV1>
      <BANKMSGSRSV1><STMTTRNRS><TRNUID>1</TRNUID><STMTRS>
        <CURDEF>USD</CURDEF>
        <BANKACCTFROM><BANKID>121</BANKID><ACCTID>999988</ACCTID>...</BANKACCTFROM>
        <BANKTRANLIST><DTSTART>...</DTSTART><STMTTRN>...</STMTTRN>...</BANKTRANLIST>
        <LEDGERBAL><BALAMT>200.29</BALAMT><DTASOF>20260131</DTASOF></LEDGERBAL>
      </STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>

Paths for maps: `BANKMSGSRSV1/STMTTRNRS/STMTRS`, `CREDITCARDMSGSRSV1/CCSTMTTRNRS/CCSTMTRS`,
`INVSTMTMSGSRSV1/INVSTMTTRNRS/INVSTMTRS`, and below them as in the standard.

A streamed input gives open (such a root down to the transaction list, without transactions), an
item for each child of BANKTRANLIST or INVTRANLIST that is a transaction (`STMTTRN`, `INVBANKTRAN`,
`BUYMF` ...), and close (such a root with all but the transactions, balances included). The
security list comes after the statements and is in no part.
"""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Iterator
from typing import Any, BinaryIO

from lxml import etree

from connectors._codecs.limits import DEFAULT, Decoded, Limits, Notice, Part, Tree
from connectors._codecs.notice_log import NoticeLog
from connectors._codecs.ofx.checks import check_statements, check_transactions
from connectors._codecs.ofx.header import as_attributes, check_header, read_header
from connectors._codecs.ofx.parts import ROOT, PartReader, bad_xml, open_text, root_start
from connectors._codecs.ofx.sgml import Mender, clean, close_leaves, drop_controls
from connectors._codecs.ofx.units import split_statements
from connectors.errors import CodecError

FORMAT = "ofx"

_CLAIM = re.compile(rb"OFXHEADER|<(?:\w{1,20}:)?OFX[\s>]|<\?OFX\s", re.IGNORECASE)
_END = re.compile(r"</(?:\w{1,20}:)?OFX\s*>", re.IGNORECASE)
_LOWER = re.compile(r"</?[a-z]")
_GAP = 1 << 20
"""No element is so long; a stretch of this many bytes without a tag is no OFX."""


def claims(head: bytes) -> bool:
    """The header of either version, or the root element."""
    return _CLAIM.search(head.replace(b"\0", b"")) is not None


def iter_parts(stream: BinaryIO, limits: Limits = DEFAULT) -> Iterator[Part]:
    """The statements of the stream, in constant memory."""
    return PartReader(stream, limits).parts()


def decode(data: bytes, limits: Limits = DEFAULT) -> Decoded:
    """All statements of the input."""
    _guard(data, limits)
    whole, encoding = _text(data, limits)
    log = NoticeLog()
    units: list[Tree] = []
    notices: list[Notice] = []
    for header, body in _documents(whole):
        pairs = read_header(header)
        check_header(pairs, log)
        root = _parse(body, limits, log)
        root.attrib.update(as_attributes(pairs))
        check_statements(root, log)
        check_transactions(root, log)
        units += split_statements(root)
        notices += log.take()
    return Decoded(units, encoding, notices)


def _text(data: bytes, limits: Limits) -> tuple[str, str]:
    if data.isascii() and b"\0" not in data:
        return data.decode("ascii"), "utf-8"
    text = open_text(io.BytesIO(data), limits)
    return "".join(text.blocks()), text.encoding


def _guard(data: bytes, limits: Limits) -> None:
    """Refuse what no parser should be given, before it takes memory."""
    if len(data) > limits.max_bytes:
        raise CodecError("too_large", f"over {limits.max_bytes} bytes; send less at a time")
    if data.count(b"<") > limits.max_items:
        raise CodecError("too_large", f"over {limits.max_items} tags; read it as a stream")
    for start in range(0, len(data) - _GAP, _GAP):
        if data.find(b"<", start, start + _GAP) < 0:
            found = f"{_GAP} bytes without a tag"
            raise CodecError("too_large", f"{found}; check the file", byte=start)


def _documents(text: str) -> Iterator[tuple[str, str]]:
    """Header and root element of each OFX document in the text: usually there is one."""
    start = root_start(text)
    header = text[:start]
    only = text.find("</OFX>", start)
    if only >= 0 and text.find("<", only + 1) < 0:
        yield header, text[start : only + len("</OFX>")]
        return
    while True:
        following = ROOT.search(text, start + 1)
        if following is None:
            yield header, text[start:]
            return
        end = _END.search(text, start, following.start())
        if end is None:
            yield header, text[start:]
            return
        yield header, text[start : end.end()]
        header, start = text[end.end() : following.start()], following.start()


def _parse(body: str, limits: Limits, log: NoticeLog) -> Any:
    body = clean(body)
    end = len(body) if body.endswith("</OFX>") else _end_of(body)
    if end:
        root = _parse_closed(close_leaves(body[:end]))
        if root is not None:
            return _upper(root) if root.nsmap or _LOWER.search(body) else root
    return _mended(body, limits, log)


def _end_of(body: str) -> int:
    end = _END.search(body)
    return end.end() if end else 0


def _parse_closed(xml: str | None) -> Any:
    """The root, or None when the text is not well-formed after all."""
    try:
        return None if xml is None else etree.fromstring(xml, _parsers.parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def _mended(body: str, limits: Limits, log: NoticeLog) -> Any:
    mender = Mender(limits, log)
    xml = mender.mend(drop_controls(body)) + mender.end()
    try:
        return etree.fromstring(xml, _parsers.parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        if isinstance(error, etree.XMLSyntaxError):
            raise bad_xml(error) from error
        raise CodecError("malformed", "not OFX; check the tags") from error


def _upper(root: Any) -> Any:
    for element in root.iter(etree.Element):
        element.tag = etree.QName(element).localname.upper()
    etree.cleanup_namespaces(root)
    return root


class _Parsers(threading.local):
    """A parser a thread: making one costs as much as parsing a small file."""

    def __init__(self) -> None:
        self.parser = etree.XMLParser(
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            remove_comments=True,
            remove_pis=True,
            huge_tree=False,
        )


_parsers = _Parsers()
