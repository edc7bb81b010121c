"""Signing what we send, as Standard Webhooks asks; several signatures while a secret is changed.

The reference package is not used: it signs only text, with one secret, reads `now` itself, and its
reader lets errors of other libraries through. The tests hold this against it, both ways.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets as randomness
from collections.abc import Sequence

_PREFIX = "whsec_"
_LEAST, _MOST = 24, 64  # Standard Webhooks, "Signature scheme": 24 to 64 random bytes


def new_secret() -> str:
    """A fresh secret in the spelling that receivers' libraries expect."""
    return _PREFIX + base64.b64encode(randomness.token_bytes(32)).decode("ascii")


def key_bytes(secret: str) -> bytes:
    """The key of a secret; `ValueError` where it is none, without quoting it."""
    text = secret.removeprefix(_PREFIX)
    try:
        key = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("a webhook secret that is not base64; make a new one") from error
    if not _LEAST <= len(key) <= _MOST:
        found = f"a webhook secret of {len(key)} bytes"
        raise ValueError(f"{found}; {_LEAST} to {_MOST} are asked for, make a new one")
    return key


def sign(
    secrets: str | Sequence[str], message_id: str, timestamp: int, body: bytes
) -> dict[str, str]:
    """The three headers of a message, one signature for each secret, the newest first.

    The id stays the same over all tries of a message; the time is that of the try.
    """
    secrets = [secrets] if isinstance(secrets, str) else secrets
    if not secrets:
        raise ValueError("no secret to sign with; give the subscription one")
    if "." in message_id or not message_id.isascii() or not message_id.isprintable():
        raise ValueError(f"message id {message_id[:40]!r}; use ASCII without points")
    text = b".".join((message_id.encode(), str(timestamp).encode(), body))
    digests = (hmac.new(key_bytes(each), text, hashlib.sha256).digest() for each in secrets)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(f"v1,{base64.b64encode(d).decode()}" for d in digests),
    }
