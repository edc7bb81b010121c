"""Senders of webhooks, one for each scheme, written from the vendors' descriptions alone."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from connectors._transport import Delivery, Keys

NOW = 1_790_000_000
URL = "https://hooks.example/v1/hooks/c1?x=1"
SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()
OTHER = "whsec_" + base64.b64encode(b"o" * 32).decode()
BODY = b'{"id": "evt_1", "total": 10.50, "value": [{"clientState": "%s"}]}' % SECRET.encode()


@dataclass(frozen=True)
class Scheme:
    """A scheme of a manifest, and how its sender writes headers with a key at a time."""

    name: str
    spec: Mapping[str, Any]
    write: Callable[[str, bytes, int], dict[str, str]]
    timed: bool = False
    public: bool = False
    in_body: bool = False
    body_bound: bool = True

    def delivery(self, body: bytes = BODY, secret: str = SECRET, now: int = NOW) -> Delivery:
        return Delivery("POST", URL, self.write(secret, body, now), body)

    def keys(self, secret: str = SECRET) -> Keys:
        if self.name == "paypal":
            return Keys((f"WH-{secret[-4:]}",), (public_pem("rsa", secret),))
        if self.public:
            return Keys((), (public_pem("rsa" if self.name == "rsa" else "ec", secret),))
        return Keys((f"user:{secret}" if self.name == "basic" else secret,))


@cache
def private_key(kind: str, secret: str) -> Any:
    """A key pair for each secret, so that `wrong secret` means the same for all schemes."""
    if kind == "rsa":
        return rsa.generate_private_key(65537, 2048)
    return ec.generate_private_key(ec.SECP256R1())


def public_pem(kind: str, secret: str) -> str:
    public = private_key(kind, secret).public_key()
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return public.public_bytes(serialization.Encoding.PEM, form).decode()


def private_pem(kind: str, secret: str) -> str:
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    key = private_key(kind, secret)
    return key.private_bytes(serialization.Encoding.PEM, form, plain).decode()


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def b64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def mac(secret: str, text: bytes, name: str = "sha256") -> bytes:
    return hmac.new(secret.encode(), text, name).digest()


def hmac_hex(secret: str, body: bytes, now: int) -> dict[str, str]:
    return {"X-Signature": "sha256=" + mac(secret, body).hex()}


def hmac_base64(secret: str, body: bytes, now: int) -> dict[str, str]:
    return {"intuit-signature": b64(mac(secret, body))}


def hmac_url(secret: str, body: bytes, now: int) -> dict[str, str]:
    return {"x-square-hmacsha256-signature": b64(mac(secret, URL.encode() + body))}


def hmac_timed(secret: str, body: bytes, now: int) -> dict[str, str]:
    text = f"{now}:m1:POST:/v1/hooks/c1?x=1:".encode() + body
    return {"X-Sig": mac(secret, text, "sha512").hex(), "X-Time": str(now), "X-Id": "m1"}


def hmac_sha1(secret: str, body: bytes, now: int) -> dict[str, str]:
    return {"X-Hub-Signature": mac(secret, body, "sha1").hex().upper()}


def standard(secret: str, body: bytes, now: int, stem: str = "webhook-") -> dict[str, str]:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.new(key, f"msg_1.{now}.".encode() + body, "sha256").digest()
    signatures = f"v1a,AAAA v1,{b64(b'0' * 32)} v1,{b64(digest)}"
    return {f"{stem}id": "msg_1", f"{stem}timestamp": str(now), f"{stem}signature": signatures}


def svix(secret: str, body: bytes, now: int) -> dict[str, str]:
    return standard(secret, body, now, "svix-")


def stripe(secret: str, body: bytes, now: int) -> dict[str, str]:
    digest = mac(secret, f"{now}.".encode() + body).hex()
    return {"Stripe-Signature": f"t={now},v1={'0' * 64},v1={digest},v0={'1' * 64}"}


def rsa_sign(secret: str, body: bytes, now: int) -> dict[str, str]:
    signature = private_key("rsa", secret).sign(body, padding.PKCS1v15(), hashes.SHA256())
    return {"X-Signature-SHA256": b64(signature)}


def ecdsa_sign(secret: str, body: bytes, now: int) -> dict[str, str]:
    text = str(now).encode() + body
    signature = private_key("ec", secret).sign(text, ec.ECDSA(hashes.SHA256()))
    return {"X-Sig": b64(signature), "X-Time": str(now)}


def jwt_token(secret: str, head: dict[str, Any], claims: dict[str, Any]) -> str:
    text = f"{b64url(json.dumps(head).encode())}.{b64url(json.dumps(claims).encode())}"
    key = private_key("ec", secret)
    r, s = decode_dss_signature(key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
    return f"{text}.{b64url(r.to_bytes(32) + s.to_bytes(32))}"


def jwt(secret: str, body: bytes, now: int) -> dict[str, str]:
    claims = {"iat": now, "request_body_sha256": hashlib.sha256(body).hexdigest()}
    head = {"alg": "ES256", "kid": "k1", "typ": "JWT"}
    return {"Plaid-Verification": jwt_token(secret, head, claims)}


def paypal(secret: str, body: bytes, now: int) -> dict[str, str]:
    time = dt.datetime.fromtimestamp(now, dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    text = f"tx-1|{time}|WH-{secret[-4:]}|{zlib.crc32(body)}".encode()
    signature = private_key("rsa", secret).sign(text, padding.PKCS1v15(), hashes.SHA256())
    return {
        "PAYPAL-TRANSMISSION-ID": "tx-1",
        "PAYPAL-TRANSMISSION-TIME": time,
        "PAYPAL-TRANSMISSION-SIG": b64(signature),
        "PAYPAL-AUTH-ALGO": "SHA256withRSA",
    }


def shared_header(secret: str, body: bytes, now: int) -> dict[str, str]:
    return {"X-Token": f"token {secret}"}


def basic(secret: str, body: bytes, now: int) -> dict[str, str]:
    return {"Authorization": "Basic " + b64(f"user:{secret}".encode())}


def nothing(secret: str, body: bytes, now: int) -> dict[str, str]:
    return {}


TIMED_HMAC = {
    "scheme": "hmac",
    "algorithm": "sha512",
    "header": "X-Sig",
    "timestamp": "X-Time",
    "id": "X-Id",
    "signed": ["timestamp", "id", "method", "path", "body"],
    "join": ":",
}
SCHEMES = [
    Scheme("hmac", {"scheme": "hmac", "header": "x-signature", "prefix": "sha256="}, hmac_hex),
    Scheme(
        "hmac", {"scheme": "hmac", "encoding": "base64", "header": "intuit-signature"}, hmac_base64
    ),
    Scheme(
        "hmac",
        {
            "scheme": "hmac",
            "encoding": "base64",
            "header": "x-square-hmacsha256-signature",
            "signed": ["url", "body"],
        },
        hmac_url,
    ),
    Scheme("hmac", TIMED_HMAC, hmac_timed, timed=True),
    Scheme("hmac", {"scheme": "hmac", "algorithm": "sha1", "header": "X-Hub-Signature"}, hmac_sha1),
    Scheme("standard_webhooks", {"scheme": "standard_webhooks"}, standard, timed=True),
    Scheme(
        "standard_webhooks",
        {"scheme": "standard_webhooks", "header": "svix-signature"},
        svix,
        timed=True,
    ),
    Scheme("stripe", {"scheme": "stripe"}, stripe, timed=True),
    Scheme("rsa", {"scheme": "rsa", "header": "X-Signature-SHA256"}, rsa_sign, public=True),
    Scheme(
        "ecdsa",
        {
            "scheme": "ecdsa",
            "header": "X-Sig",
            "timestamp": "X-Time",
            "signed": ["timestamp", "body"],
        },
        ecdsa_sign,
        timed=True,
        public=True,
    ),
    Scheme(
        "jwt_body_hash",
        {"scheme": "jwt_body_hash", "header": "Plaid-Verification"},
        jwt,
        timed=True,
        public=True,
    ),
    Scheme("paypal", {"scheme": "paypal"}, paypal, timed=True, public=True),
    Scheme(
        "shared_secret",
        {"scheme": "shared_secret", "header": "X-Token", "prefix": "token "},
        shared_header,
        body_bound=False,
    ),
    Scheme(
        "shared_secret",
        {"scheme": "shared_secret", "path": "value[*].clientState"},
        nothing,
        in_body=True,
        body_bound=False,
    ),
    Scheme("basic", {"scheme": "basic"}, basic, body_bound=False),
]
