"""Reading a body piece by piece, with a limit on what comes in and on what it unpacks to."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

from connectors._transport.errors import TransportFailed

_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS
_PIECE = 65536


def read_body(pieces: Iterable[bytes], encoding: str, *, limit: int, status: int) -> bytes:
    """The whole body, unpacked; refuses one that is larger than the limit at either side."""
    coding = encoding.strip().lower()
    capped = _capped(pieces, limit, status)
    if coding in ("gzip", "x-gzip", "deflate"):
        return b"".join(_capped(_inflate(capped, status), limit, status))
    if coding in ("", "identity"):
        return b"".join(capped)
    raise _failed(
        "content_encoding", f"a body packed as {coding[:20]!r}; gzip was asked for", status
    )


def _capped(pieces: Iterable[bytes], limit: int, status: int) -> Iterator[bytes]:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > limit:
            message = f"a body of more than {limit} bytes; raise the limit or ask for smaller pages"
            raise _failed("answer_too_large", message, status)
        yield piece


def _inflate(pieces: Iterable[bytes], status: int) -> Iterator[bytes]:
    """Never more than one piece unpacked at a time, so that a bomb is noticed while small."""
    engine = zlib.decompressobj(_GZIP_OR_ZLIB)
    begun = False
    for piece in pieces:
        data = piece
        while data:
            if engine.eof:  # RFC 1952, section 2.2: a gzip file may have several members
                engine = zlib.decompressobj(_GZIP_OR_ZLIB)
            begun = True
            try:
                yield engine.decompress(data, _PIECE)
            except zlib.error as error:
                raise _failed("content_encoding", "a packed body that is broken", status) from error
            data = engine.unused_data if engine.eof else engine.unconsumed_tail
    if begun and not engine.eof:
        raise _failed("closed", "a packed body that breaks off", status)


def _failed(code: str, message: str, status: int) -> TransportFailed:
    return TransportFailed(code, message, outcome="uncertain", status=status)
