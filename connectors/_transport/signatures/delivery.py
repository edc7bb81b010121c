"""A webhook as it came, and what every scheme asks of it."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from connectors._transport.errors import TransportError

TOLERANCE = 300
"""Seconds by which a time may be off where the manifest does not say: what most vendors advise."""

_LONGEST_HEADER = 8192
_MILLISECONDS = 10**12
_HEX = re.compile(r"[0-9A-Fa-f]*")


class SignatureRefused(TransportError):
    """Not shown to come from the system; nothing of it may be used. `code` says why, for logs:
    `no_key, unsigned, missing, malformed, stale, mismatch`. The sender is told nothing of it.
    """


@dataclass(frozen=True, slots=True)
class Delivery:
    """A request of a system to us: the body as the raw bytes, never read and written again."""

    method: str
    url: str
    """The address as it was registered with the system."""
    headers: Mapping[str, str]
    body: bytes

    def header(self, name: str) -> str:
        """A header that must be there."""
        wanted = name.lower()
        found = [value for each, value in self.headers.items() if each.lower() == wanted]
        if len(found) != 1 or not found[0].strip():
            raise SignatureRefused("missing", f"header {name!r} is missing; the system sends it")
        if len(found[0]) > _LONGEST_HEADER:
            raise SignatureRefused("malformed", f"header {name!r} is too long")
        return found[0].strip()

    def part(self, name: str, spec: Mapping[str, Any]) -> bytes:
        """A part of the signed text, by its name in the manifest."""
        if name == "body":
            return self.body
        if name in ("timestamp", "id"):
            return self.header(spec[name]).encode("utf-8", "surrogatepass")
        split = urlsplit(self.url)
        target = split.path + (f"?{split.query}" if split.query else "")
        return {"url": self.url, "method": self.method.upper(), "path": target}[name].encode(
            "utf-8", "surrogatepass"
        )


@dataclass(frozen=True, slots=True)
class Keys:
    """What a signature is checked with; several while keys are changed, any of which fits."""

    secrets: tuple[str, ...] = field(default=(), repr=False)
    """Shared secrets; `user:password` for basic; the webhook's id for PayPal."""
    public_keys: tuple[str, ...] = ()
    """Keys or certificates as PEM, or JSON Web Keys."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What the signature vouches for besides the body."""

    message_id: str | None = None
    sent_at: int | None = None
    """Seconds since 1970, where a signed time came along."""


def need(keys: tuple[str, ...], what: str) -> tuple[str, ...]:
    """The keys; without one nothing can be proven."""
    usable = tuple(key for key in keys if key)
    if not usable:
        raise SignatureRefused("no_key", f"no {what} is stored; put it into the connection")
    return usable


def signed_text(spec: Mapping[str, Any], delivery: Delivery) -> bytes:
    """What the signature is over."""
    mark = str(spec.get("join", "")).encode()
    return mark.join(delivery.part(name, spec) for name in spec.get("signed", ["body"]))


def stated_signature(spec: Mapping[str, Any], text: str) -> bytes:
    """The bytes of a signature as a header writes them."""
    prefix = str(spec.get("prefix", ""))
    if not text.startswith(prefix):
        raise malformed(f"a signature without {prefix[:20]!r} before it")
    return decode(text[len(prefix) :], spec.get("encoding", "hex"))


def decode(text: str, encoding: str) -> bytes:
    """Strictly, so that one signature has one spelling."""
    try:
        if encoding == "base64":
            return base64.b64decode(text.encode("ascii"), validate=True)
        if _HEX.fullmatch(text):
            return bytes.fromhex(text)
    except (binascii.Error, ValueError) as error:
        raise malformed(f"a signature that is not {encoding}") from error
    raise malformed(f"a signature that is not {encoding}")


def malformed(found: str) -> SignatureRefused:
    """A signature that cannot be read."""
    return SignatureRefused("malformed", f"{found}; check the scheme in the manifest")


def mismatch() -> SignatureRefused:
    """A signature that is not ours to believe."""
    return SignatureRefused(
        "mismatch", "the signature does not fit; check the secret, and that the raw body is used"
    )


def fresh_time(text: str, tolerance: int | None, now: int) -> int:
    """The time of sending in seconds; refused when it is too far from now, either way."""
    moment = _seconds(text)
    allowed = TOLERANCE if tolerance is None else tolerance
    if abs(now - moment) > allowed:
        found = f"sent {abs(now - moment)} seconds off"
        raise SignatureRefused("stale", f"{found}; at most {allowed} are taken, check the clocks")
    return moment


def _seconds(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) < 17:
        number = int(text)
        return number // 1000 if number >= _MILLISECONDS else number
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise malformed(f"a time {text[:40]!r} that is neither seconds nor RFC 3339") from error
    if moment.tzinfo is None:
        raise malformed(f"a time {text[:40]!r} without its zone")
    return int(moment.timestamp())
