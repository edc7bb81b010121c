"""Signatures with a shared key: plain HMAC, Standard Webhooks, Stripe."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from typing import Any

from connectors._transport.signatures.delivery import (
    Delivery,
    Keys,
    SignatureRefused,
    Verified,
    decode,
    fresh_time,
    malformed,
    mismatch,
    need,
    signed_text,
    stated_signature,
)
from connectors._transport.signing import key_bytes

_HASHES = {"sha1": hashlib.sha1, "sha256": hashlib.sha256, "sha512": hashlib.sha512}
_MOST_SIGNATURES = 16


def check_hmac(spec: Mapping[str, Any], delivery: Delivery, keys: Keys, now: int) -> Verified:
    """A keyed hash of the signed parts in one header."""
    secrets = need(keys.secrets, "webhook secret")
    stated = stated_signature(spec, delivery.header(spec["header"]))
    sent_at = _sent_at(spec, delivery, now)
    _match(
        (secret.encode("utf-8") for secret in secrets),
        signed_text(spec, delivery),
        [stated],
        spec.get("algorithm", "sha256"),
    )
    return Verified(delivery.header(spec["id"]) if "id" in spec else None, sent_at)


def _sent_at(spec: Mapping[str, Any], delivery: Delivery, now: int) -> int | None:
    if "timestamp" not in spec:
        return None
    return fresh_time(delivery.header(spec["timestamp"]), spec.get("tolerance"), now)


def check_standard(spec: Mapping[str, Any], delivery: Delivery, keys: Keys, now: int) -> Verified:
    """Standard Webhooks; Svix writes the same under names of its own."""
    secrets = need(keys.secrets, "webhook secret")
    name = str(spec.get("header", "webhook-signature"))
    stem = name[: -len("signature")]
    message_id = delivery.header(spec.get("id", f"{stem}id"))
    timestamp = delivery.header(spec.get("timestamp", f"{stem}timestamp"))
    stated = [
        decode(value, "base64")
        for version, _, value in (each.partition(",") for each in delivery.header(name).split())
        if version == "v1"
    ]
    sent_at = fresh_time(timestamp, spec.get("tolerance"), now)
    text = b".".join((_bytes(message_id), _bytes(timestamp), delivery.body))
    _match((_secret_key(secret) for secret in secrets), text, stated, "sha256")
    return Verified(message_id, sent_at)


def check_stripe(spec: Mapping[str, Any], delivery: Delivery, keys: Keys, now: int) -> Verified:
    """`t=…,v1=…` over `t.body`; the secret is the key as it is written, prefix and all."""
    secrets = need(keys.secrets, "webhook secret")
    header = delivery.header(spec.get("header", "Stripe-Signature"))
    pairs = [each.strip().partition("=")[::2] for each in header.split(",")]
    times = [value for name, value in pairs if name == "t"]
    if len(times) != 1:
        raise malformed("a signature without its one time")
    stated = [decode(value, "hex") for name, value in pairs if name == "v1"]
    sent_at = fresh_time(times[0], spec.get("tolerance"), now)
    text = _bytes(times[0]) + b"." + delivery.body
    _match((secret.encode("utf-8") for secret in secrets), text, stated, "sha256")
    return Verified(None, sent_at)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _secret_key(secret: str) -> bytes:
    try:
        return key_bytes(secret)
    except ValueError as error:
        raise SignatureRefused("no_key", str(error)) from error


def _match(keys: Iterable[bytes], text: bytes, stated: list[bytes], algorithm: str) -> None:
    """Every pair is compared, in constant time, so that the time taken tells nothing."""
    if len(stated) > _MOST_SIGNATURES:
        raise malformed(f"{len(stated)} signatures")
    fits = False
    for key in keys:
        expected = hmac.new(key, text, _HASHES[algorithm]).digest()
        for signature in stated:
            fits |= hmac.compare_digest(expected, signature)
    if not fits:
        raise mismatch()
