"""A token fetched before each write, tied to a cookie, where the manifest asks for one (SAP)."""

from __future__ import annotations

from node_server.simulators.call import Call, Reply
from node_server.simulators.described import Target
from node_server.simulators.tokens import Tokens

_COOKIE = "simulator_csrf"
_LIFE = 1800


class Csrf:
    """Gives tokens out and asks for them again."""

    def __init__(self, target: Target, tokens: Tokens) -> None:
        self._spec = target.api.get("csrf")
        self._tokens = tokens
        self._header = str((self._spec or {}).get("header", "x-csrf-token"))

    def asked(self, call: Call) -> bool:
        """Whether a read asks for a token."""
        return bool(self._spec) and call.header(self._header).lower() == "fetch"

    def fetched(self, call: Call) -> dict[str, str]:
        """The headers for a read that asks for a token."""
        if not self.asked(call):
            return {}
        session = self._tokens.give("csrf_session", _LIFE)
        token = self._tokens.give("csrf", _LIFE, {"session": session})
        cookie = f"{_COOKIE}={session}; Path=/; HttpOnly"
        return {self._header: token, "Set-Cookie": cookie}

    def refusal(self, call: Call) -> Reply | None:
        """403 where a write comes without a token, or in another session than it was fetched in."""
        if not self._spec:
            return None
        known = self._tokens.good("csrf", call.header(self._header))
        if known and f"{_COOKIE}={known['session']}" in call.header("Cookie"):
            return None
        return Reply(403, headers={self._header: "Required"}, text="CSRF token validation failed")
