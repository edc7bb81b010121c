"""OFX statements of any size, read a block at a time."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from lxml import etree

from connectors._codecs.limits import Limits, Part
from connectors._codecs.notice_log import NoticeLog
from connectors._codecs.ofx.checks import check_item, check_statements
from connectors._codecs.ofx.header import (
    as_attributes,
    check_header,
    declared_encoding,
    read_header,
)
from connectors._codecs.ofx.sgml import Mender, clean, drop_controls
from connectors._codecs.ofx.units import (
    LISTS,
    STATEMENTS,
    TRANSACTIONS,
    statement_rest,
    statement_start,
)
from connectors._codecs.text_stream import TextStream
from connectors.errors import CodecError

ROOT = re.compile(r"<(?:\w{1,20}:)?OFX(?=[\s>])", re.IGNORECASE)
HEAD = 1 << 16
"""`<OFX>` has to come within so many characters."""

_HELD = 1 << 20
_MOST_TAGS = 500_000
_HIDING = (("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>"))


class _Rejoined(io.RawIOBase):
    """A stream put back together with the head that was read off it."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head = head
        self._rest = rest

    def read(self, size: int = -1) -> bytes:
        if not self._head:
            return self._rest.read(size)
        data, self._head = self._head[:size], self._head[size:]
        return data


def open_text(stream: BinaryIO, limits: Limits) -> TextStream:
    """The text of OFX bytes: UTF-8 if they are, else what the header declares."""
    head = stream.read(4096) or b""
    declared = declared_encoding(head.decode("latin-1").replace("\0", ""))
    fallbacks = (*((declared,) if declared else ()), "cp1252", "latin-1")
    return TextStream(_Rejoined(head, stream), limits, fallbacks)  # type: ignore[arg-type]


def root_start(text: str) -> int:
    """Where `<OFX>` is; without one there is no OFX."""
    found = ROOT.search(text, 0, HEAD)
    if found is None:
        raise CodecError("not_ofx", "no <OFX> element; send the file as the bank gave it")
    return found.start()


class PartReader:
    """Reads one stream; `parts` may be walked once."""

    def __init__(self, stream: BinaryIO, limits: Limits) -> None:
        self._text = open_text(stream, limits)
        self._limits = limits
        self._log = NoticeLog()
        self._mender = Mender(limits, self._log)
        self._parser = etree.XMLPullParser(
            events=("end",),
            tag=(*TRANSACTIONS, *STATEMENTS),
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
        )
        self._attributes: dict[str, str] = {}
        self._started: Any = None
        self._closing: Part | None = None
        self._any = False
        self._done: list[Any] = []
        self._count = 0

    def parts(self) -> Iterator[Part]:
        """Open, items and close of each statement in turn."""
        held = ""
        blocks = self._from_root()
        for block in blocks:
            held += block
            cut = _safe_cut(held)
            if len(held) - cut > _HELD:
                found = f"over {_HELD} characters without an element"
                raise CodecError("too_large", f"{found}; check the file")
            yield from self._parse(self._mender.mend(drop_controls(clean(held[:cut]))))
            held = held[cut:]
        yield from self._parse(self._mender.mend(drop_controls(clean(held))))
        yield from self._parse(self._mender.end())
        yield from self._last()

    def _last(self) -> Iterator[Part]:
        """The close that waited for what the rest of the file might tell, or a bare root."""
        closing, self._closing = self._closing, None
        if closing is not None:
            yield Part("close", closing.tree, closing.notices + self._log.take())
        elif not self._any:
            try:
                root: Any = self._parser.close()
            except etree.XMLSyntaxError as error:
                raise bad_xml(error) from error
            self._name(root)
            yield Part("open", root)
            yield Part("close", root, self._log.take())

    def _from_root(self) -> Iterator[str]:
        """The text from `<OFX>` on."""
        blocks = self._text.blocks()
        head = ""
        for block in blocks:
            head += block
            if len(head) >= HEAD or ROOT.search(head):
                break
        start = root_start(head)
        header = read_header(head[:start])
        check_header(header, self._log)
        self._attributes = as_attributes(header)
        yield head[start:]
        yield from blocks

    def _parse(self, xml: str) -> Iterator[Part]:
        if not xml:
            return
        try:
            self._parser.feed(xml)
            for _, element in self._parser.read_events():
                yield from self._event(element)
        except etree.XMLSyntaxError as error:
            raise bad_xml(error) from error
        if self._mender.tags > _MOST_TAGS:
            raise CodecError("too_large", f"over {_MOST_TAGS} tags and no transaction")

    def _event(self, element: Any) -> Iterator[Part]:
        if element.tag in STATEMENTS:
            yield from self._start(element)
            root = self._root(element)
            unit = statement_rest(element, root)
            check_statements(unit, self._log)
            self._started = None
            self._retire(element)
            self._closing = Part("close", unit, self._log.take())
            return
        parent = element.getparent()
        if parent is None or parent.tag not in LISTS:
            return
        self._count += 1
        if self._count > self._limits.max_items:
            raise CodecError("too_large", f"over {self._limits.max_items} transactions")
        statement = next(element.iterancestors(*STATEMENTS), None)
        if statement is not None:
            yield from self._start(statement)
        check_item(element, self._log, self._count)
        self._retire(element)
        yield Part("item", element, self._log.take())

    def _start(self, statement: Any) -> Iterator[Part]:
        if self._started is not statement:
            if self._closing is not None:
                yield self._closing
                self._closing = None
            self._started, self._any = statement, True
            root = self._root(statement)
            yield Part("open", statement_start(statement, root), self._log.take())

    def _root(self, element: Any) -> Any:
        return self._name(element.getroottree().getroot())

    def _name(self, root: Any) -> Any:
        root.attrib.update(self._attributes)
        return root

    def _retire(self, element: Any) -> None:
        """Take the element before this one off the tree, which so does not grow.

        The parser may still be adding behind the last element, so that one stays a while.
        """
        for done in self._done:
            done.getparent().remove(done)
        self._done = [element]
        self._mender.tags = 0


def bad_xml(error: etree.XMLSyntaxError) -> CodecError:
    """The parser's complaint as this package's error."""
    reason = (error.msg or "not well-formed").partition(",")[0]
    return CodecError("malformed", f"{reason[:80]}; check the tags", line=error.lineno)


def _safe_cut(text: str) -> int:
    """Where the text can be cut without cutting an element's text or a comment in two."""
    cut = max(text.rfind("<"), 0)
    for opening, closing in _HIDING:
        start = text.rfind(opening, 0, cut + 1)
        if start >= 0 and text.find(closing, start) < 0:
            cut = min(cut, start)
    return cut
