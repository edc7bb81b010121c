"""Signing as the systems do, by the same entry of the manifest: for simulators and for tests."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, TypeAlias

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from connectors._transport.signatures.delivery import Delivery, signed_text
from connectors._transport.signing import sign

_HALF = 32


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs: the shared secret, or the private key (PEM) whose public half we were given."""

    secret: str = field(default="", repr=False)
    private_key: str = field(default="", repr=False)
    key_id: str = ""


_Write: TypeAlias = Callable[[Mapping[str, Any], Delivery, Signer, str, int], dict[str, str]]


def sign_delivery(
    signature: Mapping[str, Any], delivery: Delivery, signer: Signer, *, message_id: str, now: int
) -> dict[str, str]:
    """The headers that prove a delivery under a scheme of a manifest.

    None for a secret in the body or the address: whoever makes those puts it there.
    """
    return _WAYS[signature["scheme"]](signature, delivery, signer, message_id, now)


def _hmac(
    spec: Mapping[str, Any], delivery: Delivery, signer: Signer, message_id: str, now: int
) -> dict[str, str]:
    headers = _stamps(spec, message_id, now)
    text = signed_text(spec, replace(delivery, headers=headers))
    digest = hmac.new(signer.secret.encode(), text, spec.get("algorithm", "sha256")).digest()
    return {**headers, spec["header"]: _written(spec, digest, "hex")}


def _standard(
    spec: Mapping[str, Any], delivery: Delivery, signer: Signer, message_id: str, now: int
) -> dict[str, str]:
    stem = str(spec.get("header", "webhook-signature"))[: -len("signature")]
    headers = sign(signer.secret, message_id, now, delivery.body)
    return {name.replace("webhook-", stem): value for name, value in headers.items()}


def _stripe(
    spec: Mapping[str, Any], delivery: Delivery, signer: Signer, message_id: str, now: int
) -> dict[str, str]:
    text = str(now).encode() + b"." + delivery.body
    digest = hmac.new(signer.secret.encode(), text, hashlib.sha256).hexdigest()
    return {spec.get("header", "Stripe-Signature"): f"t={now},v1={digest}"}


def _private(
    spec: Mapping[str, Any], delivery: Delivery, signer: Signer, message_id: str, now: int
) -> dict[str, str]:
    headers = _stamps(spec, message_id, now)
    text = signed_text(spec, replace(delivery, headers=headers))
    signature = _signed(signer, text, spec.get("algorithm", "sha256"))
    return {**headers, spec["header"]: _written(spec, signature, "base64")}


def _jwt(
    spec: Mapping[str, Any], delivery: Delivery, signer: Signer, message_id: str, now: int
) -> dict[str, str]:
    head = {"alg": "ES256", "typ": "JWT", "kid": signer.key_id}
    claims = {"iat": now, "request_body_sha256": hashlib.sha256(delivery.body).hexdigest()}
    text = ".".join(_base64url(json.dumps(part).encode()) for part in (head, claims))
    r, s = decode_dss_signature(_signed(signer, text.encode(), "sha256"))
    return {spec["header"]: f"{text}.{_base64url(r.to_bytes(_HALF) + s.to_bytes(_HALF))}"}


def _paypal(
    spec: Mapping[str, Any], delivery: Delivery, signer: Signer, message_id: str, now: int
) -> dict[str, str]:
    time = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    text = f"{message_id}|{time}|{signer.secret}|{zlib.crc32(delivery.body)}"
    return {
        "PAYPAL-TRANSMISSION-ID": message_id,
        "PAYPAL-TRANSMISSION-TIME": time,
        "PAYPAL-TRANSMISSION-SIG": _base64(_signed(signer, text.encode(), "sha256")),
        "PAYPAL-AUTH-ALGO": "SHA256withRSA",
    }


def _shared(
    spec: Mapping[str, Any], delivery: Delivery, signer: Signer, message_id: str, now: int
) -> dict[str, str]:
    if "header" not in spec:
        return {}
    return {spec["header"]: f"{spec.get('prefix', '')}{signer.secret}"}


def _basic(
    spec: Mapping[str, Any], delivery: Delivery, signer: Signer, message_id: str, now: int
) -> dict[str, str]:
    return {"Authorization": f"Basic {_base64(signer.secret.encode())}"}


def _nothing(
    spec: Mapping[str, Any], delivery: Delivery, signer: Signer, message_id: str, now: int
) -> dict[str, str]:
    return {}


def _stamps(spec: Mapping[str, Any], message_id: str, now: int) -> dict[str, str]:
    values = {"timestamp": str(now), "id": message_id}
    return {spec[name]: value for name, value in values.items() if name in spec}


def _written(spec: Mapping[str, Any], signature: bytes, usual: str) -> str:
    is_hex = spec.get("encoding", usual) == "hex"
    return f"{spec.get('prefix', '')}{signature.hex() if is_hex else _base64(signature)}"


def _signed(signer: Signer, text: bytes, algorithm: str) -> bytes:
    key = serialization.load_pem_private_key(signer.private_key.encode(), password=None)
    hashing = {"sha256": hashes.SHA256(), "sha512": hashes.SHA512()}[algorithm]
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(text, padding.PKCS1v15(), hashing)
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key.sign(text, ec.ECDSA(hashing))
    raise ValueError("a private key that is neither RSA nor elliptic; give one of these")


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")


_WAYS: dict[str, _Write] = {
    "hmac": _hmac,
    "standard_webhooks": _standard,
    "stripe": _stripe,
    "rsa": _private,
    "ecdsa": _private,
    "jwt_body_hash": _jwt,
    "paypal": _paypal,
    "shared_secret": _shared,
    "basic": _basic,
    "none": _nothing,
}
