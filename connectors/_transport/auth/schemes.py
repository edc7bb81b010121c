"""An auth object for each kind of credential: it takes a request and gives one that is let in."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

from connectors._codecs import json_tree
from connectors._transport.auth.oauth1 import sign_oauth1
from connectors._transport.errors import TransportRefused
from connectors._transport.message import Request
from connectors._transport.tls import ClientCertificate
from connectors.errors import CodecError

Auth: TypeAlias = Callable[[Request], Request]

_PART = re.compile(r"\{([a-z][a-z0-9_]*)\}")


def make_auth(spec: Mapping[str, Any], parts: Mapping[str, str]) -> Auth:
    """The auth object of one `auth` entry of a manifest. Its parts show in no repr or error."""
    kind = str(spec["kind"])
    if kind not in _WAYS:
        raise TransportRefused("credential", f"kind {kind[:40]!r}; use {', '.join(_WAYS)}")

    def let_in(request: Request) -> Request:
        return _add_extras(spec, parts, _WAYS[kind](spec, parts, request))

    return let_in


def certificate_of(parts: Mapping[str, str]) -> ClientCertificate | None:
    """The certificate for `open_session`, where the credential has one."""
    if "certificate" not in parts:
        return None
    return ClientCertificate(
        parts["certificate"], part_of(parts, "private_key"), parts.get("passphrase", "")
    )


def fill(text: str, parts: Mapping[str, str]) -> str:
    """A text of the manifest with each `{part}` put in."""
    return _PART.sub(lambda found: part_of(parts, found[1]), text)


def part_of(parts: Mapping[str, str], name: str) -> str:
    """A part that must be there."""
    value = parts.get(name)
    if not value:
        raise TransportRefused("credential", f"the credential has no {name[:60]!r}; put it in")
    return value


def basic_value(user: str, password: str) -> str:
    """RFC 7617, in UTF-8."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode("ascii")


def _nothing(spec: Mapping[str, Any], parts: Mapping[str, str], request: Request) -> Request:
    return request


def _api_key(spec: Mapping[str, Any], parts: Mapping[str, str], request: Request) -> Request:
    """In a header or a parameter; nowhere by itself where the manifest names other places."""
    if "parameter" in spec:
        return request.with_params({spec["parameter"]: part_of(parts, "key")})
    if "header" not in spec and ("headers" in spec or "body" in spec):
        return request
    value = part_of(parts, "key")
    if "secret" in parts and "headers" not in spec:  # Frappe: `token key:secret`
        value = f"{value}:{parts['secret']}"
    return _in_header(spec, request, value, prefix="")


def _basic(spec: Mapping[str, Any], parts: Mapping[str, str], request: Request) -> Request:
    value = basic_value(part_of(parts, "username"), part_of(parts, "password"))
    return request.with_headers({str(spec.get("header", "Authorization")): value})


def _bearer(spec: Mapping[str, Any], parts: Mapping[str, str], request: Request) -> Request:
    return _in_header(spec, request, part_of(parts, "token"), prefix="Bearer ")


def _oauth2(spec: Mapping[str, Any], parts: Mapping[str, str], request: Request) -> Request:
    return _in_header(spec, request, part_of(parts, "access_token"), prefix="Bearer ")


def _oauth1(spec: Mapping[str, Any], parts: Mapping[str, str], request: Request) -> Request:
    for name in ("consumer_key", "consumer_secret", "token", "token_secret"):
        part_of(parts, name)
    return sign_oauth1(request, parts)


def _session(spec: Mapping[str, Any], parts: Mapping[str, str], request: Request) -> Request:
    """The session's header; where it lives in a cookie, the connection's session sends that."""
    stated = spec.get("session", {})
    if "header" not in stated:
        return request
    token = f"{spec.get('prefix', '')}{part_of(parts, 'session_token')}"
    return request.with_headers({stated["header"]: token})


def _in_header(spec: Mapping[str, Any], request: Request, value: str, *, prefix: str) -> Request:
    name = str(spec.get("header", "Authorization"))
    return request.with_headers({name: f"{spec.get('prefix', prefix)}{value}"})


def _add_extras(spec: Mapping[str, Any], parts: Mapping[str, str], request: Request) -> Request:
    """What the manifest puts into further headers and into the body."""
    headers = {name: fill(text, parts) for name, text in spec.get("headers", {}).items()}
    if headers:
        request = request.with_headers(headers)
    if not spec.get("body"):
        return request
    fields = {name: fill(text, parts) for name, text in spec["body"].items()}
    return replace(request, body=json_tree.write({**_object(request.body), **fields}))


def _object(body: bytes) -> dict[str, Any]:
    try:
        tree = json_tree.decode(body or b"{}").units[0]
    except CodecError:
        tree = None
    if not isinstance(tree, dict):
        raise TransportRefused("credential", "the credential goes into a JSON object; send one")
    return tree


_WAYS: dict[str, Callable[[Mapping[str, Any], Mapping[str, str], Request], Request]] = {
    "none": _nothing,
    "api_key": _api_key,
    "basic": _basic,
    "bearer": _bearer,
    "oauth2_client": _oauth2,
    "oauth2_jwt": _oauth2,
    "oauth2_mtls": _oauth2,
    "oauth2_code": _oauth2,
    "oauth1": _oauth1,
    "session": _session,
    "client_certificate": _nothing,
}
