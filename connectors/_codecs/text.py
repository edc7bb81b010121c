"""Bytes to text: byte order marks, UTF-8, UTF-16, then what the format's world falls back to."""

from __future__ import annotations

import codecs
from collections.abc import Sequence

from connectors.errors import CodecError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def to_text(
    data: bytes, declared: str | None = None, fallbacks: Sequence[str] = ("cp1252", "latin-1")
) -> tuple[str, str]:
    """The text and the encoding that was used; a byte order mark wins over what is declared."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _decode(data[len(mark) :], name), name
    wide = _wide(data)
    if wide:
        return _decode(data, wide), wide
    for name in (*((declared,) if declared else ()), "utf-8", *fallbacks):
        try:
            return data.decode(name), codecs.lookup(name).name
        except (UnicodeDecodeError, LookupError):
            continue
    raise CodecError("bad_encoding", "no known text encoding fits; save the file as UTF-8")


def _decode(data: bytes, name: str) -> str:
    try:
        return data.decode(name)
    except UnicodeDecodeError as error:
        raise CodecError(
            "bad_encoding", f"byte order mark says {name}, the bytes are not", byte=error.start
        ) from error


def _wide(data: bytes) -> str | None:
    """UTF-16 without a mark: every second byte of the first few is zero."""
    head = data[:64]
    if len(head) < 4 or len(head) % 2:
        return None
    if not any(head[1::2]):
        return "utf-16-le"
    return "utf-16-be" if not any(head[::2]) else None
