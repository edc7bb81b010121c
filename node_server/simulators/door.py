"""Who is let in: each way of the manifest, held against the credentials that were given out."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable
from typing import Any, TypeAlias

from node_server.simulators.call import Call, Reply
from node_server.simulators.described import Spec, Target
from node_server.simulators.keyring import NOT_SIMULATED, Keyring
from node_server.simulators.oauth1 import signed_well
from node_server.simulators.places import filled, holes_of, put
from node_server.simulators.refusals import Refusals
from node_server.simulators.tokens import Tokens

COOKIE = "simulator_session"
_SESSION_LIFE = 1800

Found: TypeAlias = str
"""`in`, `stale` (a token that was good), or `out`."""


class Door:
    """The check before each call of the target's own API."""

    def __init__(
        self, target: Target, keyring: Keyring, tokens: Tokens, refusals: Refusals
    ) -> None:
        self._target, self._keyring = target, keyring
        self._tokens, self._refusals = tokens, refusals
        self._ways: dict[str, Callable[[Spec, Call], Found]] = {
            "none": lambda spec, call: "in",
            "api_key": self._api_key,
            "basic": self._basic,
            "bearer": self._bearer,
            "oauth1": self._oauth1,
            "session": self._session,
        }

    def refusal(self, call: Call) -> Reply | None:
        """Why a call is not let in; nothing where it is."""
        ways = [spec for spec in self._target.auth if spec["kind"] not in NOT_SIMULATED]
        found = [(self._way(spec, call), spec) for spec in ways]
        if any(state == "in" for state, _ in found):
            return None
        stale = next((spec for state, spec in found if state == "stale"), None)
        if stale is not None and stale.get("refresh_on"):
            return self._refusals.signalled(stale["refresh_on"][0], "The token has expired")
        reason = "The token has expired" if stale else "The credential was not accepted"
        headers = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
        return self._refusals.refusal(401, reason, headers=headers)

    def log_in(self, call: Call) -> Reply | None:
        """The answer to a log-in call; nothing where the call is none."""
        spec = next((each for each in self._target.auth if each["kind"] == "session"), None)
        path = spec["session"].get("path", "") if spec else ""
        if spec is None or not path or call.path != f"{self._target.base_path}{path}":
            return None
        parts = self._keyring.parts(spec)
        wanted = {n: filled(t, parts.get) for n, t in spec["session"].get("body", {}).items()}
        if any(str(call.fields.get(name)) != value for name, value in wanted.items()):
            return self._refusals.refusal(401, "User or password is wrong")
        token = self._tokens.give("session", spec["session"].get("lifetime", _SESSION_LIFE))
        return _session_answer(spec["session"], token)

    def _way(self, spec: Spec, call: Call) -> Found:
        check = self._ways.get(spec["kind"], self._token)
        state = check(spec, call)
        return state if state != "in" or self._extras(spec, call) else "out"

    def _extras(self, spec: Spec, call: Call) -> bool:
        """What the manifest puts into further headers and into the body."""
        parts = self._keyring.parts(spec)
        headers = {n: filled(t, parts.get) for n, t in spec.get("headers", {}).items()}
        fields = {n: filled(t, parts.get) for n, t in spec.get("body", {}).items()}
        in_headers = all(_same(call.header(name), value) for name, value in headers.items())
        in_body = all(_same(str(call.fields.get(n)), value) for n, value in fields.items())
        return in_headers and in_body

    def _api_key(self, spec: Spec, call: Call) -> Found:
        key = self._keyring.parts(spec).get("key", "")
        if "parameter" in spec:
            return _state(_same(call.params.get(spec["parameter"], ""), key))
        if "header" not in spec and ("headers" in spec or "body" in spec):
            return "in"
        return _state(_same(_in_header(spec, call, ""), key))

    def _basic(self, spec: Spec, call: Call) -> Found:
        parts = self._keyring.parts(spec)
        words = f"{parts['username']}:{parts['password']}".encode()
        wanted = f"Basic {base64.b64encode(words).decode()}"
        return _state(_same(call.header(spec.get("header", "Authorization")), wanted))

    def _bearer(self, spec: Spec, call: Call) -> Found:
        token = self._keyring.parts(spec)["token"]
        return _state(_same(_in_header(spec, call, "Bearer "), token))

    def _oauth1(self, spec: Spec, call: Call) -> Found:
        return _state(signed_well(call, self._keyring.parts(spec)))

    def _token(self, spec: Spec, call: Call) -> Found:
        token = _in_header(spec, call, "Bearer ")
        if self._tokens.good("access", token):
            return "in"
        return "stale" if token and self._tokens.known("access", token) else "out"

    def _session(self, spec: Spec, call: Call) -> Found:
        stated = spec["session"]
        token = call.header(stated["header"]) if "header" in stated else _cookie(call)
        token = token.removeprefix(spec.get("prefix", ""))
        if self._tokens.good("session", token):
            self._tokens.renew(token, stated.get("lifetime", _SESSION_LIFE))
            return "in"
        return "stale" if self._tokens.known("session", token) else "out"

    def elsewhere(self, call: Call) -> Reply | None:
        """A refusal where a header names another tenant or database than the one there is."""
        for name, template in self._target.api.get("headers", {}).items():
            if not holes_of(template):
                continue
            if call.header(name) != self._target.fill(template):
                return self._refusals.refusal(403, f"{name} names nothing that is known here")
        return None


def _session_answer(stated: Spec, token: str) -> Reply:
    if "token" in stated:
        return Reply(200, put({}, stated["token"], token))
    return Reply(200, {}, {"Set-Cookie": f"{COOKIE}={token}; Path=/; HttpOnly"})


def _cookie(call: Call) -> str:
    pairs = (pair.strip().partition("=") for pair in call.header("Cookie").split(";"))
    return next((value for name, _, value in pairs if name == COOKIE), "")


def _in_header(spec: Spec, call: Call, prefix: str) -> str:
    """The header's value behind its prefix; empty where that is another one."""
    value = call.header(str(spec.get("header", "Authorization")))
    stated = str(spec.get("prefix", prefix))
    fits = value[: len(stated)].lower() == stated.lower()
    return value[len(stated) :] if fits else ""


def _same(found: Any, wanted: str) -> bool:
    return bool(wanted) and hmac.compare_digest(str(found).encode(), wanted.encode())


def _state(is_in: bool) -> Found:
    return "in" if is_in else "out"
