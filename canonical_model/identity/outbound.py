"""Idempotency keys of what we write into other systems."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Literal
from uuid import UUID

from canonical_model.errors import CanonicalError
from canonical_model.identity.canonical_json import canonical_json
from canonical_model.identity.normalise import plain
from canonical_model.identity.record_ids import base32

Action = Literal["create", "update", "void"]
SHORTEST_CUT = 16
"""Characters of base32 below which two effects could share a key: 16 hold 80 bits."""


class OutboundKeyError(CanonicalError):
    """A key that would not tell two effects apart."""


@dataclass(frozen=True, slots=True)
class OutboundKey:
    """One effect on another system, in the spellings that systems accept."""

    parts: tuple[str | int, ...]
    digest: bytes

    @property
    def hex64(self) -> str:
        """All of it in hexadecimal."""
        return self.digest.hex()

    @property
    def hex32(self) -> str:
        """The first half of it in hexadecimal."""
        return self.hex64[:32]

    @property
    def base32(self) -> str:
        """All of it in 52 lower-case letters and digits."""
        return base32(self.digest)

    @property
    def uuid(self) -> str:
        """A UUID marked as made from a name (version 5), which older validators accept too."""
        return str(UUID(bytes=self.digest[:16], version=5))

    def cut(self, length: int) -> str:
        """The first characters of `base32`, for fields of limited length."""
        if length < SHORTEST_CUT:
            raise OutboundKeyError(
                f"{length} characters are too few for a key; use {SHORTEST_CUT} or more"
            )
        return self.base32[:length]


def outbound_key(
    action: Action,
    *,
    target: str,
    connection: str,
    record: str,
    step: str = "",
    revision: int | None = None,
) -> OutboundKey:
    """The key of one effect on one target.

    A record is created once for ever, so that `create` disregards the revision; an update or void
    is another effect for each revision and must name it.
    """
    if action == "create":
        revision = None
    elif revision is None:
        raise OutboundKeyError(f"{action!r:.40} without a revision; pass the record's revision")
    effect = (plain(target), plain(connection), plain(record), revision, plain(step))
    parts = tuple(part for part in ("w1", action, *effect) if part is not None)
    return OutboundKey(parts, sha256(canonical_json(parts)).digest())
