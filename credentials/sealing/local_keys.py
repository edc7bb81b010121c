"""Master keys that this process holds: from the environment or a file.

Written as `id:key`, one a line or divided by commas, the newest first; the key is 32 random bytes
in base64. A rotation puts a new one in front and leaves the old until all is re-wrapped.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from credentials.errors import MasterKeyError, Unreadable
from credentials.sealing.envelope import KeyRing

VARIABLE = "COUNTERFOIL_MASTER_KEYS"

_PURPOSE = b"counterfoil data key"
_NONCE = 12
_KEY = 32
_ID = re.compile(r"[A-Za-z0-9_-]{1,40}")


class LocalKey:
    """A master key in memory."""

    def __init__(self, key_id: str, key: bytes) -> None:
        if not _ID.fullmatch(key_id):
            raise MasterKeyError("a master key's id; use 1 to 40 letters, digits, _ and -")
        if len(key) != _KEY:
            raise MasterKeyError(f"master key {key_id!r} has {len(key)} bytes; use {_KEY}")
        self._id = key_id
        self._cipher = AESGCM(key)

    @property
    def id(self) -> str:
        """Its name, written into what it seals."""
        return self._id

    def wrap(self, data_key: bytes) -> bytes:
        """The data key under this one."""
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, data_key, _PURPOSE)

    def unwrap(self, wrapped: bytes) -> bytes:
        """The data key again."""
        try:
            return self._cipher.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], _PURPOSE)
        except (InvalidTag, ValueError) as error:
            found = f"master key {self._id!r} is not the one it was sealed with"
            raise Unreadable(f"{found}; bring that key back") from error


def new_master_key(key_id: str) -> str:
    """A fresh key as it is written into the environment or a file."""
    return f"{key_id}:{base64.b64encode(os.urandom(_KEY)).decode('ascii')}"


def ring_of(text: str) -> KeyRing:
    """The ring that a text of `id:key` describes."""
    written = [each.strip() for each in re.split(r"[,\n]", text)]
    return KeyRing(_read(each) for each in written if each and not each.startswith("#"))


def ring_from_environment(environment: Mapping[str, str], variable: str = VARIABLE) -> KeyRing:
    """The ring in a variable."""
    text = environment.get(variable, "")
    if not text.strip():
        raise MasterKeyError(f"{variable} is not set; write id:key into it")
    return ring_of(text)


def ring_from_file(path: Path) -> KeyRing:
    """The ring in a file that nobody but its owner can read."""
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise MasterKeyError(f"master key file {path.name!r} cannot be read; check it") from error
    if stat.S_IMODE(mode) & 0o077:
        found = f"master key file {path.name!r} can be read by others"
        raise MasterKeyError(f"{found}; run: chmod 600")
    return ring_of(text)


def _read(written: str) -> LocalKey:
    key_id, _, key = written.partition(":")
    try:
        return LocalKey(key_id, base64.b64decode(key.encode("ascii"), validate=True))
    except (binascii.Error, ValueError) as error:
        found = "a master key that is not written as id:base64"
        raise MasterKeyError(f"{found}; make one with 32 random bytes") from error
