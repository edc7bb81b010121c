"""What stands before `<OFX>`: the key:value header of OFX 1, the processing instructions of 2."""

from __future__ import annotations

import codecs
import re

from connectors._codecs.notice_log import NoticeLog

_KEYS = (
    "OFXHEADER",
    "DATA",
    "VERSION",
    "SECURITY",
    "ENCODING",
    "CHARSET",
    "COMPRESSION",
    "OLDFILEUID",
    "NEWFILEUID",
)
_ANY_KEY = "|".join(_KEYS)
# Some banks write the whole header on one line, with nothing between the pairs.
_PAIR = re.compile(rf"({_ANY_KEY})\s*:\s*([^\s<]*?)\s*(?=(?:{_ANY_KEY})\s*:|\s|<|$)", re.IGNORECASE)
_INSTRUCTION = re.compile(r"<\?\s*OFX\s([^>]*)\?>", re.IGNORECASE)
_ATTRIBUTE = re.compile(rf"({_ANY_KEY})\s*=\s*[\"']([^\"']*)[\"']", re.IGNORECASE)
_XML_ENCODING = re.compile(r"<\?xml\s[^>]*?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")
_NONE = frozenset({"NONE", "USASCII", "US-ASCII", "ASCII"})
_CODE_PAGE = re.compile(r"\d{3,5}")
# Encodings of text only: Python knows others, such as zlib, by the same door.
_TEXT_ENCODING = re.compile(
    r"ascii|iso8859-\d+|cp\d+|mac-\w+|koi8-[ru]|shift_jis|euc_(?:jp|kr)|gb2312|gbk|gb18030|big5"
)
_KNOWN = re.compile(r"[12]\d\d")


def read_header(text: str) -> dict[str, str]:
    """The pairs, named in upper case; empty and unreadable values are left out."""
    instruction = _INSTRUCTION.search(text)
    pattern, where = (_ATTRIBUTE, instruction[1]) if instruction else (_PAIR, text)
    pairs = pattern.findall(where)
    return {
        key.upper(): value.strip() for key, value in pairs if value.strip() and value.isprintable()
    }


def declared_encoding(head: str) -> str | None:
    """The Python name of the encoding that a header declares, if it declares a real one."""
    xml = _XML_ENCODING.search(head)
    if xml:
        return _text_encoding(xml[1])
    start = head.upper().find("<OFX")
    header = read_header(head if start < 0 else head[:start])
    for name in (header.get("CHARSET", ""), header.get("ENCODING", "")):
        if name and name.upper() not in _NONE:
            return _text_encoding(f"cp{name}" if _CODE_PAGE.fullmatch(name) else name)
    return None


def _text_encoding(name: str) -> str | None:
    try:
        name = codecs.lookup(name).name
    except LookupError:
        return None
    return name if _TEXT_ENCODING.fullmatch(name) else None


def check_header(header: dict[str, str], log: NoticeLog) -> None:
    """OFX 1.x and 2.x exist."""
    version = header.get("VERSION")
    if not header:
        log.warning("no_header", "no OFX header; begin with OFXHEADER:100 or <?OFX ...?>")
    elif version is None:
        log.warning("no_version", "the header has no version; 1.x and 2.x exist")
    elif not _KNOWN.fullmatch(version):
        log.error("unknown_version", f"OFX version '{version[:20]}'; 1.x and 2.x exist")


def as_attributes(header: dict[str, str]) -> dict[str, str]:
    """The header as attributes of the root: `ofx-version` and so on."""
    names = {"OFXHEADER": "ofx-header"}
    return {names.get(key, f"ofx-{key.lower()}"): value for key, value in header.items()}
