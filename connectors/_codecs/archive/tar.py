"""Tar archives, read as a stream: ustar, GNU and pax headers.

Written here and not left to `tarfile`, which takes a damaged header after the first for the end
of the archive and so loses files without a word.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

from connectors._codecs.archive.caps import broken
from connectors._codecs.stream_head import read_head
from connectors.errors import CodecError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

BLOCK = 512
_LONGEST_HEADER = 1 << 16
_FILES = (b"0", b"\0", b"7")
_SPARSE = b"S"
_GNU_NAME, _PAX = b"L", b"x"


def is_tar(head: bytes) -> bool:
    """Whether the first block is a tar header."""
    return head[257:262] == b"ustar"


def tar_files(stream: BinaryIO) -> Iterator[tuple[str, BinaryIO]]:
    """Names and streams of the regular files, each good until the next is asked for."""
    said: dict[str, str] = {}
    while block := _block(stream):
        kind, size = block[156:157], _number(block[124:136])
        if kind in (_GNU_NAME, _PAX):
            said |= _long_header(kind, _content(stream, size))
            continue
        name, size = said.get("path") or _name(block), int(said.get("size", size))
        said = {}
        if kind == _SPARSE:
            raise CodecError("unsupported_archive", "a sparse file in a tar archive; pack it plain")
        content = _Content(stream, size)
        if kind in _FILES:
            yield name, io.BufferedReader(content)
        content.skip_rest()


class _Content(io.RawIOBase):
    """The bytes of one file inside the archive."""

    def __init__(self, stream: BinaryIO, size: int) -> None:
        self._stream = stream
        self._left = size
        self._padding = -size % BLOCK

    def readable(self) -> bool:
        """Always: this is what it is for."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Fill the buffer, as `io.RawIOBase` asks."""
        view = memoryview(buffer)
        piece = self._stream.read(min(len(view), self._left))
        if self._left and not piece:
            raise broken("tar")
        self._left -= len(piece)
        view[: len(piece)] = piece
        return len(piece)

    def skip_rest(self) -> None:
        """Go on to the next header."""
        scrap = bytearray(1 << 16)
        while self.readinto(scrap):
            pass
        if len(read_head(self._stream, self._padding)) < self._padding:
            raise broken("tar")


def _block(stream: BinaryIO) -> bytes:
    """The next header; empty at the mark that ends the archive."""
    block = read_head(stream, BLOCK)
    if len(block) < BLOCK:
        raise broken("tar")
    if not any(block):
        return b""
    # The checksum is taken with its own field as spaces.
    if sum(block) - sum(block[148:156]) + 8 * ord(" ") != _number(block[148:156]):
        raise broken("tar")
    return block


def _number(field: bytes) -> int:
    """Octal text, or base 256 when the first bit is set."""
    if field[0] & 0x80:
        return int.from_bytes(field[1:], "big")
    digits = field.strip(b" \0")
    if digits.strip(b"01234567"):
        raise broken("tar")
    return int(digits or b"0", 8)


def _name(block: bytes) -> str:
    name = _text(block[:100])
    prefix = _text(block[345:500]) if block[257:263] == b"ustar\0" else ""
    return f"{prefix}/{name}" if prefix else name


def _text(field: bytes) -> str:
    return field.partition(b"\0")[0].decode("utf-8", "replace")


def _content(stream: BinaryIO, size: int) -> bytes:
    if size > _LONGEST_HEADER:
        raise broken("tar")
    whole = read_head(stream, size + -size % BLOCK)
    return whole[:size]


def _long_header(kind: bytes, content: bytes) -> dict[str, str]:
    """What a header that does not fit a block says of the next file."""
    if kind == _GNU_NAME:
        return {"path": _text(content)}
    said = {}
    while content:
        length = content.partition(b" ")[0]
        if not (0 < len(length) < 7 and length.isdigit()) or not len(length) < int(length) <= len(
            content
        ):
            raise broken("tar")
        record = content[len(length) + 1 : int(length) - 1]
        content = content[int(length) :]
        key, _, value = record.partition(b"=")
        said[_text(key)] = _text(value)
    if not re.fullmatch(r"[0-9]{1,19}", said.get("size", "0")):
        raise broken("tar")
    return said
