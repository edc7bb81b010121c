"""Small secrets of the server itself, sealed before they are stored."""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from node_server.config import Settings
from node_server.errors import Refusal

_NONCE = 12


@dataclass(frozen=True)
class Seal:
    """AES-256-GCM under the server's master key; `about` ties a seal to its place."""

    key: bytes = field(repr=False)

    def seal(self, secret: str, about: str) -> bytes:
        """The secret so that only this key opens it, and only at this place."""
        nonce = os.urandom(_NONCE)
        return nonce + AESGCM(self.key).encrypt(nonce, secret.encode(), about.encode())

    def open(self, sealed: bytes, about: str) -> str:
        """The secret; a refusal where the master key is another one."""
        try:
            nonce, rest = sealed[:_NONCE], sealed[_NONCE:]
            return AESGCM(self.key).decrypt(nonce, rest, about.encode()).decode()
        except InvalidTag:
            hint = "start the server with the master key that it was set up with"
            raise Refusal(503, "unavailable", "a secret cannot be opened", hint=hint) from None


def open_seal(settings: Settings) -> Seal:
    """The seal on the master key that is set, or on the one kept in the data folder."""
    stated = settings.master_key or _kept(Path(settings.data))
    return Seal(hashlib.sha256(b"counterfoil/seal/1:" + stated.encode()).digest())


def _kept(folder: Path) -> str:
    """The key file, made at the first start, readable by its owner alone."""
    path = folder / "master.key"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        key = base64.b64encode(secrets.token_bytes(32)).decode()
        file.write(key + "\n")
    return key
