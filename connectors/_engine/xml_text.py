"""The view of an XML document from its text, for documents as programs write them.

A parser has found the document well-formed and without a DTD before it comes here; going through
its text once more is quicker than going through the parser's tree. What is not plain, such as
text around elements, is left to `xml_view`.
"""

from __future__ import annotations

import re
from typing import Any, TypeAlias

Head: TypeAlias = tuple[str, dict[str, str]]

_LARGEST = 4_000_000
_MANY, _LONG = 20_000, 200
_COMMENTS = re.compile(r"<!--.*?-->", re.DOTALL)
_DECLARATION = re.compile(r"\s*(?:<\?xml\s[^>]*\?>)?")
_ATTRIBUTE = r"""\s+([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')"""
_attributes = re.compile(_ATTRIBUTE).findall
_all_attributes = re.compile(rf"(?:{_ATTRIBUTE})*\s*").fullmatch
_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]+)|#([0-9]+)|(lt|gt|amp|quot|apos));")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}
_SPACES = str.maketrans("\t\n", "  ")


class _Unusual(Exception):
    """Not plain enough."""


class _Heads(dict[str, Head]):
    """What start tags say, by their text: a payload repeats few of them often."""

    def __missing__(self, text: str) -> Head:
        found = _head(text)
        if len(text) <= _LONG:
            if len(self) > _MANY:
                self.clear()
                _PLAIN.clear()
            self[text] = found
            if not found[1]:
                _PLAIN[text] = found[0]
        return found


class _Ends(dict[str, bool]):
    """End tags with nothing but space behind them."""

    def __missing__(self, text: str) -> bool:
        behind = text.partition(">")[2]
        if behind and not behind.isspace():
            raise _Unusual
        if len(text) <= _LONG:
            if len(self) > _MANY:
                self.clear()
            self[text] = True
        return True


_HEADS, _ENDS = _Heads(), _Ends()
_PLAIN: dict[str, str] = {}
"""Local names of start tags without attributes."""


def view_of(data: bytes) -> dict[str, Any] | None:
    """The root element without its own attributes; None for a document that is not plain."""
    if len(data) > _LARGEST or b"\r" in data:
        return None
    text = data.decode("utf-8", "replace")
    return _tried(text) or (_tried(_COMMENTS.sub("", text)) if _has_comments(text) else None)


def _has_comments(text: str) -> bool:
    # What looks like a comment in a CDATA section is none.
    return "<!--" in text and "<![" not in text


def _tried(text: str) -> dict[str, Any] | None:
    before, *pieces = text[_DECLARATION.match(text).end() :].split("<")  # type: ignore[union-attr]
    try:
        root = None if before.strip() else _Viewing(referring="&" in text).root(pieces)
    except (_Unusual, IndexError):
        return None
    return root if root.__class__ is dict else None


class _Viewing:
    """Goes through the tags of one document."""

    def __init__(self, *, referring: bool) -> None:
        self._referring = referring
        self._late: list[tuple[dict[str, Any], dict[str, str]]] = []
        """Attributes stand after the children."""

    def root(self, pieces: list[str]) -> Any:
        """Each piece is a tag, without its first character, and the text behind it."""
        top: dict[str, Any] = {}
        self._go(pieces, top)
        for element, attributes in self._late:
            element.update(attributes)
        (root,) = top.values()
        return root

    def _go(self, pieces: list[str], top: dict[str, Any]) -> None:
        view, above, head, text = top, [top], "", ""
        plain, referring = _PLAIN, self._referring
        for piece in pieces:
            if piece[0] == "/":
                if head:
                    name = plain.get(head)
                    if name is None or name in view or not text or (referring and "&" in text):
                        self._leaf(view, head, text)
                    else:
                        view[name] = text
                    head = ""
                else:
                    view = above.pop()
                _ = _ENDS[piece]
                continue
            if head:
                if text and not text.isspace():
                    raise _Unusual
                above.append(view)
                view = self._below(view, head)
            head, _, text = piece.partition(">")
            if head[-1] == "/":
                self._leaf(view, head[:-1], "")
                _, head = _ENDS[piece], ""

    def _leaf(self, view: dict[str, Any], head: str, text: str) -> None:
        """Put an element without children where it belongs."""
        name, attributes = _HEADS[head]
        value: Any = _referred(text) if self._referring and "&" in text else text or None
        if attributes:
            value = {"#": value, **attributes}
        if name in view:
            _add(view, name, value)
        else:
            view[name] = [None] if value is None else value

    def _below(self, view: dict[str, Any], head: str) -> dict[str, Any]:
        """An element with children, put where it belongs."""
        name, attributes = _HEADS[head]
        below: dict[str, Any] = {}
        if attributes:
            self._late.append((below, attributes))
        if name in view:
            _add(view, name, below)
        else:
            view[name] = below
        return below


def _add(view: dict[str, Any], name: str, value: Any) -> None:
    """One more child of a name."""
    before = view[name]
    if before.__class__ is list:
        before.append(value)
    else:
        view[name] = [before, value]


def _head(text: str) -> Head:
    """The local name and the attributes of a start tag."""
    if text[0] in "!?":
        raise _Unusual
    full = text.split(None, 1)[0]
    rest = text[len(full) :]
    if not _all_attributes(rest):
        raise _Unusual
    found = {
        f"@{_local(name)}": _referred((one or other).translate(_SPACES))
        for name, one, other in _attributes(rest)
        if name != "xmlns" and not name.startswith("xmlns:")
    }
    return _local(full), found


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _referred(text: str) -> str:
    """A text with its characters in place of references to them."""
    return _REFERENCE.sub(_character, text)


def _character(found: re.Match[str]) -> str:
    hexadecimal, decimal, name = found.groups()
    if name:
        return _NAMED[name]
    return chr(int(hexadecimal, 16) if hexadecimal else int(decimal))
