"""A vendor with an OAuth server, as strict as the strictest: every refresh token works once."""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from tests.transport.servers import Reply, Seen, Server, http_server


@dataclass
class Vendor:
    """What it knows; tests read and change it."""

    lifetime: int = 3600
    rotates: bool = True
    codes: dict[str, str] = field(default_factory=dict)
    """Codes given out, each with its challenge."""
    access: set[str] = field(default_factory=set)
    refresh: set[str] = field(default_factory=set)
    refreshes: int = 0
    lose_next_answer: bool = False
    denied: int = 401
    denied_body: bytes = b'{"error": "token"}'
    accounts: list[dict[str, str]] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    lock: threading.Lock = field(default_factory=threading.Lock)
    server: Server | None = None

    def reply(self, seen: Seen) -> Reply:
        path = urlsplit(seen.path).path
        with self.lock:
            if path == "/token":
                return self._token(seen)
            if not self._is_let_in(seen):
                return self.denied, {}, self.denied_body
            if path == "/connections":
                return _json(200, self.accounts)
            return _json(200, {"ok": True})

    def agree(self, authorize_url: str) -> dict[str, str]:
        """What a person's browser brings back from the vendor's page."""
        asked = {name: each[0] for name, each in parse_qs(urlsplit(authorize_url).query).items()}
        code = f"code-{next(self.numbers)}"
        self.codes[code] = asked.get("code_challenge", "")
        return {"state": asked["state"], "code": code}

    def _is_let_in(self, seen: Seen) -> bool:
        return seen.headers.get("authorization", "").removeprefix("Bearer ") in self.access

    def _token(self, seen: Seen) -> Reply:
        form = {name: each[0] for name, each in parse_qs(seen.body.decode()).items()}
        if form["grant_type"] == "authorization_code":
            if self.codes.pop(form["code"], None) != _challenge(form.get("code_verifier", "")):
                return _json(400, {"error": "invalid_grant"})
            return self._given()
        if form["grant_type"] == "refresh_token":
            return self._refreshed(form["refresh_token"])
        return self._given(refresh=False)

    def _refreshed(self, token: str) -> Reply:
        if token not in self.refresh:
            return _json(400, {"error": "invalid_grant"})
        self.refreshes += 1
        if self.lose_next_answer:
            self.lose_next_answer = False
            return 500, {}, b"gateway"
        if self.rotates:
            self.refresh.discard(token)
        self.access.clear()
        return self._given(refresh=self.rotates)

    def _given(self, *, refresh: bool = True) -> Reply:
        number = next(self.numbers)
        made = {"access_token": f"CANARY-access-{number}", "expires_in": self.lifetime}
        self.access.add(str(made["access_token"]))
        if refresh:
            made["refresh_token"] = f"CANARY-refresh-{number}"
            self.refresh.add(str(made["refresh_token"]))
        return _json(200, made)


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _json(status: int, tree: object) -> Reply:
    return status, {"Content-Type": "application/json"}, json.dumps(tree).encode()


@contextmanager
def vendor(**known: object) -> Iterator[Vendor]:
    """A vendor on this machine."""
    made = Vendor(**known)  # type: ignore[arg-type]
    with http_server(made.reply) as server:
        made.server = server
        yield made
