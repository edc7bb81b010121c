"""Speaking to OpenBao or HashiCorp Vault, with a call handed in: this package has no network."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from credentials.errors import CredentialError, StoreUnavailable
from credentials.secret import Secret

Call: TypeAlias = Callable[[str, str, Mapping[str, str], Any], tuple[int, Any]]
"""Method, path below the server (`/v1/…`), headers, JSON body; gives the status and the JSON.

Raise `StoreUnavailable`, or any error of your own, where there is no answer.
"""

_EARLY = 0.8  # a token is renewed when this share of its life is over
_DENIED = 403
_NO_LEASE = 3600


@dataclass(frozen=True, slots=True)
class AppRole:
    """How a service logs in: https://openbao.org/docs/auth/approle/."""

    role_id: str
    secret_id: Secret
    mount: str = "approle"


@dataclass(slots=True)
class _Token:
    text: Secret = field(default_factory=lambda: Secret(""))
    until: float = 0.0


class OpenBao:
    """A client with its own token, got by AppRole and renewed in time; safe between threads."""

    def __init__(self, call: Call, role: AppRole, *, namespace: str = "") -> None:
        self._call = call
        self._role = role
        self._headers = {"X-Vault-Namespace": namespace} if namespace else {}
        self._token = _Token()
        self._lock = threading.Lock()

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Status and JSON of a call. A denial is tried once more with a new token."""
        status, answer = self._send(method, path, body, self._usable_token())
        if status == _DENIED:
            self._token.until = 0.0
            status, answer = self._send(method, path, body, self._usable_token())
        if status == _DENIED:
            raise CredentialError(f"OpenBao denies {method} {path[:80]}; widen the role's policy")
        if status >= 500 or status == 429:
            raise StoreUnavailable(f"OpenBao answers {status}; see whether it is sealed")
        return status, answer

    def _send(self, method: str, path: str, body: Any, token: Secret) -> tuple[int, Any]:
        return self._call(method, path, {**self._headers, "X-Vault-Token": token.reveal()}, body)

    def _usable_token(self) -> Secret:
        with self._lock:
            if time.monotonic() >= self._token.until:
                self._token = self._log_in()
            return self._token.text

    def _log_in(self) -> _Token:
        body = {"role_id": self._role.role_id, "secret_id": self._role.secret_id.reveal()}
        path = f"/v1/auth/{self._role.mount}/login"
        status, answer = self._call("POST", path, dict(self._headers), body)
        if status >= 500:
            raise StoreUnavailable(f"OpenBao answers {status}; see whether it is sealed")
        if status != 200:
            raise CredentialError(f"OpenBao refuses the AppRole ({status}); renew its secret id")
        auth = part_of(answer, "auth")
        lease = auth.get("lease_duration") or _NO_LEASE
        return _Token(Secret(str(auth["client_token"])), time.monotonic() + lease * _EARLY)


def part_of(answer: Any, *names: str) -> dict[str, Any]:
    """A part of an answer that must be an object."""
    for name in names:
        answer = answer.get(name) if isinstance(answer, dict) else None
    if not isinstance(answer, dict):
        raise StoreUnavailable(f"an answer of OpenBao without {'.'.join(names)}; check its version")
    return answer
