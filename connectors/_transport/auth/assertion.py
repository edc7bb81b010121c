"""A signed statement of who the client is (RFC 7523): a small JWT, made for one token call."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Mapping

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from connectors._transport.errors import TransportRefused

_LIFE = 300
_HALF = 32  # bytes of r and of s on P-256


def make_assertion(
    parts: Mapping[str, str], audience: str, *, now: int, scopes: list[str] | None = None
) -> str:
    """The assertion for an audience, good for five minutes and for one use."""
    algorithm = parts.get("algorithm", "RS256")
    head = {"alg": algorithm, "typ": "JWT"}
    if parts.get("key_id"):
        head["kid"] = parts["key_id"]
    claims: dict[str, object] = {
        "iss": parts["client_id"],
        "sub": parts.get("subject") or parts["client_id"],
        "aud": parts.get("audience") or audience,
        "iat": now,
        "exp": now + _LIFE,
        "jti": secrets.token_urlsafe(16),
    }
    if scopes:
        claims["scope"] = scopes  # NetSuite and Google read the scopes here
    text = f"{_part(head)}.{_part(claims)}"
    signature = _sign(parts["private_key"], algorithm, text.encode("ascii"))
    return f"{text}.{_base64url(signature)}"


def _sign(pem: str, algorithm: str, text: bytes) -> bytes:
    try:
        key = serialization.load_pem_private_key(pem.encode("utf-8"), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise _unusable("cannot be read; give an unlocked PEM") from error
    if algorithm == "ES256" and isinstance(key, ec.EllipticCurvePrivateKey):
        r, s = decode_dss_signature(key.sign(text, ec.ECDSA(hashes.SHA256())))
        if not isinstance(key.curve, ec.SECP256R1):
            raise _unusable("is on another curve than P-256; make one there")
        return r.to_bytes(_HALF) + s.to_bytes(_HALF)
    if algorithm == "RS256" and isinstance(key, rsa.RSAPrivateKey):
        return key.sign(text, padding.PKCS1v15(), hashes.SHA256())
    if algorithm == "PS256" and isinstance(key, rsa.RSAPrivateKey):
        pss = padding.PSS(padding.MGF1(hashes.SHA256()), salt_length=32)
        return key.sign(text, pss, hashes.SHA256())
    raise _unusable(f"does not sign {algorithm[:10]!r}; use RS256, PS256 or ES256 with its key")


def _unusable(found: str) -> TransportRefused:
    return TransportRefused("credential", f"the credential's private key {found}")


def _part(members: Mapping[str, object]) -> str:
    return _base64url(json.dumps(members, separators=(",", ":")).encode("utf-8"))


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")
