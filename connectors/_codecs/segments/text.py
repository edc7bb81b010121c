"""Bytes of segment formats as text that can be cut before its encoding is known.

Every byte becomes one character (latin-1), so that a stream can be cut at separators wherever a
chunk ends; values that are not ASCII are given their real characters one by one, after the cutting.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import BinaryIO

from connectors.errors import CodecError

_CHUNK = 1 << 18
_WIDE_MARKS = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_ESCAPE = b"\x1b"
_HEAD = 4096


class Charset:
    """Gives values their real characters: UTF-8 if they are that, else what the file declares."""

    def __init__(self) -> None:
        self.used = "utf-8"
        self.fallbacks: tuple[str, ...] = ("cp1252", "latin-1")

    def declare(self, name: str) -> None:
        """The file names its character set; UTF-8 is still tried first, as many files are wrong."""
        self.fallbacks = (name, "cp1252", "latin-1")

    def repair(self, raw: str) -> str:
        """The characters of one value that was read byte by byte."""
        data = raw.encode("latin-1")
        for name in ("utf-8", *self.fallbacks):
            try:
                text = data.decode(name)
            except UnicodeDecodeError:
                continue
            if name != "utf-8":
                self.used = codecs.lookup(name).name
            return text
        return raw


def chunks_of(source: bytes | BinaryIO, charset: Charset) -> Iterator[str]:
    """The input as text, one character a byte, without byte order mark; UTF-16 comes as UTF-8."""
    pieces = _slices(source) if isinstance(source, bytes) else _reads(source)
    head = _head(pieces)
    wide = _wide_encoding(head)
    if wide is None:
        yield head.removeprefix(codecs.BOM_UTF8).decode("latin-1")
        yield from (piece.decode("latin-1") for piece in pieces)
    else:
        charset.used = wide
        yield from _transcoded(head, pieces, wide)


def _slices(data: bytes) -> Iterator[bytes]:
    if len(data) <= _CHUNK:
        yield data
        return
    view = memoryview(data)
    for start in range(0, len(data), _CHUNK):
        yield bytes(view[start : start + _CHUNK])


def _reads(stream: BinaryIO) -> Iterator[bytes]:
    while piece := stream.read(_CHUNK):
        yield piece


def _head(pieces: Iterator[bytes]) -> bytes:
    """Enough of the input to recognise its encoding by, however short the reads are."""
    head = b""
    while len(head) < _HEAD and (piece := next(pieces, b"")):
        head += piece
    return head


def _wide_encoding(head: bytes) -> str | None:
    for mark, name in _WIDE_MARKS:
        if head.startswith(mark):
            return name
    if b"\0" not in head[:8]:
        # ISO 9735 level X: ISO 2022 escapes, whose second bytes may look like separators
        escaped = b"UNOX" in head[:64] and _ESCAPE in head[:_HEAD]
        return "iso2022_jp" if escaped else None
    if head[:1].isalpha() and head[1:8:2] == b"\0\0\0\0":
        return "utf-16-le"
    return "utf-16-be" if head[1:2].isalpha() and head[0:7:2] == b"\0\0\0\0" else None


def _transcoded(head: bytes, pieces: Iterator[bytes], encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        yield _as_bytes(decoder.decode(head)).removeprefix("\xef\xbb\xbf")
        yield from (_as_bytes(decoder.decode(piece)) for piece in pieces)
        yield _as_bytes(decoder.decode(b"", final=True))
    except UnicodeError as error:
        message = f"bytes that are not {encoding}, which the file begins with; save it as UTF-8"
        raise CodecError("bad_encoding", message) from error


def _as_bytes(text: str) -> str:
    return text.encode("utf-8", "surrogatepass").decode("latin-1")
