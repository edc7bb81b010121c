"""OFX as banks write it to well-formed XML: end tags put in, stray ones and junk taken out.

`close_leaves` is quick and right for any file whose aggregates are closed and whose empty elements
are too. `Mender` works in pieces of any size and gets through the rest: it knows where the main
aggregates belong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from connectors._codecs.limits import Limits
from connectors._codecs.notice_log import NoticeLog
from connectors.errors import CodecError

_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)(?:(#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|nbsp);)?")
_TOKEN = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9._:-]{0,63})(?:\s[^<>]*?)?(/?)>([^<]*+)")
_WITH_TEXT = re.compile(r"<([A-Za-z][\w.]{0,63})>\s*+[^<]")
_ENDED = re.compile(r"</([A-Za-z][\w.]{0,63})\s*+>")
_MOST_BARE = 10_000
_BARE = re.compile(r"<(?![/A-Za-z])")

# Where the aggregates of statements belong, innermost last (OFX 1.0.3, chapters 11 to 13).
_MESSAGES = {
    "STMTTRNRS": "BANKMSGSRSV1",
    "CCSTMTTRNRS": "CREDITCARDMSGSRSV1",
    "INVSTMTTRNRS": "INVSTMTMSGSRSV1",
}
_STATEMENTS = {"STMTRS": "STMTTRNRS", "CCSTMTRS": "CCSTMTTRNRS", "INVSTMTRS": "INVSTMTTRNRS"}
_IN_STATEMENT = (
    "BANKACCTFROM",
    "CCACCTFROM",
    "INVACCTFROM",
    "BANKTRANLIST",
    "INVTRANLIST",
    "INVPOSLIST",
    "INVBAL",
    "LEDGERBAL",
    "AVAILBAL",
    "BALLIST",
    "CURDEF",
    "MKTGINFO",
)
_HOMES: dict[str, frozenset[str]] = {
    **{child: frozenset({parent}) for child, parent in (_MESSAGES | _STATEMENTS).items()},
    **{message: frozenset({"OFX"}) for message in _MESSAGES.values()},
    **{child: frozenset(_STATEMENTS) for child in _IN_STATEMENT},
    "SIGNONMSGSRSV1": frozenset({"OFX"}),
    "SECLISTMSGSRSV1": frozenset({"OFX"}),
    "SONRS": frozenset({"SIGNONMSGSRSV1"}),
    "DTSERVER": frozenset({"SONRS"}),
    "LANGUAGE": frozenset({"SONRS"}),
    "STMTTRN": frozenset({"BANKTRANLIST", "INVBANKTRAN"}),
    "TRNTYPE": frozenset({"STMTTRN"}),
    "INVBANKTRAN": frozenset({"INVTRANLIST"}),
}
AGGREGATES = frozenset(_HOMES) - {"CURDEF", "DTSERVER", "LANGUAGE", "MKTGINFO", "TRNTYPE"} | {
    "OFX",
    "STATUS",
    "FI",
    "PAYEE",
    "SECID",
    "SECINFO",
    "SECLIST",
    "INVTRAN",
    "INVPOS",
    "CURRENCY",
    "ORIGCURRENCY",
    "BANKACCTTO",
    "CCACCTTO",
    "BAL",
}
_ONCE = frozenset({"OFX", "SIGNONMSGSRSV1", "STMTTRN", "BANKTRANLIST", *_STATEMENTS, *_MESSAGES})


def clean(text: str) -> str:
    """Without comments and instructions, with entities made safe."""
    if "<!" in text or "<?" in text:
        text = _cut_out(_cut_out(text, "<!--", "-->"), "<?", "?>")
        text = _cut_out(text, "<![CDATA[", "]]>", keep=True)
    if "&" in text:
        text = _AMPERSAND.sub(_entity, text)
    return text


def drop_controls(text: str) -> str:
    """Without the characters that XML has no place for."""
    return _NOT_XML.sub("", text)


def close_leaves(text: str) -> str | None:
    """Every element that holds text gets its end tag; None when there is more to mend."""
    pieces: list[str] = []
    closing = ""
    for piece in text.split("<")[1:]:
        name, bracket, value = piece.partition(">")
        value = value.strip()
        if not bracket or (value and name[:1] == "/"):
            return None
        if value:
            closing = f"/{name}"
            pieces.append(f"{name}>{value}</{name}>")
        elif name != closing:
            pieces.append(f"{name}>")
            closing = ""
    return "<" + "<".join(pieces)


def _cut_out(text: str, opening: str, closing: str, *, keep: bool = False) -> str:
    """Without what stands between the marks, or with it as plain text."""
    pieces: list[str] = []
    at = 0
    while (start := text.find(opening, at)) >= 0:
        end = text.find(closing, start + len(opening))
        if end < 0:
            break
        pieces.append(text[at:start])
        if keep:
            pieces.append(_escaped(text[start + len(opening) : end]))
        at = end + len(closing)
    return "".join((*pieces, text[at:])) if pieces or at else text


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _entity(match: re.Match[str]) -> str:
    name = match[1]
    if name is None:
        return "&amp;" + match[0][1:]
    if name == "nbsp":
        return "\u00a0"
    number = int(name[2:], 16) if name[1] in "xX" else int(name[1:])
    character = chr(number) if number < 0x110000 else ""
    return "" if _NOT_XML.match(character) else _safe(character)


def _safe(character: str) -> str:
    return {"&": "&amp;", "<": "&lt;"}.get(character, character)


class Mender:
    """Gets tag soup a piece at a time and gives well-formed XML back."""

    def __init__(self, limits: Limits, log: NoticeLog) -> None:
        self._limits = limits
        self._log = log
        self._stack: list[str] = []
        self._leaf = ""
        self._bare = 0
        self.tags = 0
        self._texts: set[str] = set()
        self._ended: set[str] = set()
        self.finished = False

    def mend(self, text: str) -> str:
        """The XML of a piece that begins with `<` and ends before one."""
        self._texts |= {name.upper() for name in _WITH_TEXT.findall(text)}
        self._ended |= {name.upper() for name in _ENDED.findall(text)}
        if _BARE.search(text):
            text, count = _BARE.subn("&lt;", text)
            self._bare += count
            if self._bare > _MOST_BARE:
                raise CodecError("malformed", f"over {_MOST_BARE} signs < in text; check the file")
        return "".join(self._pieces(text))

    def end(self) -> str:
        """End tags for all that is still open."""
        if not self.finished and self._stack:
            self._log.error("truncated", "the file ends inside <OFX>; get the whole file")
        return "".join(self._pop_to(0))

    def _pieces(self, text: str) -> Iterator[str]:
        at = 0
        for token in _TOKEN.finditer(text):
            if self.finished:
                _expect_end(token[2])
                continue
            if token.start() != at:
                self._tell_junk()
            at = token.end()
            slash, name, empty, content = token.groups()
            name, content = name.rpartition(":")[2].upper(), content.strip()
            if not (slash or empty):
                yield from self._open(name, content)
                continue
            if content:
                self._tell_junk()
            if slash:
                yield from self._close(name)
            else:
                yield f"<{name}/>"
        if at != len(text) and not self.finished:
            self._tell_junk()

    def _tell_junk(self) -> None:
        inside = self._stack[-1] if self._stack else "OFX"
        self._log.break_("junk", f"text in {inside} that is no element; it is left out")

    def _open(self, name: str, text: str) -> Iterator[str]:
        self._leaf = ""
        self.tags += 1
        yield from self._make_room(name)
        if text and name in _ONCE:
            self._tell_junk()
        elif text:
            # Some banks use even PAYEE as a leaf.
            self._leaf = name
            yield f"<{name}>{text}</{name}>"
            return
        if name in AGGREGATES or (name in self._ended and name not in self._texts):
            if len(self._stack) >= self._limits.max_depth:
                found = f"elements nested over {self._limits.max_depth} deep"
                raise CodecError("too_deep", f"{found}; check the end tags")
            self._stack.append(name)
            yield f"<{name}>"
        else:
            self._leaf = name
            yield f"<{name}/>"

    def _make_room(self, name: str) -> Iterator[str]:
        """Close what was left open before an element that cannot be inside it."""
        stack = self._stack
        if name in _ONCE and name in stack:
            yield from self._forgotten(_last(stack, name))
        homes = _HOMES.get(name)
        if homes and stack and stack[-1] not in homes:
            at = next((i for i in range(len(stack) - 1, -1, -1) if stack[i] in homes), None)
            if at is not None:
                yield from self._forgotten(at + 1)

    def _close(self, name: str) -> Iterator[str]:
        if name == self._leaf:
            self._leaf = ""
            return
        self._leaf = ""
        stack = self._stack
        if stack and stack[-1] == name:
            stack.pop()
            yield f"</{name}>"
        elif name in stack:
            at = _last(stack, name)
            yield from self._forgotten(at + 1)
            yield from self._pop_to(at)
        else:
            self._log.warning("stray_end", f"</{name[:40]}> ends nothing; it is left out")
        self.finished = name == "OFX" and not stack

    def _forgotten(self, length: int) -> Iterator[str]:
        names = ", ".join(self._stack[length:][:5])
        self._log.warning("end_missing", f"no end tag for {names}; it is put in")
        yield from self._pop_to(length)

    def _pop_to(self, length: int) -> Iterator[str]:
        while len(self._stack) > length:
            yield f"</{self._stack.pop()}>"


def _expect_end(name: str) -> None:
    """Nothing but junk follows a document; a second one would go missing."""
    if name.rpartition(":")[2].upper() == "OFX":
        found = "a second <OFX> in one stream"
        raise CodecError("second_document", f"{found}; give each document by itself")


def _last(stack: list[str], name: str) -> int:
    return len(stack) - 1 - stack[::-1].index(name)
