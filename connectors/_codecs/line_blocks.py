"""The text of statements in lines: whole from bytes, or from a stream in blocks of whole fields.

Line ends come out as `\\n` whatever they were.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from connectors._codecs.limits import Limits
from connectors._codecs.text import to_text
from connectors._codecs.text_stream import TextStream
from connectors.errors import CodecError


def whole_text(data: bytes, limits: Limits) -> tuple[str, str]:
    """The text and the encoding used; what is too large is refused before it is decoded."""
    if len(data) > limits.max_bytes:
        raise CodecError(
            "too_large", f"{len(data)} bytes; split the file below {limits.max_bytes} bytes"
        )
    _check_lines(data, limits.max_line)
    text, encoding = to_text(data)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text, encoding


def field_blocks(stream: BinaryIO, limits: Limits, mark: str = "\n") -> Iterator[str]:
    """Blocks of text that hold whole fields: each but the first begins with `mark`."""
    held = ""
    for block in TextStream(stream, limits).blocks():
        held += block
        cut = held.rfind(mark)
        if cut > 0:
            yield held[:cut]
            held = held[cut:]
        if len(held) > limits.max_line:
            raise _too_long(limits.max_line)
    yield held


def _check_lines(data: bytes, longest: int) -> None:
    """Jumps from line end to line end: no copy of the data, one look per `longest` bytes."""
    start = 0
    while len(data) - start > longest:
        window = start + longest + 1
        end = max(data.rfind(b"\n", start, window), data.rfind(b"\r", start, window))
        if end < 0:
            raise _too_long(longest, start)
        start = end + 1


def _too_long(longest: int, byte: int | None = None) -> CodecError:
    return CodecError("too_large", f"a line of over {longest} bytes; break it up", byte=byte)
