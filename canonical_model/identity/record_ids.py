"""From the parts of a key to the id of a record."""

from __future__ import annotations

from base64 import b32encode
from typing import Final

from canonical_model.documents import KINDS, PREFIXES
from canonical_model.envelope import Key
from canonical_model.errors import UnknownKind
from canonical_model.identity.canonical_json import sha256_hex
from canonical_model.identity.rungs import WEAK_RUNGS

VERSION: Final = "k1"
"""First part of every key: another way to build keys would be `k2`."""

NATURAL: Final = "natural"
SOURCE: Final = "source"
_ID_LENGTH = 26
_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
_PAIRS = tuple(first + second for first in _LETTERS for second in _LETTERS)


def make_key(basis: str, parts: list[str]) -> Key:
    """A key from all its parts, the version included."""
    return Key(basis=basis, hash=sha256_hex(parts), parts=parts)


def is_weak(key: Key) -> bool:
    """Whether a hit on this key is only a suspicion and never a merge."""
    return key.basis in WEAK_RUNGS


def base32(digest: bytes) -> str:
    """Lower-case base32 without padding: safe in addresses, file names and double clicks."""
    return b32encode(digest).decode("ascii").rstrip("=").lower()


def record_id(kind: str, key: Key) -> str:
    """The id of a record of that kind whose first key is this one."""
    if kind not in PREFIXES:
        raise UnknownKind(kind, KINDS)
    return f"{PREFIXES[kind]}_{_begin(key.hash)}"


def _begin(digest: str) -> str:
    """What base32 of a hexadecimal hash begins with, two letters (ten bits) at a time.

    The same as `base32`, at a tenth of its cost: every record has an id.
    """
    bits = int(digest[:34], 16) >> 6  # 34 digits are 136 bits, 26 letters are 130
    return "".join([_PAIRS[bits >> shift & 1023] for shift in range(5 * _ID_LENGTH - 10, -1, -10)])
