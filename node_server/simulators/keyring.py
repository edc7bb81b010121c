"""The credentials that a simulator gives out: made of its seed, and so the same in each run."""

from __future__ import annotations

import hashlib
from functools import cached_property
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from connectors._transport import key_bytes
from node_server.simulators.described import Spec, Target
from node_server.simulators.places import holes_of

_ORDER_P256 = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_PARTS: dict[str, tuple[str, ...]] = {
    "api_key": ("key",),
    "basic": ("username", "password"),
    "bearer": ("token",),
    "oauth2_client": ("client_id", "client_secret"),
    "oauth2_code": ("client_id", "client_secret"),
    "oauth1": ("consumer_key", "consumer_secret", "token", "token_secret"),
    "session": ("username", "password"),
}
NOT_SIMULATED = ("client_certificate", "oauth2_mtls", "sftp_key")
"""What needs TLS or another protocol."""


class Keyring:
    """The secrets of one simulator."""

    def __init__(self, target: Target, seed: int) -> None:
        self._target, self._seed = target, seed
        self._made: dict[int, dict[str, str]] = {}

    def secret(self, name: str, length: int = 32) -> str:
        """A text that looks like chance and is the same for the same seed and name."""
        words = f"{self._seed}/{self._target.name}/{name}"
        return hashlib.shake_256(words.encode()).hexdigest(length // 2)

    def parts(self, spec: Spec) -> dict[str, str]:
        """The parts of a credential for one way to be let in, as the vault takes them."""
        if id(spec) not in self._made:
            self._made[id(spec)] = self._new_parts(spec)
        return self._made[id(spec)]

    def _new_parts(self, spec: Spec) -> dict[str, str]:
        kind = spec["kind"]
        if kind == "oauth2_jwt":
            return self._assertion_parts()
        names = {*_PARTS.get(kind, ()), *holes_of(_templates(spec))} - set(self._target.variables)
        names -= {"access_token", "refresh_token", "session_token"}
        return {name: self.secret(name) for name in sorted(names)}

    def _assertion_parts(self) -> dict[str, str]:
        pem = _pem(self.assertion_key)
        return {
            "client_id": self.secret("client_id"),
            "private_key": pem,
            "key_id": self.secret("key_id", 16),
            "algorithm": "ES256",
        }

    @cached_property
    def assertion_key(self) -> ec.EllipticCurvePrivateKey:
        """The client's key, whose public half the target knows."""
        return self._ec_key("assertion")

    @cached_property
    def signing_key(self) -> str:
        """The target's private key for webhooks (PEM), of the kind its signature asks for."""
        scheme = self._target.manifest.get("webhooks", {}).get("signature", {}).get("scheme")
        if scheme in ("rsa", "paypal"):
            return _pem(rsa.generate_private_key(65537, 2048))  # the one thing not of the seed
        return _pem(self._ec_key("webhooks"))

    @property
    def webhook_secret(self) -> str:
        """The shared secret of webhooks, in a spelling that every scheme takes."""
        scheme = self._target.manifest.get("webhooks", {}).get("signature", {}).get("scheme")
        words = self.secret("webhooks", 64)
        if scheme == "basic":
            return f"hooks:{words[:32]}"
        secret = f"whsec_{words[:44]}"
        key_bytes(secret)
        return secret

    def public_key(self) -> str:
        """The public half of `signing_key`, PEM."""
        private: Any = serialization.load_pem_private_key(self.signing_key.encode(), None)
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        pem: bytes = private.public_key().public_bytes(serialization.Encoding.PEM, form)
        return pem.decode()

    def _ec_key(self, name: str) -> ec.EllipticCurvePrivateKey:
        number = int(self.secret(name, 64), 16) % (_ORDER_P256 - 1) + 1
        return ec.derive_private_key(number, ec.SECP256R1())


def _templates(spec: Spec) -> list[Any]:
    session = spec.get("session", {}).get("body", {})
    return [dict(spec.get("headers", {})), dict(spec.get("body", {})), dict(session)]


def _pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> str:
    form, no_password = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, form, no_password).decode()
