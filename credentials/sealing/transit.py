"""A master key that never leaves OpenBao or Vault: its transit engine wraps for us.

Its own rotation (`transit/keys/<name>/rotate`) needs nothing here: old versions still open there.
"""

from __future__ import annotations

import base64
import binascii

from credentials.errors import MasterKeyError, Unreadable
from credentials.openbao import OpenBao, part_of


class TransitKey:
    """A named key of a transit engine."""

    def __init__(
        self, bao: OpenBao, name: str, *, mount: str = "transit", key_id: str = ""
    ) -> None:
        self._bao = bao
        self._path = f"/v1/{mount}/{{}}/{name}"
        self._id = key_id or f"transit-{name}"

    @property
    def id(self) -> str:
        """Its name, written into what it seals."""
        return self._id

    def wrap(self, data_key: bytes) -> bytes:
        """The data key as the engine's own ciphertext (`vault:v1:…`)."""
        body = {"plaintext": base64.b64encode(data_key).decode("ascii")}
        status, answer = self._bao.ask("POST", self._path.format("encrypt"), body)
        if status != 200:
            raise MasterKeyError(f"transit key {self._id!r} cannot wrap ({status}); create it")
        return str(part_of(answer, "data")["ciphertext"]).encode("ascii")

    def unwrap(self, wrapped: bytes) -> bytes:
        """The data key again."""
        body = {"ciphertext": wrapped.decode("ascii", "replace")}
        status, answer = self._bao.ask("POST", self._path.format("decrypt"), body)
        if status != 200:
            raise Unreadable(f"transit key {self._id!r} does not open this ({status}); restore it")
        try:
            return base64.b64decode(str(part_of(answer, "data")["plaintext"]), validate=True)
        except binascii.Error as error:
            raise Unreadable(f"transit key {self._id!r} gave no key; check the engine") from error
