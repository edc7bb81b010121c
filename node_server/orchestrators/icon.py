"""The mark of Counterfoil as a picture: a slip with the perforation at which it was torn."""

from __future__ import annotations

import struct
import zlib
from typing import Final

COLOUR: Final = "#1f5c4d"
_GROUND: Final = bytes.fromhex(COLOUR[1:])
_WHITE: Final = b"\xff\xff\xff"
_SIZE: Final = 160


def icon() -> bytes:
    """A square PNG, within what importers take."""
    rows = b"".join(b"\x00" + b"".join(_dot(x, y) for x in range(_SIZE)) for y in range(_SIZE))
    # PNG, section 11.2: eight bits a channel, RGB, no interlacing.
    header = struct.pack(">IIBBBBB", _SIZE, _SIZE, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in parts)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _dot(x: int, y: int) -> bytes:
    in_slip = 24 <= x < 136 and 44 <= y < 116
    perforated = 60 <= x < 64 and y % 12 < 6
    line = 76 <= x < 122 and y in (*range(62, 68), *range(78, 84), *range(94, 100))
    return _WHITE if in_slip and not perforated and not line else _GROUND
