"""X12 interchange headers: the separators are read from the ISA segment, never assumed."""

from __future__ import annotations

import re

from connectors._codecs.segments.source import HEAD, Dialect, Header
from connectors.errors import CodecError

_ISA = re.compile(r"ISA(?P<element>[^A-Za-z0-9 \r\n])[^\r\n]{0,10}?(?P=element)")
_WIDEST = 600
_FIELDS = 16
_HINT = "an interchange begins with ISA and 16 elements"
# where a file begins with its group or its set, the terminator is what ends that segment
_BARE = re.compile(
    r"\s*(?P<tag>(?:GS(?P<e>[^\w\s])(?:(?:(?!(?P=e))[^\n]){0,40}(?P=e)){7}|ST(?P<e2>[^\w\s])\d{3}(?P=e2))\w{1,12})"
    r"(?P<terminator>[^\w ]|\s)"
)
# an empty ISA16, when the next line ends as this one does
_NO_COMPONENT = re.compile(r"~[\r\n]+[^\r\n~]+~")
_AFTER_ISA = re.compile(r"(?:GS|TA1|IEA)[^A-Za-z0-9 \r\n]")


class X12Syntax:
    """Finds ISA headers, padded to 106 characters or not, with any separators."""

    marks: tuple[str, ...] = ("ISA",)

    def first(self, text: str) -> Header:
        """The first ISA of the input; for a group or set without one separators are guessed."""
        problem: CodecError | None = None
        for found in _ISA.finditer(text, 0, HEAD):
            try:
                dialect = _dialect(text[found.start() : found.start() + _WIDEST], found["element"])
            except CodecError as error:
                problem = problem or error
            else:
                return Header(dialect, found.start(), found.start())
        bare = _BARE.match(text)
        if problem is not None or bare is None:
            raise problem or CodecError("not_x12", f"no ISA segment found; {_HINT}", byte=0)
        dialect = Dialect(bare["e"] or bare["e2"], "", "", bare["terminator"])
        return Header(dialect, bare.start("tag"), enveloped=False)

    def header(self, text: str, at: int) -> Header | None:
        """The ISA that begins at this place, if it is whole."""
        found = _ISA.match(text, at)
        try:
            return Header(_dialect(text[at : at + _WIDEST], found["element"])) if found else None
        except CodecError:
            return None


def _dialect(text: str, element: str) -> Dialect:
    fields = text.split(element, _FIELDS)
    if len(fields) <= _FIELDS:
        raise _bad_header(f"ISA has {len(fields) - 1} elements, not 16")
    if len(fields[15].strip()) > 1:
        raise _bad_header("ISA15 is longer than one character")
    component, terminator = _closing(fields[_FIELDS])
    repetition = fields[11].strip()
    # ISA11 holds the repetition separator since 004020, before that a standards code such as U
    if len(repetition) != 1 or repetition.isalnum() or fields[12].strip() < "00402":
        repetition = ""
    return Dialect(element, component, repetition, terminator)


def _closing(rest: str) -> tuple[str, str]:
    """Component separator and terminator: what stands after the 16th element separator."""
    if len(rest) > 1 and rest[1] == " ":
        rest = rest[0] + rest[1:].lstrip(" ")
    if rest[1:2].isalpha() and _AFTER_ISA.match(rest, 1):
        return "", rest[0]
    if rest[:1] == "~" and _NO_COMPONENT.match(rest):
        return "", rest[0]
    if len(rest) < 2 or rest[1].isalnum() or rest[0].isalnum():
        raise _bad_header("ISA ends without component separator and terminator")
    return rest[0], rest[1]


def _bad_header(found: str) -> CodecError:
    return CodecError("bad_isa", f"{found}; {_HINT}", segment="ISA", record=1)
