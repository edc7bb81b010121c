"""Transforms of files that stand in a payload as base64: what tells them apart, never the bytes."""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import Any

from connectors._transforms.registry import transform
from connectors._transforms.texts import spelled
from connectors.errors import TransformError


@transform()
def base64_sha256(value: Any) -> str | None:
    """SHA-256 of the bytes, hexadecimal; nothing for no bytes."""
    content = _bytes(value)
    return hashlib.sha256(content).hexdigest() if content else None


@transform()
def base64_size(value: Any) -> int | None:
    """How many bytes; nothing for none."""
    return len(_bytes(value)) or None


def _bytes(value: Any) -> bytes:
    compact = "".join(spelled(value).split())
    try:
        return base64.b64decode(compact, validate=True)
    except (binascii.Error, ValueError) as error:
        raise TransformError("base64") from error
