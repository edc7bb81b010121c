"""The OAuth 2 calls: asking for a token, and sending a person to agree.

When to refresh, alone among processes, and storing before use are the operation's part.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple
from urllib.parse import urlencode

from connectors._codecs import json_tree
from connectors._transport.auth.assertion import make_assertion
from connectors._transport.auth.schemes import basic_value, fill, part_of
from connectors._transport.errors import Outcome, TransportError
from connectors._transport.guard import Session, send
from connectors._transport.message import Answer, Request
from connectors._transport.picking import pick

_FORM = "application/x-www-form-urlencoded"
_BEARER_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_CLIENT_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_USUAL_LIFE = 3600


class TokenRefused(TransportError):
    """The token endpoint said no. `reauthorise_required`: a person must agree anew;
    `client_refused`: the client's own credential is wrong; `token_refused`: another reason;
    `unavailable`: it may work later.
    """

    outcome: Outcome = "not_applied"


class Pkce(NamedTuple):
    """RFC 7636: the verifier is kept, the challenge is sent along."""

    verifier: str
    challenge: str


def new_pkce() -> Pkce:
    """A fresh pair."""
    verifier = secrets.token_urlsafe(48)
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return Pkce(verifier, base64.urlsafe_b64encode(digest).decode("ascii").rstrip("="))


def authorize_url(
    spec: Mapping[str, Any], client_id: str, *, redirect_uri: str, state: str, challenge: str = ""
) -> str:
    """Where a person agrees."""
    params = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "state": state,
        "scope": " ".join(spec.get("scopes", ())),
        "code_challenge": challenge,
        "code_challenge_method": "S256" if challenge else "",
        **spec.get("authorize_params", {}),
    }
    query = urlencode({name: value for name, value in params.items() if value})
    mark = "&" if "?" in spec["authorize_url"] else "?"
    return f"{spec['authorize_url']}{mark}{query}"


def refresh_request(spec: Mapping[str, Any], parts: Mapping[str, str], *, now: int) -> Request:
    """The call that gives a new token by the kind's own grant."""
    kind = spec["kind"]
    if kind == "oauth2_code":
        refresh = part_of(parts, "refresh_token")
        form = {"grant_type": "refresh_token", "refresh_token": refresh}
    elif kind == "oauth2_jwt":
        form = _assertion_form(spec, parts, now)
    else:
        form = {"grant_type": "client_credentials", "scope": " ".join(spec.get("scopes", ()))}
    return _token_request(spec, parts, form)


def code_request(
    spec: Mapping[str, Any],
    parts: Mapping[str, str],
    *,
    code: str,
    redirect_uri: str,
    verifier: str = "",
) -> Request:
    """The call that changes the code of a callback into tokens."""
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
    return _token_request(spec, parts, {**form, "code_verifier": verifier})


def revoke_request(spec: Mapping[str, Any], parts: Mapping[str, str]) -> Request | None:
    """The call that takes the consent back (RFC 7009); nothing where there is nothing to take."""
    kind = next((each for each in ("refresh_token", "access_token") if each in parts), None)
    if kind is None or "revoke_url" not in spec:
        return None
    token = part_of(parts, kind)
    form = {"token": token, "token_type_hint": kind}
    request = _token_request({**spec, "token_url": spec["revoke_url"]}, parts, form)
    if spec.get("revoke_body", "form") == "form":
        return request
    body = json_tree.write({"token": token})
    return replace(request.with_headers({"Content-Type": "application/json"}), body=body)


def ask_token(
    session: Session, request: Request, spec: Mapping[str, Any], *, now: int
) -> dict[str, str]:
    """The parts to store: `access_token`, `expires_at`, and `refresh_token` where one came.

    `TransportFailed` with outcome `uncertain` means that a rotating refresh token may be used up.
    """
    answer = send(session, request)
    tree = answer.tree()
    token = pick(tree, "access_token") if isinstance(tree, dict) else None
    if not answer.ok or not isinstance(token, str):
        raise _refusal(answer, tree)
    life = _seconds(tree.get("expires_in")) or spec.get("lifetime") or _USUAL_LIFE
    parts = {"access_token": token, "expires_at": str(now + life)}
    kept = {name: tree.get(name) for name in ("refresh_token", "scope", "token_type")}
    return {**parts, **{name: value for name, value in kept.items() if value and _is_text(value)}}


def _assertion_form(spec: Mapping[str, Any], parts: Mapping[str, str], now: int) -> dict[str, str]:
    scopes = list(spec.get("scopes", ()))
    for name in ("client_id", "private_key"):
        part_of(parts, name)
    assertion = make_assertion(parts, spec["token_url"], now=now, scopes=scopes)
    if spec.get("token_params", {}).get("grant_type") == _BEARER_GRANT:
        return {"grant_type": _BEARER_GRANT, "assertion": assertion}
    return {
        "grant_type": "client_credentials",
        "scope": " ".join(scopes),
        "client_assertion_type": _CLIENT_ASSERTION,
        "client_assertion": assertion,
    }


def _token_request(
    spec: Mapping[str, Any], parts: Mapping[str, str], form: Mapping[str, str]
) -> Request:
    extra = {name: fill(text, parts) for name, text in spec.get("token_params", {}).items()}
    fields = {**form, **extra}
    headers = {"Content-Type": _FORM, "Accept": "application/json"}
    secret = parts.get("client_secret", "")
    way = spec.get("client_auth", "basic" if secret else "none")
    if way == "basic":
        # RFC 6749, section 2.3.1 asks for encoding first; vendors' ids and secrets need none
        headers["Authorization"] = basic_value(part_of(parts, "client_id"), secret)
    elif spec["kind"] != "oauth2_jwt":
        fields["client_id"] = part_of(parts, "client_id")
    if way == "post" and secret:
        fields["client_secret"] = secret
    body = urlencode({name: value for name, value in fields.items() if value})
    return Request("POST", spec["token_url"], headers, body.encode("ascii"))


def _refusal(answer: Answer, tree: Any) -> TokenRefused:
    """RFC 6749, section 5.2; the vendor's sentence is cut, for it may quote what was sent."""
    error = pick(tree, "error") if isinstance(tree, dict) else None
    word = error[:40] if isinstance(error, str) else f"status {answer.status}"
    if error in ("invalid_grant", "interaction_required", "consent_required", "access_denied"):
        return TokenRefused("reauthorise_required", f"{word}; a person must connect it again")
    if error in ("invalid_client", "unauthorized_client") or answer.status == 401:
        return TokenRefused("client_refused", f"{word}; check the client's id and secret")
    if answer.status >= 500 or answer.status == 429:
        return TokenRefused("unavailable", f"{word}; try again later")
    return TokenRefused("token_refused", f"{word}; check scopes and parameters in the manifest")


def _seconds(value: Any) -> int:
    """`expires_in` is a number by the standard, and a text with some."""
    text = str(value).partition(".")[0]
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _is_text(value: Any) -> bool:
    return isinstance(value, str)
