"""EDIFACT interchange headers: the UNA service string, or what UNB and its syntax level imply."""

from __future__ import annotations

import re
from dataclasses import replace

from connectors._codecs.segments.source import HEAD, Dialect, Header
from connectors.errors import CodecError

DEFAULT_SERVICE = ":+.? '"
REPEATS_SINCE = "4"

_MARK = re.compile(r"UN[AB]")
_UNB = re.compile(r"UNB(?P<element>[^A-Za-z0-9 \r\n])[A-Z]{4}(?P<component>[^A-Za-z0-9 \r\n])")
_LIKELY = re.compile(r"UNA[^A-Za-z0-9]{3}|UNB.[A-Z]{4}")
_ENVELOPE = re.compile(r"[ \t\r\n]*(?P<tag>UN[BGH])(?P<element>.)")
_BARE = re.compile(r"[ \t\r\n]*(?P<tag>UN[GH])\+[A-Za-z0-9]")
_HINT = "an interchange begins with UNA or UNB"
_LEVEL_A = Dialect("+", ":", "", "'", "?")
# ISO 9735 level B separates with the control characters IS1, IS3 and IS4
_LEVEL_B = Dialect("\x1d", "\x1f", "", "\x1c")


class EdifactSyntax:
    """Finds UNA and UNB headers with any service characters."""

    marks: tuple[str, ...] = ("UNA", "UNB")

    def first(self, text: str) -> Header:
        """The first UNA or UNB of the input; messages without either get the usual characters."""
        problem: CodecError | None = None
        for found in _MARK.finditer(text, 0, HEAD):
            try:
                header = _header(text[found.start() : found.start() + HEAD])
            except CodecError as error:
                problem = problem or error
            else:
                start = found.start() + header.start
                return replace(header, start=start, begin=found.start())
        bare = _BARE.match(text)
        if problem is not None or bare is None:
            raise problem or CodecError("not_edifact", f"no UNB segment found; {_HINT}", byte=0)
        return Header(_LEVEL_A, bare.start("tag"), enveloped=False)

    def header(self, text: str, at: int) -> Header | None:
        """The UNA or UNB that begins at this place."""
        if not _LIKELY.match(text, at):
            return None
        try:
            return _header(text[at : at + HEAD])
        except CodecError:
            return None


def _header(text: str) -> Header:
    if text.startswith("UNA"):
        return _from_service(text)
    found = _UNB.match(text)
    if found is None:
        raise CodecError("bad_unb", f"UNB names no syntax; {_HINT}", segment="UNB", record=1)
    if found["element"] == _LEVEL_B.element:
        return Header(_LEVEL_B)
    repetition = "*" if _repeats(text, found) else ""
    # without UNA only the terminator can be missed: it stands far behind what UNB shows
    terminator = "\n" if "'" not in text and "\n" in text else "'"
    dialect = Dialect(found["element"], found["component"], repetition, terminator, "?")
    return Header(dialect)


def _from_service(text: str) -> Header:
    chars, end = _service(text)
    following = _ENVELOPE.match(text, end)
    if following is None or following["element"] != chars[1]:
        raise _bad_service("is not followed by a segment with its separators")
    component, element, decimal, release, reserved, terminator = tuple(chars)
    if len({component, element, terminator}) < 3 or (component + element + terminator).isalnum():
        raise _bad_service("does not name three different separators")
    start = following.start("tag")
    unb = _UNB.match(text, start)
    used = unb is not None and _repeats(text, unb) and not reserved.isspace()
    repetition = reserved if used else ""
    dialect = Dialect(
        element,
        component,
        repetition,
        terminator,
        release=release.strip(" "),
        decimal="," if decimal == "," else ".",
        reserved="" if used else reserved.strip(" "),
    )
    return Header(dialect, start)


def _service(text: str) -> tuple[str, int]:
    """The six service characters and where they end; some writers forget the blank fifth."""
    chars = text[3:9]
    if len(chars) < 6:
        raise _bad_service("is cut")
    if chars[5].isalnum() or (chars[5] in "\r\n" and chars[4] in "'~"):
        return f"{chars[:4]} {chars[4]}", 8
    return chars, 9


def _repeats(text: str, unb: re.Match[str]) -> bool:
    """Elements repeat since syntax version 4 (ISO 9735-1:1998)."""
    version = text[unb.end() : unb.end() + 1]
    return version.isdigit() and version >= REPEATS_SINCE


def _bad_service(found: str) -> CodecError:
    return CodecError("bad_una", f"UNA {found}; {_HINT}", segment="UNA", record=1)
