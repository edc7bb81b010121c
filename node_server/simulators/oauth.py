"""The target's OAuth 2 server: consent, codes, tokens, refresh with rotation, client assertions."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from html import escape
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from node_server.simulators.call import Call, Reply
from node_server.simulators.clock import Clock
from node_server.simulators.described import Spec, Target
from node_server.simulators.keyring import Keyring
from node_server.simulators.places import put
from node_server.simulators.tokens import Tokens

_CODE_LIFE = 300
_REFRESH_LIFE = 60 * 86_400
_ACCESS_LIFE = 1800
_URLS = ("authorize_url", "token_url", "revoke_url")
_PAGE = """<!doctype html><title>{title}: consent</title>
<h1>{title} (simulated)</h1><p>An application asks for: {scopes}</p>
<form method="post" action="?{query}"><button name="answer" value="allow">Allow</button>
<button name="answer" value="deny">Deny</button></form>"""


class OAuth:
    """Served at the paths of the manifest's own addresses."""

    def __init__(self, target: Target, keyring: Keyring, tokens: Tokens, clock: Clock) -> None:
        self._target, self._keyring, self._tokens = target, keyring, tokens
        self._clock = clock
        self.grace = 0
        """Seconds for which a refresh token that was used still works once more."""
        self._specs = [each for each in target.auth if each["kind"].startswith("oauth2_")]

    def urls(self, origin: str) -> dict[str, str]:
        """Where the simulator serves what the manifest names at other hosts."""
        found: dict[str, str] = {}
        for spec in self._specs:
            named = {name: str(spec[name]) for name in _URLS if name in spec}
            if "discover" in spec:
                named["discover_url"] = str(spec["discover"]["url"])
            for name, url in named.items():
                found.setdefault(name, origin + urlsplit(self._target.fill(url)).path)
        return found

    def answer(self, call: Call) -> Reply | None:
        """The answer of this server; nothing where the call is for another."""
        places = {urlsplit(url).path: name for name, url in self.urls("").items()}
        name = places.get(call.path)
        if name == "authorize_url":
            return self._authorize(call)
        if name == "token_url":
            return self._token(call)
        if name == "revoke_url":
            return self._revoke(call)
        return None

    def discovered(self, call: Call) -> Reply | None:
        """What a fresh connection asks to learn its variables."""
        spec = next((each["discover"] for each in self._specs if "discover" in each), None)
        if spec is None or urlsplit(self._target.fill(spec["url"])).path != call.path:
            return None
        item: Any = {}
        for variable, path in spec.get("variables", {}).items():
            item = put(item, path, self._target.variables.get(variable, variable))
        if "title" in spec:
            item = put(item, spec["title"], f"{self._target.manifest['title']} (simulated)")
        return Reply(200, put({}, str(spec.get("items", "")).strip("."), [item]))

    def credential(self) -> dict[str, str]:
        """Tokens as if a person had agreed already."""
        life = self._life(self._spec("oauth2_code"))
        return {
            "access_token": self._tokens.give("access", life),
            "refresh_token": self._tokens.give("refresh", _REFRESH_LIFE),
            "expires_at": str(int(self._clock.now() + life)),
        }

    def _authorize(self, call: Call) -> Reply:
        asked = call.params
        spec = self._spec("oauth2_code")
        if asked.get("client_id") != self._keyring.parts(spec)["client_id"]:
            return Reply(400, text="unknown client_id")
        if "redirect_uri" not in asked or asked.get("response_type") != "code":
            return Reply(400, text="redirect_uri and response_type=code are needed")
        form = dict(parse_qsl(call.body.decode("utf-8", "replace")))
        if call.method == "GET":
            return self._page(asked)
        kept = {name: asked.get(name, "") for name in ("redirect_uri", "code_challenge", "scope")}
        told = {"state": asked.get("state", "")}
        if form.get("answer") == "deny":
            told["error"] = "access_denied"
        else:
            told["code"] = self._tokens.give("code", _CODE_LIFE, kept)
            told |= {name: self._callback(name) for name in spec.get("callback_params", ())}
        mark = "&" if "?" in asked["redirect_uri"] else "?"
        return Reply(302, headers={"Location": f"{asked['redirect_uri']}{mark}{urlencode(told)}"})

    def _page(self, asked: Mapping[str, str]) -> Reply:
        words = {
            "title": escape(str(self._target.manifest["title"])),
            "scopes": escape(asked.get("scope", "") or "access"),
            "query": escape(urlencode(asked)),
        }
        headers = {"Content-Type": "text/html; charset=utf-8"}
        return Reply(200, text=_PAGE.format(**words), headers=headers)

    def _callback(self, name: str) -> str:
        """QuickBooks sends the company along as `realmId`: the variable whose name begins it."""
        known = self._target.variables
        return next((value for key, value in known.items() if name.lower().startswith(key)), name)

    def _token(self, call: Call) -> Reply:
        form = dict(parse_qsl(call.body.decode("utf-8", "replace")))
        grant = form.get("grant_type", "")
        if grant == "authorization_code":
            return self._by_code(call, form)
        if grant == "refresh_token":
            return self._by_refresh(call, form)
        spec = self._spec("oauth2_jwt")
        if spec and ("client_assertion" in form or "assertion" in form):
            return self._by_assertion(spec, form)
        spec = self._spec("oauth2_client")
        if not spec or not self._is_client(call, spec, form):
            return _refused("invalid_client", 401)
        return Reply(200, self._given(spec))

    def _by_code(self, call: Call, form: Mapping[str, str]) -> Reply:
        spec = self._spec("oauth2_code")
        if not spec or not self._is_client(call, spec, form):
            return _refused("invalid_client", 401)
        known = self._tokens.use_up("code", form.get("code", ""))
        if known is None or known["redirect_uri"] != form.get("redirect_uri"):
            return _refused("invalid_grant")
        if known["code_challenge"] and known["code_challenge"] != _s256(form):
            return _refused("invalid_grant")
        return Reply(200, self._given(spec, refresh=True))

    def _by_refresh(self, call: Call, form: Mapping[str, str]) -> Reply:
        spec = self._spec("oauth2_code")
        if not spec or not self._is_client(call, spec, form):
            return _refused("invalid_client", 401)
        token = form.get("refresh_token", "")
        if not spec.get("rotates"):
            good = self._tokens.good("refresh", token)
            return Reply(200, self._given(spec)) if good else _refused("invalid_grant")
        if self._tokens.use_up("refresh", token):
            if self.grace:
                self._tokens.give("spent", self.grace, token=f"spent {token}")
            return Reply(200, self._given(spec, refresh=True))
        if self._tokens.good("spent", f"spent {token}"):
            return Reply(200, self._given(spec, refresh=True))
        return _refused("invalid_grant")

    def _by_assertion(self, spec: Spec, form: Mapping[str, str]) -> Reply:
        token = form.get("client_assertion") or form.get("assertion") or ""
        claims = self._claims(token)
        parts = self._keyring.parts(spec)
        now = self._clock.now()
        right = claims.get("iss") == parts["client_id"] and claims.get("exp", 0) > now
        if not right or not self._is_new(str(claims.get("jti", ""))):
            return _refused("invalid_client", 401)
        return Reply(200, self._given(spec))

    def _claims(self, token: str) -> dict[str, Any]:
        """The claims of an assertion that our client's key signed (RFC 7515, ES256)."""
        text, _, signature = token.rpartition(".")
        try:
            raw = _bytes(signature)
            r, s = int.from_bytes(raw[:32]), int.from_bytes(raw[32:])
            public = self._keyring.assertion_key.public_key()
            algorithm = ec.ECDSA(hashes.SHA256())
            public.verify(encode_dss_signature(r, s), text.encode(), algorithm)
            found = json.loads(_bytes(text.partition(".")[2]))
        except (InvalidSignature, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def _is_new(self, number: str) -> bool:
        """An assertion serves once."""
        if not number or self._tokens.good("jti", number):
            return False
        self._tokens.give("jti", 600, token=number)
        return True

    def _revoke(self, call: Call) -> Reply:
        form = dict(parse_qsl(call.body.decode("utf-8", "replace")))
        for kind in ("access", "refresh"):
            self._tokens.use_up(kind, form.get("token", ""))
        return Reply(200, {})

    def _is_client(self, call: Call, spec: Spec, form: Mapping[str, str]) -> bool:
        parts = self._keyring.parts(spec)
        wanted = f"{parts['client_id']}:{parts['client_secret']}"
        way = spec.get("client_auth", "basic")
        if way == "none":
            return form.get("client_id") == parts["client_id"]
        stated = f"{form.get('client_id', '')}:{form.get('client_secret', '')}"
        if way == "basic":
            stated = _basic(call.header("Authorization"))
        return hmac.compare_digest(stated.encode(), wanted.encode())

    def _given(self, spec: Spec, *, refresh: bool = False) -> dict[str, Any]:
        life = self._life(spec)
        told = {"access_token": self._tokens.give("access", life), "token_type": "Bearer"}
        scopes = {"scope": " ".join(spec["scopes"])} if spec.get("scopes") else {}
        more = {"refresh_token": self._tokens.give("refresh", _REFRESH_LIFE)} if refresh else {}
        return {**told, "expires_in": life, **scopes, **more}

    def _life(self, spec: Spec) -> int:
        return int(spec.get("lifetime", _ACCESS_LIFE))

    def _spec(self, kind: str) -> Spec:
        return next((each for each in self._specs if each["kind"] == kind), {})


def _refused(error: str, status: int = 400) -> Reply:
    """RFC 6749, section 5.2."""
    return Reply(status, {"error": error})


def _s256(form: Mapping[str, str]) -> str:
    digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _basic(header: str) -> str:
    word, _, rest = header.partition(" ")
    try:
        return unquote(base64.b64decode(rest).decode()) if word.lower() == "basic" else ""
    except ValueError:
        return ""


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
