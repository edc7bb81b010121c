"""Bearer tokens of an OpenID Connect provider, beside our own keys."""

from __future__ import annotations

import threading
import time
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from connectors._transport import ANY_HOST, Policy, Request, TransportError, open_session, send
from node_server.auth import KEY_MARK, ROLES, Principal, principal
from node_server.errors import Refusal
from node_server.operations.house import House

_KEYS_LIVE_SECONDS = 600
_ALGORITHMS = ["RS256", "RS512", "PS256", "ES256", "ES384", "EdDSA"]
_LEEWAY_SECONDS = 30


class TokenReader:
    """Verifies tokens against the provider's published keys, which are fetched now and then."""

    def __init__(self, house: House) -> None:
        self._settings = house.settings
        self._keys: Any = None
        self._until = 0.0
        self._lock = threading.Lock()

    def reads(self, token: str) -> bool:
        """Whether it is a token and tokens are let in here at all."""
        return bool(self._settings.oidc_issuer) and not token.startswith(KEY_MARK)

    def admit(self, token: str) -> Principal:
        """The principal that a token names; a refusal where anything about it is wrong."""
        try:
            claims = self._decoded(token)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise _refused(type(error).__name__) from None
        tenant = claims.get(self._settings.oidc_tenant_claim)
        roles = claims.get(self._settings.oidc_roles_claim) or []
        known = frozenset(roles if isinstance(roles, list) else str(roles).split()) & ROLES.keys()
        if not isinstance(tenant, str) or not tenant or not known:
            raise Refusal(403, "forbidden", "the token names no tenant, or no role known here")
        return principal(tenant, f"oidc:{claims['sub']}", str(claims["sub"]), frozenset(known))

    def _decoded(self, token: str) -> Any:
        claims = jwt.decode(token, self._published(), algorithms=_ALGORITHMS).claims
        rules = jwt.JWTClaimsRegistry(
            leeway=_LEEWAY_SECONDS,
            iss={"essential": True, "value": self._settings.oidc_issuer},
            aud={"essential": True, "value": self._settings.oidc_audience},
            exp={"essential": True},
            sub={"essential": True},
        )
        rules.validate(claims)
        return claims

    def _published(self) -> Any:
        with self._lock:
            if self._until < time.monotonic():
                self._keys = KeySet.import_key_set(self._fetched())
                self._until = time.monotonic() + _KEYS_LIVE_SECONDS
            return self._keys

    def _fetched(self) -> Any:
        issuer = self._settings.oidc_issuer.rstrip("/")
        policy = Policy(
            hosts=ANY_HOST,
            allow_http=issuer.startswith("http://"),
            allow_private=("0.0.0.0/0", "::/0"),  # the operator named the issuer
        )
        try:
            with open_session(policy) as session:
                found = send(session, Request("GET", f"{issuer}/.well-known/openid-configuration"))
                return send(session, Request("GET", found.json()["jwks_uri"])).json()
        except (TransportError, ValueError, KeyError, TypeError):
            raise Refusal(
                503, "unavailable", "the provider of tokens does not answer", retriable=True
            ) from None


def _refused(why: str) -> Refusal:
    headers = {"WWW-Authenticate": 'Bearer realm="counterfoil", error="invalid_token"'}
    return Refusal(401, "unauthenticated", f"the token is not valid ({why})", headers=headers)
