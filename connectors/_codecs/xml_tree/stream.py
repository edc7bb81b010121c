"""A stream of XML in any encoding, given on to a streaming parser as UTF-8."""

from __future__ import annotations

import codecs
import re
from typing import BinaryIO

from connectors._codecs.limits import Notice
from connectors._codecs.stream_head import read_head
from connectors._codecs.xml_tree import guard as xml_guard
from connectors._codecs.xml_tree.guard import Source
from connectors.errors import CodecError

_ELEMENT = re.compile(rb"<[^!?]")


class Utf8Stream:
    """What `iterparse` reads: UTF-8, from the start of the document, without a DOCTYPE.

    Bytes that are no UTF-8 after all are read as the declared encoding, or as cp1252 where that
    is UTF-8, from the piece in which they are first seen.
    """

    def __init__(self, stream: BinaryIO, *, allow_doctype: bool = False) -> None:
        self._stream = stream
        self._plain = True
        head = read_head(stream, xml_guard.HEAD)
        self._wide = xml_guard.wide_encoding(head)
        self._said = self._wide or _declared(head)
        self.encoding = self._wide or ("utf-8" if _single_byte(self._said) else self._said)
        self._decoder = codecs.getincrementaldecoder(self.encoding)()
        source = Source(self._decode(head))
        xml_guard.trim(source)
        xml_guard.drop_doctype(source, allowed=allow_doctype)
        if len(head) >= xml_guard.HEAD:
            _check_root(source.data)
        self._notices = source.notices
        self._ready = source.data

    @property
    def notices(self) -> list[Notice]:
        """What was read past so far."""
        if self._plain or self._wide or self.encoding == self._said:
            return self._notices
        return [*self._notices, xml_guard.wrong_encoding(self._said, self.encoding)]

    def read(self, size: int) -> bytes:
        """The next piece; empty only at the end."""
        if self._ready:
            piece, self._ready = self._ready[:size], self._ready[size:]
            return piece
        while raw := self._stream.read(size):
            piece = self._decode(raw)
            if piece:
                return piece
        return self._end()

    def _decode(self, raw: bytes) -> bytes:
        self._plain = self._plain and raw.isascii()
        try:
            return self._decoder.decode(raw).encode()
        except UnicodeDecodeError:
            waiting = self._decoder.getstate()[0]
            self._fall_back()
            return self._decoder.decode(waiting + raw).encode()

    def _fall_back(self) -> None:
        if self.encoding != "utf-8":
            found = f"the document says {self._said} but its bytes are not"
            raise CodecError("bad_encoding", f"{found}; save it as UTF-8")
        self.encoding = "cp1252" if self._said == "utf-8" else self._said
        # cp1252 has gaps; a mark in the text is better than no statement.
        self._decoder = codecs.getincrementaldecoder(self.encoding)("replace")

    def _end(self) -> bytes:
        try:
            return self._decoder.decode(b"", final=True).encode()
        except UnicodeDecodeError:
            raise CodecError("truncated_xml", "the last character is cut; send it all") from None


def _declared(head: bytes) -> str:
    source = Source(head)
    xml_guard.trim(source)
    return xml_guard.declared_encoding(source.data)


def _single_byte(name: str) -> bool:
    """Encodings that take turns with UTF-8 without harm: no text is valid in both by accident."""
    return name.startswith(("ascii", "iso8859", "latin", "cp125", "cp437", "cp85", "utf-8"))


def _check_root(head: bytes) -> None:
    """The root element starts in sight, so that no DOCTYPE can follow out of sight."""
    if not _ELEMENT.match(head, xml_guard.prolog_end(head)):
        found = f"no element in the first {xml_guard.HEAD} bytes"
        raise CodecError("malformed_xml", f"{found}; remove what stands before it")
