"""One X12 segment as text: elements in their places, composites and repetitions joined."""

from __future__ import annotations

import re

from connectors._codecs.segments import Segment
from connectors._codecs.segments.source import Dialect
from connectors._codecs.x12.reading import element_parts
from connectors.errors import CodecError

_PLACE = re.compile(r"(?P<element>\d{2})(?P<component>\d{2})?")
_ALL = "_all"


class ElementWriter:
    """Writes segments with given separators; refuses what would not read back as it is."""

    def __init__(self, dialect: Dialect, encoding: str) -> None:
        self._dialect = dialect
        self._encoding = encoding
        self._forbidden = re.compile(f"[{re.escape(dialect.element + dialect.terminator)}\r\n]")

    def text(self, tag: str, segment: Segment) -> str:
        """The segment without its terminator."""
        values: dict[int, Segment] = {}
        for name, value in segment.items():
            if isinstance(value, list) and not name.endswith(_ALL):
                continue
            values.setdefault(_place(tag, name), {})[name] = value
        last = max(values, default=0)
        written = (self._element(f"{tag}{at:02}", values.get(at)) for at in range(1, last + 1))
        return self._dialect.element.join((tag, *written)).rstrip(self._dialect.element)

    def _element(self, name: str, parts: Segment | None) -> str:
        if parts is None:
            return ""
        for key, value in parts.items():
            self._check(key, value)
        repeats = parts.get(name + _ALL)
        text = self._repeated(name, repeats) if repeats else self._single(name, parts)
        return text.rstrip(" ")

    def _repeated(self, name: str, repeats: list[str]) -> str:
        mark = self._dialect.repetition
        if not mark or any(mark in one for one in repeats):
            text = "holds several values, which needs a repetition separator of its own (ISA11)"
            raise CodecError("bad_element", f"{name} {text}", segment=name)
        return mark.join(repeats)

    def _single(self, name: str, parts: Segment) -> str:
        mark = self._dialect.component
        raw = str(parts.get(name, ""))
        if element_parts(name, raw, mark, self._dialect.repetition) == parts:
            return raw
        numbered = {int(key[-2:]): value for key, value in parts.items() if key != name}
        if not mark or not numbered:
            text = "contains a separator; choose separators that no value contains"
            raise CodecError("separator_in_value", f"{name} {text}", segment=name)
        if any(mark in value for value in numbered.values()):
            text = "has a component that contains the component separator; choose another"
            raise CodecError("separator_in_value", f"{name} {text}", segment=name)
        return mark.join(numbered.get(at, "") for at in range(1, max(numbered) + 1))

    def _check(self, name: str, value: object) -> None:
        for text in value if isinstance(value, list) else [value]:
            if not isinstance(text, str) or not text:
                raise CodecError("bad_element", f"{name} is no text; leave out what is empty")
            if self._forbidden.search(text):
                found = "contains a separator or line break; choose other separators or change it"
                raise CodecError("separator_in_value", f"{name} {found}", segment=name)
            if not text.isascii():
                _check_characters(name, text, self._encoding)


def _check_characters(name: str, text: str, encoding: str) -> None:
    try:
        text.encode(encoding)
    except UnicodeEncodeError as error:
        found = f"has a character that {encoding} lacks; choose another encoding"
        raise CodecError("bad_character", f"{name} {found}", segment=name) from error


def _place(tag: str, name: str) -> int:
    found = _PLACE.fullmatch(name.removesuffix(_ALL).removeprefix(tag)) if name[:3] else None
    if found is None or not name.startswith(tag) or found["element"] == "00":
        raise CodecError("bad_element", f"'{name[:40]}' is no element of {tag}; expected {tag}01")
    return int(found["element"])
