"""AES-256-GCM with a fresh key for each sealing, and a ring of master keys that wrap such keys.

Sealed text: `cf1.<id of the master key>.<wrapped key>.<nonce and ciphertext>`, base64url without
padding. The context (tenant, name, kind) is authenticated: a sealed text moved to another row does
not open. Changing the master key re-wraps the small keys and leaves the ciphertext as it is.
"""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Iterable
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from credentials.errors import MasterKeyError, Unreadable

_FORMAT = "cf1"
_NONCE = 12
_KEY = 32


class MasterKey(Protocol):
    """A key that wraps other keys; it may live elsewhere."""

    @property
    def id(self) -> str:
        """Its name, written into what it seals."""

    def wrap(self, data_key: bytes) -> bytes:
        """The data key, readable with this master key only."""

    def unwrap(self, wrapped: bytes) -> bytes:
        """The data key again; `Unreadable` where it was wrapped by another or altered."""


class KeyRing:
    """Master keys: the first seals, all open. A rotation adds one in front, re-wraps, drops one."""

    def __init__(self, keys: Iterable[MasterKey]) -> None:
        self._keys: dict[str, MasterKey] = {}
        for key in keys:
            if key.id in self._keys:
                raise MasterKeyError(f"two master keys are called {key.id!r}; name each apart")
            self._keys[key.id] = key
        if not self._keys:
            raise MasterKeyError("no master key; set one before storing secrets")

    @property
    def current(self) -> MasterKey:
        """The key that seals."""
        return next(iter(self._keys.values()))

    @property
    def keys(self) -> tuple[MasterKey, ...]:
        """All keys, the one that seals first."""
        return tuple(self._keys.values())

    def seal(self, plain: bytes, context: bytes) -> str:
        """The plain bytes under a key used only here."""
        data_key, nonce = os.urandom(_KEY), os.urandom(_NONCE)
        body = nonce + AESGCM(data_key).encrypt(nonce, plain, context)
        return _join(self.current.id, self.current.wrap(data_key), body)

    def open(self, sealed: str, context: bytes) -> bytes:
        """The plain bytes; `Unreadable` under a wrong key, in a wrong place, or altered."""
        key_id, wrapped, body = _split(sealed)
        data_key = self._key(key_id).unwrap(wrapped)
        try:
            return AESGCM(data_key).decrypt(body[:_NONCE], body[_NONCE:], context)
        except (InvalidTag, ValueError) as error:
            found = "a sealed credential that was altered or moved"
            raise Unreadable(f"{found}; restore it from a backup, or delete it") from error

    def rewrap(self, sealed: str) -> str | None:
        """The same under the current key; nothing where it is already."""
        key_id, wrapped, body = _split(sealed)
        if key_id == self.current.id:
            return None
        data_key = self._key(key_id).unwrap(wrapped)
        return _join(self.current.id, self.current.wrap(data_key), body)

    def _key(self, key_id: str) -> MasterKey:
        key = self._keys.get(key_id)
        if key is None:
            known = ", ".join(self._keys)
            raise Unreadable(f"sealed with master key {key_id[:40]!r}, at hand: {known}; add it")
        return key


def key_id_of(sealed: str) -> str:
    """The master key that a sealed text needs."""
    return _split(sealed)[0]


def _join(key_id: str, wrapped: bytes, body: bytes) -> str:
    return ".".join((_FORMAT, key_id, _text(wrapped), _text(body)))


def _split(sealed: str) -> tuple[str, bytes, bytes]:
    parts = sealed.split(".")
    if len(parts) != 4 or parts[0] != _FORMAT:
        raise Unreadable("not a sealed credential; restore it from a backup, or delete it")
    return parts[1], _data(parts[2]), _data(parts[3])


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")


def _data(text: str) -> bytes:
    try:
        padded = (text + "=" * (-len(text) % 4)).encode("ascii")
        return base64.b64decode(padded, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise Unreadable("a sealed credential that was cut or altered; restore it") from error
