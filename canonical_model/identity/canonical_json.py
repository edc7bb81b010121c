"""Canonical JSON (RFC 8785) of plain values, and the SHA-256 of it."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import TypeAlias

from msgspec.json import Encoder

from canonical_model.errors import CanonicalError

Plain: TypeAlias = "str | int | bool | Sequence[Plain] | dict[str, Plain]"

# The encoder escapes text exactly as RFC 8785 3.2.2.2 asks, so a list of texts is canonical as it
# leaves the encoder; only the order of an object's members needs our care.
_encode = Encoder().encode
_LARGEST = 2**53 - 1  # RFC 8785 3.2.2.3: numbers are IEEE 754 doubles
_QUOTED = 40


class NotCanonicalJson(CanonicalError):
    """A value that has no canonical JSON."""


def canonical_json(value: Plain) -> bytes:
    """RFC 8785 bytes; only text, whole numbers, booleans, lists and objects of these are plain."""
    try:
        return _encode(_ordered(value))
    except UnicodeEncodeError as error:
        raise _surrogate(error) from None
    except RecursionError:
        raise NotCanonicalJson("the value is nested too deeply; flatten it") from None


def sha256_hex(parts: list[str]) -> str:
    """Lower-case hexadecimal SHA-256 of the canonical JSON of a list of texts."""
    try:
        return sha256(_encode(parts)).hexdigest()
    except UnicodeEncodeError as error:
        raise _surrogate(error) from None


def _ordered(value: Plain) -> Plain:
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        if abs(value) > _LARGEST:
            raise NotCanonicalJson(
                "a number beyond 2**53 - 1 is not exact in JSON; write it as text"
            )
        return value
    if isinstance(value, dict):
        return {name: _ordered(value[name]) for name in sorted(value, key=_utf16)}
    if isinstance(value, list | tuple):
        return [_ordered(element) for element in value]
    raise NotCanonicalJson(
        f"a {type(value).__name__} has no canonical JSON; write it as text, or leave it out"
    )


def _utf16(name: object) -> bytes:
    # RFC 8785 3.2.3 sorts by UTF-16 code units, which differs from code points beyond U+FFFF.
    if isinstance(name, str):
        return name.encode("utf-16-be")
    raise NotCanonicalJson(f"a member is named by a {type(name).__name__}; names are text")


def _surrogate(error: UnicodeEncodeError) -> NotCanonicalJson:
    near = error.object[max(0, error.start - _QUOTED // 2) : error.end]
    return NotCanonicalJson(f"a lone surrogate in {near!a}; write well-formed Unicode")
