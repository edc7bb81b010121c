"""Text of a byte stream, block by block: one encoding found, line ends made `\\n`, sizes capped.

The blocks are cut at fixed places of the input, so how the stream hands out its bytes changes
nothing.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from connectors._codecs.limits import Limits
from connectors.errors import CodecError

BLOCK = 1 << 20
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class TextStream:
    """The blocks of one stream; `encoding` names what was used as soon as a block was read.

    UTF-8 is tried first and left for the first of `fallbacks` that fits when a byte of it is
    wrong: text in an old code page is hardly ever valid UTF-8.
    """

    def __init__(
        self,
        stream: BinaryIO,
        limits: Limits,
        fallbacks: Sequence[str] = ("cp1252", "latin-1"),
    ) -> None:
        self._stream = stream
        self._limits = limits
        self._fallbacks = fallbacks
        self._decoder: codecs.IncrementalDecoder = codecs.getincrementaldecoder("utf-8")()
        self._pending_return = False
        self._room = limits.max_bytes
        self.encoding = "utf-8"

    def blocks(self) -> Iterator[str]:
        """Pieces of text in order, none of them empty."""
        data = self._read()
        self._look_at_head(data)
        data = data[self._mark_length(data) :]
        while data:
            text = self._one_newline(self._decoded(data, final=False))
            if text:
                yield text
            data = self._read()
        text = self._decoded(b"", final=True)
        text += "\n" if self._pending_return else ""
        if text:
            yield text

    def lines(self) -> Iterator[str]:
        """Lines without their ends; the last one need not have an end."""
        longest, most = self._limits.max_line, self._limits.max_items
        rest = ""
        count = 0
        for block in self.blocks():
            count += block.count("\n")
            if count > most:
                raise CodecError("too_large", f"over {most} lines; split the file")
            *whole, rest = (rest + block).split("\n")
            if max(map(len, whole), default=0) > longest or len(rest) > longest:
                raise CodecError("too_large", f"a line of over {longest} characters; break it up")
            yield from whole
        if rest:
            yield rest

    def _read(self) -> bytes:
        """The next whole block: a stream may answer with less than it was asked for."""
        pieces: list[bytes] = []
        wanted = BLOCK
        while wanted and (piece := self._stream.read(wanted)):
            pieces.append(piece)
            wanted -= len(piece)
        data = pieces[0] if len(pieces) == 1 else b"".join(pieces)
        self._room -= len(data)
        if self._room < 0:
            raise CodecError(
                "too_large", f"over {self._limits.max_bytes} bytes; send it in smaller files"
            )
        return data

    def _look_at_head(self, data: bytes) -> None:
        name = next((name for mark, name in _MARKS if data.startswith(mark)), None) or _wide(data)
        if name:
            self.encoding = name
            self._decoder = codecs.getincrementaldecoder(name)()

    @staticmethod
    def _mark_length(data: bytes) -> int:
        return next((len(mark) for mark, _ in _MARKS if data.startswith(mark)), 0)

    def _decoded(self, data: bytes, final: bool) -> str:
        state = self._decoder.getstate()
        try:
            return self._decoder.decode(data, final)
        except UnicodeDecodeError as error:
            if self.encoding.startswith("utf-16"):
                found = f"{self.encoding} text with broken characters"
                raise CodecError("bad_encoding", f"{found}; save it as UTF-8") from error
        held = state[0] if isinstance(state[0], bytes) else b""
        return self._fall_back(held + data, final)

    def _fall_back(self, data: bytes, final: bool) -> str:
        for name in self._fallbacks:
            decoder = codecs.getincrementaldecoder(name)()
            try:
                text = decoder.decode(data, final)
            except UnicodeDecodeError:
                continue
            self.encoding, self._decoder = codecs.lookup(name).name, decoder
            return text
        raise CodecError("bad_encoding", "no known text encoding fits; save the file as UTF-8")

    def _one_newline(self, text: str) -> str:
        if self._pending_return:
            text = "\r" + text
        self._pending_return = text.endswith("\r")
        if "\r" not in text:
            return text
        if self._pending_return:
            text = text[:-1]
        return text.replace("\r\n", "\n").replace("\r", "\n")


def _wide(data: bytes) -> str | None:
    """UTF-16 without a mark: every second byte of the first few is zero."""
    head = data[:64]
    if len(head) < 4 or len(head) % 2:
        return None
    if not any(head[1::2]):
        return "utf-16-le" if any(head) else None
    return "utf-16-be" if not any(head[::2]) else None
