"""Signatures with a private key that only the system has: RSA, ECDSA, PayPal, JWT over a hash."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import zlib
from collections.abc import Mapping
from typing import Any, TypeAlias

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

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

PublicKey: TypeAlias = rsa.RSAPublicKey | ec.EllipticCurvePublicKey

_HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha1": hashes.SHA1(),  # noqa: S303 - what a vendor signs with is the vendor's choice
    "sha256": hashes.SHA256(),
    "sha512": hashes.SHA512(),
}
_LEAST_RSA_BITS = 2048
_P256_HALF = 32


def check_public_key(spec: Mapping[str, Any], delivery: Delivery, keys: Keys, now: int) -> Verified:
    """RSA (PKCS #1 v1.5) or ECDSA (DER) over the signed parts; base64 unless stated."""
    texts = need(keys.public_keys, "public key")
    written = {"encoding": "base64", **spec}
    signature = stated_signature(written, delivery.header(spec["header"]))
    sent_at = None
    if "timestamp" in spec:
        sent_at = fresh_time(delivery.header(spec["timestamp"]), spec.get("tolerance"), now)
    text, algorithm = signed_text(spec, delivery), _HASHES[spec.get("algorithm", "sha256")]
    usable = [key for key in map(read_key, texts) if _is_of(key, spec["scheme"])]
    if not any(_fits(key, signature, text, algorithm) for key in usable):
        raise mismatch()
    return Verified(delivery.header(spec["id"]) if "id" in spec else None, sent_at)


def check_paypal(spec: Mapping[str, Any], delivery: Delivery, keys: Keys, now: int) -> Verified:
    """The transmission's own text, signed with the key of a certificate of PayPal.

    The body enters only as a CRC-32, which is no proof against someone who may alter it under a
    signature that exists; where that matters, ask PayPal to verify.
    """
    webhook_ids = need(keys.secrets, "webhook id")
    certificates = need(keys.public_keys, "certificate")
    if delivery.header("PAYPAL-AUTH-ALGO") != "SHA256withRSA":
        raise malformed("another algorithm than SHA256withRSA")
    signature = decode(delivery.header("PAYPAL-TRANSMISSION-SIG"), "base64")
    message_id = delivery.header("PAYPAL-TRANSMISSION-ID")
    time = delivery.header("PAYPAL-TRANSMISSION-TIME")
    sent_at = fresh_time(time, spec.get("tolerance"), now)
    texts = [f"{message_id}|{time}|{each}|{zlib.crc32(delivery.body)}" for each in webhook_ids]
    usable = [key for key in map(read_key, certificates) if isinstance(key, rsa.RSAPublicKey)]
    if not any(
        _fits(key, signature, text.encode("utf-8", "surrogatepass"), hashes.SHA256())
        for key in usable
        for text in texts
    ):
        raise mismatch()
    return Verified(message_id, sent_at)


def check_jwt(spec: Mapping[str, Any], delivery: Delivery, keys: Keys, now: int) -> Verified:
    """A JWT (ES256, nothing else) that carries the SHA-256 of the body and when it was made."""
    texts = need(keys.public_keys, "public key")
    token = delivery.header(spec["header"]).split(".")
    if len(token) != 3:
        raise malformed("a token that is not a signed JWT")
    head, claims = _json_part(token[0]), _json_part(token[1])
    if head.get("alg") != "ES256":
        raise malformed(f"a token signed with {str(head.get('alg'))[:20]!r}, not ES256")
    raw = _part_bytes(token[2])
    signature = _der(raw)
    usable = [key for key in map(read_key, texts) if isinstance(key, ec.EllipticCurvePublicKey)]
    text = f"{token[0]}.{token[1]}".encode("ascii")
    if not any(_fits(key, signature, text, hashes.SHA256()) for key in usable):
        raise mismatch()
    sent_at = fresh_time(str(claims.get("iat", "")), spec.get("tolerance"), now)
    stated = str(claims.get("request_body_sha256", ""))
    if not hmac.compare_digest(stated.encode(), hashlib.sha256(delivery.body).hexdigest().encode()):
        raise mismatch()
    return Verified(None, sent_at)


def read_key(text: str) -> PublicKey:
    """A public key from PEM (key or certificate) or a JSON Web Key."""
    try:
        key = _jwk(json.loads(text)) if text.lstrip().startswith("{") else _pem(text.encode())
    except (ValueError, KeyError, TypeError, UnsupportedAlgorithm) as error:
        message = "a public key that cannot be read; give PEM or a JSON Web Key"
        raise SignatureRefused("no_key", message) from error
    if isinstance(key, ec.EllipticCurvePublicKey):
        return key
    if isinstance(key, rsa.RSAPublicKey) and key.key_size >= _LEAST_RSA_BITS:
        return key
    raise SignatureRefused("no_key", "a key that is neither RSA of 2048 bits nor elliptic")


def _pem(data: bytes) -> Any:
    if b"BEGIN CERTIFICATE" in data:
        return x509.load_pem_x509_certificate(data).public_key()
    return serialization.load_pem_public_key(data)


def _jwk(members: dict[str, Any]) -> PublicKey:
    def number(name: str) -> int:
        return int.from_bytes(_part_bytes(members[name]))

    if members["kty"] == "RSA":
        return rsa.RSAPublicNumbers(number("e"), number("n")).public_key()
    if (members["kty"], members["crv"]) != ("EC", "P-256"):
        raise ValueError("only RSA and P-256")
    return ec.EllipticCurvePublicNumbers(number("x"), number("y"), ec.SECP256R1()).public_key()


def _is_of(key: PublicKey, scheme: str) -> bool:
    return isinstance(key, rsa.RSAPublicKey) == (scheme == "rsa")


def _fits(key: PublicKey, signature: bytes, text: bytes, algorithm: hashes.HashAlgorithm) -> bool:
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, text, padding.PKCS1v15(), algorithm)
        else:
            key.verify(signature, text, ec.ECDSA(algorithm))
    except InvalidSignature:
        return False
    return True


def _der(raw: bytes) -> bytes:
    """RFC 7518, section 3.4: r and s, 32 bytes each."""
    if len(raw) != 2 * _P256_HALF:
        raise malformed(f"a token with a signature of {len(raw)} bytes")
    return encode_dss_signature(int.from_bytes(raw[:_P256_HALF]), int.from_bytes(raw[_P256_HALF:]))


def _json_part(text: str) -> dict[str, Any]:
    try:
        value = json.loads(_part_bytes(text))
    except (ValueError, RecursionError) as error:
        raise malformed("a token that is not a signed JWT") from error
    if not isinstance(value, dict):
        raise malformed("a token that is not a signed JWT")
    return value


def _part_bytes(text: str) -> bytes:
    try:
        padded = (text + "=" * (-len(text) % 4)).encode("ascii")
        return base64.b64decode(padded, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise malformed("a token that is not base64url") from error
