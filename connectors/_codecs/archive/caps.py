"""What unpacking may cost: bytes, members, and how much larger than packed."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING, BinaryIO

from connectors._codecs.limits import Limits
from connectors.errors import CodecError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

MAX_MEMBERS = 10_000
MAX_RATIO = 250
"""So many times its packed size a member may have; dull XML reaches 100, deflate can do 1032."""

RATIO_FREE = 4 * 1024 * 1024
"""The ratio counts from this size on."""

BROKEN = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    gzip.BadGzipFile,
    zlib.error,
    struct.error,
    EOFError,
    ValueError,
    OverflowError,
    NotImplementedError,
    OSError,
)
"""What the unpackers raise on bad input."""


def broken(kind: str) -> CodecError:
    """The refusal of a container that cannot be unpacked."""
    found = f"a {kind} archive that is damaged or cut short"
    return CodecError("broken_archive", f"{found}; send it again, whole")


class Caps:
    """What is left of the limits, for all members and all levels of one input."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._bytes = limits.max_bytes
        self._members = min(limits.max_items, MAX_MEMBERS)

    def count_member(self) -> None:
        """One more member; refused when there are too many."""
        self._members -= 1
        if self._members < 0:
            raise CodecError("too_many_items", f"more than {MAX_MEMBERS} files; split the archive")

    def spend(self, size: int) -> None:
        """So many bytes more were unpacked."""
        self._bytes -= size
        if self._bytes < 0:
            found = f"more than {self.limits.max_bytes} bytes when unpacked"
            raise CodecError("too_large", f"{found}; split the archive, or raise the limit")


class Counted:
    """A stream that knows how many bytes were read from it."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.count = 0

    def read(self, size: int = -1) -> bytes:
        """As of any stream."""
        piece = self._stream.read(size)
        self.count += len(piece)
        return piece


class Unpacked(io.RawIOBase):
    """The bytes of one member, each piece paid for before it is handed on."""

    def __init__(self, source: BinaryIO, kind: str, caps: Caps, packed: int | Counted) -> None:
        self._source = source
        self._kind = kind
        self._caps = caps
        self._packed = packed
        self._size = 0

    def readable(self) -> bool:
        """Always: this is what it is for."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Fill the buffer, as `io.RawIOBase` asks."""
        view = memoryview(buffer)
        try:
            piece = self._source.read(len(view))
        except BROKEN as error:
            raise broken(self._kind) from error
        self._pay(len(piece))
        view[: len(piece)] = piece
        return len(piece)

    def _pay(self, size: int) -> None:
        self._caps.spend(size)
        self._size += size
        if self._size <= RATIO_FREE:
            return
        packed = self._packed.count if isinstance(self._packed, Counted) else self._packed
        if self._size > packed * MAX_RATIO:
            found = f"a file more than {MAX_RATIO} times as large as it is packed"
            raise CodecError("archive_bomb", f"{found}; check where it comes from")
