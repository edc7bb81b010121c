"""Looking at the start of a stream without losing it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


def read_head(stream: BinaryIO, size: int) -> bytes:
    """The first `size` bytes, fewer only when the stream is shorter."""
    pieces: list[bytes] = []
    while size > 0 and (piece := stream.read(size)):
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


def look_at_head(stream: BinaryIO, size: int) -> tuple[bytes, BinaryIO]:
    """The first bytes, and a stream that still starts with them."""
    if stream.seekable():
        start = stream.tell()
        head = read_head(stream, size)
        stream.seek(start)
        return head, stream
    head = read_head(stream, size)
    return head, io.BufferedReader(Rejoined(head, stream))


class Rejoined(io.RawIOBase):
    """The bytes already read, then the rest of the stream."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head = io.BytesIO(head)
        self._rest = rest

    def readable(self) -> bool:
        """Always: this is what it is for."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Fill the buffer, as `io.RawIOBase` asks."""
        view = memoryview(buffer)
        piece = self._head.read(len(view)) or self._rest.read(len(view))
        view[: len(piece)] = piece
        return len(piece)
