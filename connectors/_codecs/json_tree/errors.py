"""What is wrong with a JSON text, said so that its author can fix it: line, column and a hint."""

from __future__ import annotations

import re

from connectors.errors import CodecError

_AT_BYTE = re.compile(r" \(byte (\d+)\)$")
_PYTHON_WORD = re.compile(rb"(?:True|False|None)\b")
_NOT_A_NUMBER = re.compile(rb"-?(?:NaN|Infinity|inf|nan)\b")
_BARE_NAME = re.compile(rb"[A-Za-z_$]")
_LONE_SURROGATE = re.compile(rb"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])")

_AS_PYTHON = "this looks like a printed Python object; write it with json.dumps"
_HINTS = (
    (re.compile(rb"'"), "text in single quotes", _AS_PYTHON),
    (_PYTHON_WORD, "the Python word {found}", _AS_PYTHON),
    (re.compile(rb"undefined\b"), "the word undefined", "write null or leave the member out"),
    (_NOT_A_NUMBER, "{found}, which JSON does not have", "write null or a number"),
    (re.compile(rb"/[/*]|#"), "a comment", "JSON has no comments; remove it"),
    (re.compile(rb"[,}\]]"), "{found} where a value is due", "write one, or drop the comma before"),
    (re.compile(rb"\+|\."), "a number that starts with {found}", "write it as 1 or 0.1"),
    (re.compile(rb"[\x00-\x1f]"), "a control character", "write it as \\n, \\t or \\u00XX"),
    (re.compile(rb"<"), "{found}, as markup starts", "this may be XML or HTML, not JSON"),
    (_BARE_NAME, "a bare word", "put names and text in double quotes"),
)

_PLAIN = {
    "trailing comma in array": ("a comma with nothing after it", "remove the last comma"),
    "trailing comma in object": ("a comma with nothing after it", "remove the last comma"),
    "invalid number": ("a number with a bare dot, exponent or leading zero", "write 1, 0.1 or 1e2"),
    "expected ':'": ("no colon after a member name", "put one between name and value"),
    "expected ',' or ']'": ("no comma after an item", "put one between items, or close the list"),
    "expected ',' or '}'": ("no comma after a member", "put one, or close the object"),
}
_LONGEST_LINE = 100_000
"""Columns are not counted further than this."""


def explain(data: bytes, reason: str) -> CodecError:
    """The `CodecError` for a parser's complaint such as `JSON is malformed: … (byte 7)`."""
    where = _AT_BYTE.search(reason)
    if where is None:
        return _cut_short(data)
    byte = int(where.group(1))
    plain = reason[: where.start()].removeprefix("JSON is malformed: ")
    byte -= plain == "trailing characters"  # that complaint names the byte after
    found, hint = _seen(data, byte, plain)
    line, column = position(data, byte)
    return CodecError(
        "malformed_json", f"{found}; {hint}", line=line, column=column, byte=byte, hint=hint
    )


def position(data: bytes, byte: int) -> tuple[int, int | None]:
    """Line and column, both from 1, of a byte offset; no column far into a very long line."""
    line = data.count(b"\n", 0, byte) + 1
    start = data.rfind(b"\n", 0, byte) + 1
    if byte - start > _LONGEST_LINE:
        return line, None
    return line, len(data[start:byte].decode("utf-8", "replace")) + 1


def _seen(data: bytes, byte: int, plain: str) -> tuple[str, str]:
    """What stands at the byte, and what would work instead."""
    if plain in _PLAIN and data[byte : byte + 1] != b"/":
        return _PLAIN[plain]
    if plain == "trailing characters":
        return _after_the_value(data[byte : byte + 40])
    for pattern, found, hint in _HINTS:
        match = pattern.match(data, byte)
        if match:
            return found.format(found=match.group().decode("ascii")), hint
    return plain, "check the text around this place"


def _after_the_value(rest: bytes) -> tuple[str, str]:
    if rest[:1] in (b"{", b"["):
        return "a second JSON value", "put the values in one list, or one on each line (NDJSON)"
    if rest[:1] in (b"/", b"#"):
        return "a comment", "JSON has no comments; remove it"
    return "text after the end of the JSON value", "remove what follows the closing bracket"


def _cut_short(data: bytes) -> CodecError:
    line, column = position(data, len(data))
    if _LONE_SURROGATE.search(data):
        found, hint = "half of a \\u surrogate pair", "write both halves or the character itself"
        return CodecError("malformed_json", f"{found}; {hint}", hint=hint)
    found, hint = "the text ends inside a value", "send the whole file"
    return CodecError("truncated_json", f"{found}; {hint}", line=line, column=column, hint=hint)
