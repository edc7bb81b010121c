"""One EDIFACT segment as text: components in their places, separators released."""

from __future__ import annotations

import re

from connectors._codecs.edifact.reading import MOST_COMPONENTS
from connectors._codecs.segments import Segment
from connectors._codecs.segments.source import Dialect
from connectors.errors import CodecError

_PLACE = re.compile(r"(?P<element>\d{2})(?P<component>\d{2})")
_ALL = "_all"


class ElementWriter:
    """Writes segments with given service characters; refuses what would not read back as it is."""

    def __init__(self, dialect: Dialect, encoding: str) -> None:
        self._dialect = dialect
        self._encoding = encoding
        marks = dialect.separators
        self._special = re.compile(f"[{re.escape(marks)}\r\n]")
        self._released = {ord(mark): dialect.release + mark for mark in marks}

    def text(self, tag: str, segment: Segment) -> str:
        """The segment without its terminator."""
        elements: dict[int, str] = {}
        for at, parts in _elements(tag, segment).items():
            repeats = segment.get(f"{tag}{at:02}{_ALL}")
            if not repeats:
                elements[at] = self._composite(parts)
            elif self._dialect.repetition:
                named = (_elements(tag, one).get(at, {}) for one in repeats)
                elements[at] = self._dialect.repetition.join(map(self._composite, named))
            else:
                text = "repeats, which needs syntax version 4 (UNB0102); repeat the segment"
                raise CodecError("bad_element", f"{tag}{at:02} {text}", segment=tag)
        last = max(elements, default=0)
        written = (elements.get(at, "") for at in range(1, last + 1))
        return self._dialect.element.join((tag, *written))

    def _composite(self, parts: dict[int, tuple[str, object]]) -> str:
        last = max(parts, default=0)
        values = (self._value(*parts[at]) if at in parts else "" for at in range(1, last + 1))
        return self._dialect.component.join(values)

    def _value(self, name: str, value: object) -> str:
        if not isinstance(value, str) or not value:
            raise CodecError("bad_element", f"{name} is no text; leave out what is empty")
        self._check_characters(name, value)
        value = value.rstrip(" ")
        if not self._special.search(value):
            return value
        if not self._dialect.release or "\r" in value or "\n" in value:
            text = "contains a line break or a separator that cannot be released; change it"
            raise CodecError("separator_in_value", f"{name} {text}", segment=name)
        return value.translate(self._released)

    def _check_characters(self, name: str, value: str) -> None:
        try:
            value.encode(self._encoding)
        except UnicodeEncodeError as error:
            text = f"has a character that {self._encoding} lacks; name another level in UNB0101"
            raise CodecError("bad_character", f"{name} {text}", segment=name) from error


def _elements(tag: str, segment: Segment) -> dict[int, dict[int, tuple[str, object]]]:
    """Element, then component number, to name and value."""
    elements: dict[int, dict[int, tuple[str, object]]] = {}
    for name, value in segment.items():
        if isinstance(value, list):
            continue
        found = _PLACE.fullmatch(name.removeprefix(tag)) if name.startswith(tag) else None
        if found is None or not 0 < int(found["component"]) <= MOST_COMPONENTS:
            text = f"'{name[:40]}' is no component of {tag}; expected {tag}0101"
            raise CodecError("bad_element", text, segment=tag)
        parts = elements.setdefault(int(found["element"]), {})
        parts[int(found["component"])] = (name, value)
    if 0 in elements:
        raise CodecError("bad_element", f"{tag} has no element 00; expected {tag}0101", segment=tag)
    return elements
