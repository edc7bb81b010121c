"""Any bytes that should be XML, brought to UTF-8 that is safe to give to a parser.

Three things are settled here, before a parser sees a byte: which encoding the text is really
in, what stands before the document, and that no DTD is declared. With no DTD there are no
entities, so none of the attacks that live on them exist.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field

from connectors._codecs.limits import Notice
from connectors.errors import CodecError

HEAD = 1 << 16
"""The root element must start within so many bytes."""

_DECLARED = re.compile(rb"<\?xml\s[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")
_MARKED = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_UNMARKED = (
    (re.compile(rb"(?:[\t\n\r ]\0\0\0)*<\0\0\0"), "utf-32-le"),
    (re.compile(rb"(?:\0\0\0[\t\n\r ])*\0\0\0<"), "utf-32-be"),
    (re.compile(rb"(?:[\t\n\r ]\0)*<\0"), "utf-16-le"),
    (re.compile(rb"(?:\0[\t\n\r ])*\0<"), "utf-16-be"),
)
# Where a byte below 0x80 always is that character; not UTF-7, HZ or ISO-2022, which can hide
# markup from a look at the bytes.
_READABLE = re.compile(
    r"utf-8|ascii|iso8859-\d+|latin.*|cp(?:125\d|437|85\d|86\d|932|949|950)|mac-roman|koi8-[ru]"
    r"|shift_jis|euc_(?:jp|kr)|gb2312|gbk|gb18030|big5"
)
_PADDING = b"\0\x1a \t\r\n"
_PLAIN_START = re.compile(rb"(?:<\?xml\s[^<>]{0,300}\?>\s*)?<[A-Za-z_]")
_SPACE = re.compile(rb"\s*")
_ASIDES = ((b"<!--", b"-->"), (b"<?", b"?>"))
_DOCTYPE = re.compile(
    rb"""<!DOCTYPE\s+[^\s<>\[\]"']{1,200}
    (?:\s+SYSTEM\s+(?:"[^"]{0,2000}"|'[^']{0,2000}')
      |\s+PUBLIC\s+(?:"[^"]{0,2000}"|'[^']{0,2000}')(?:\s+(?:"[^"]{0,2000}"|'[^']{0,2000}'))?)?
    \s*>""",
    re.VERBOSE,
)
_ROOT = re.compile(rb"<\?[A-Za-z_:]|<!--|<!DOCTYPE|<[A-Za-z_:]|<[\xc3-\xf4]")


@dataclass(slots=True)
class Source:
    """Bytes in UTF-8 for a parser told so, and how they came to be."""

    data: bytes
    encoding: str = "utf-8"
    notices: list[Notice] = field(default_factory=list)


def is_clean(data: bytes) -> bool:
    """A fast yes for ordinary documents: UTF-8, and the root element comes first."""
    if not _PLAIN_START.match(data) or b"\0" in data:
        return False
    declared = _DECLARED.match(data)
    return declared is None or declared[1].lower() == b"utf-8"


def to_utf8(data: bytes, *, allow_doctype: bool) -> Source:
    """The same document in UTF-8, junk before it and a harmless DOCTYPE taken away."""
    wide = wide_encoding(data)
    source = Source(_decoded(data, wide).encode() if wide else data, wide or "utf-8")
    trim(source)
    if not wide:
        _settle_encoding(source)
    _refuse_zeros(source)
    drop_doctype(source, allowed=allow_doctype)
    return source


def trim(source: Source) -> None:
    """Drop a byte order mark, space and junk before the document."""
    data = source.data.removeprefix(codecs.BOM_UTF8)
    start = 0 if _ROOT.match(data) else _find_start(data)
    if data[:start].strip(b"\xef\xbb\xbf \t\r\n\0"):
        found = f"{start} bytes of something else before the document"
        source.notices.append(Notice("junk_before", f"{found}; skipped, remove them"))
    elif start:
        source.notices.append(Notice("space_before", "space before the document; remove it"))
    source.data = data[start:]


def drop_doctype(source: Source, *, allowed: bool) -> None:
    """Take the DOCTYPE out, so that no parser ever sees one, or refuse the document for it."""
    data = source.data
    at = prolog_end(data)
    if not data.startswith(b"<!DOCTYPE", at):
        return
    whole = _DOCTYPE.match(data, at)
    if whole is None:
        found = "a DOCTYPE with declarations of its own"
        raise CodecError("forbidden_dtd", f"{found}; remove the DOCTYPE", byte=at)
    if not allowed:
        raise CodecError("forbidden_dtd", "a DOCTYPE; remove that line", byte=at)
    lines = whole.group().count(b"\n")
    source.data = data[:at] + b"\n" * lines + data[whole.end() :]


def prolog_end(data: bytes) -> int:
    """Where the first thing that is not space, comment or processing instruction starts."""
    at, before = 0, -1
    while at != before:
        before = at
        at = _past_aside(data, _past_space(data, at))
        if at > HEAD:
            found = f"no element in the first {HEAD} bytes"
            raise CodecError("malformed_xml", f"{found}; remove what stands before it", byte=at)
    return at


def wide_encoding(data: bytes) -> str | None:
    """The encoding when it shows in byte order marks or zero bytes; else None."""
    for mark, name in _MARKED:
        if data.startswith(mark):
            return name
    for pattern, name in _UNMARKED:
        if pattern.match(data):
            return name
    return None


def declared_encoding(data: bytes) -> str:
    """The encoding that a document in bytes says it is in; refused when it could hide markup."""
    declared = _DECLARED.match(data)
    if declared is None:
        return "utf-8"
    said = declared[1].decode("ascii", "replace")
    try:
        name = codecs.lookup(said).name
    except LookupError:
        raise _unreadable(said) from None
    # Programs that build XML in memory declare UTF-16 and then save it as UTF-8.
    if name.startswith("utf-16"):
        return "utf-8"
    if not _READABLE.fullmatch(name):
        raise _unreadable(said)
    return name


def old_code_page(data: bytes) -> tuple[str, str]:
    """Text of bytes that are not UTF-8 though they should be, and the name of what they are."""
    try:
        return data.decode("cp1252"), "cp1252"
    except UnicodeDecodeError:
        return data.decode("latin-1"), "iso8859-1"


def wrong_encoding(said: str, used: str) -> Notice:
    """The notice for a declaration that the bytes belie."""
    found = f"the document says {said} but its bytes are {used}"
    return Notice("wrong_encoding", f"{found}; read as {used}, declare that")


def _refuse_zeros(source: Source) -> None:
    """No zero byte inside the document: the parser is slow to see that it may not be there."""
    byte = source.data.find(b"\0")
    if byte < 0:
        return
    data = source.data.rstrip(_PADDING)
    if byte < len(data):
        line = data.count(b"\n", 0, byte) + 1
        message = "a zero byte in the document; remove it"
        raise CodecError("malformed_xml", message, line=line, byte=byte)
    source.data = data
    source.notices.append(Notice("padding_after", "padding after the document; remove it"))


def _settle_encoding(source: Source) -> None:
    data = source.data
    name = declared_encoding(data)
    source.encoding = name
    if name == "utf-8" or data.isascii():
        return
    try:
        # A text in an old code page is not valid UTF-8 by accident.
        data.decode("utf-8")
    except UnicodeDecodeError:
        source.data = _decoded(data, name).encode()
        return
    source.encoding = "utf-8"
    source.notices.append(wrong_encoding(name, "utf-8"))


def _past_space(data: bytes, at: int) -> int:
    return _SPACE.match(data, at, at + HEAD + 1).end()  # type: ignore[union-attr]  # matches always


def _past_aside(data: bytes, at: int) -> int:
    """The end of the comment or instruction that starts here; `at` if none does, whole."""
    for opening, closing in _ASIDES:
        if data.startswith(opening, at):
            end = data.find(closing, at + len(opening))
            return end + len(closing) if end >= 0 else at
    return at


def _unreadable(said: str) -> CodecError:
    return CodecError("bad_encoding", f"the encoding {said} is not read; save it as UTF-8")


def _decoded(data: bytes, name: str) -> str:
    try:
        return data.decode(name)
    except UnicodeDecodeError as error:
        found = f"the document says {name} but its bytes are not"
        raise CodecError("bad_encoding", f"{found}; save it as UTF-8", byte=error.start) from error


def _find_start(data: bytes) -> int:
    declaration = data.find(b"<?xml", 0, HEAD)
    if declaration >= 0:
        return declaration
    root = _ROOT.search(data, 0, HEAD)
    if root:
        return root.start()
    if not data.strip():
        raise CodecError("empty_input", "no XML document; send one, at least <a/>")
    raise CodecError("not_xml", "nothing that looks like XML; send the document itself", byte=0)
