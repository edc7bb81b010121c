"""OAuth 1.0a with a token (RFC 5849), as NetSuite's token-based authentication asks for it."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from authlib.oauth1.rfc5849.client_auth import ClientAuth
from authlib.oauth1.rfc5849.signature import generate_signature_base_string
from authlib.oauth1.rfc5849.wrapper import OAuth1Request

from connectors._transport.message import Request

_FORM = "application/x-www-form-urlencoded"


def sign_oauth1(request: Request, parts: Mapping[str, str]) -> Request:
    """The request with its Authorization header. Only a form's body is under the signature."""
    client = _Client(
        parts["consumer_key"],
        parts["consumer_secret"],
        parts["token"],
        parts["token_secret"],
        signature_method=parts.get("signature_method", "HMAC-SHA256"),
        realm=parts.get("realm"),
    )
    is_form = _FORM in (request.header("Content-Type") or "")
    body = request.body.decode("utf-8", "replace") if is_form else b""
    headers = {"Content-Type": _FORM} if is_form else {}
    signed = client.sign(request.method, request.url, headers, body)[1]
    return request.with_headers({"Authorization": signed["Authorization"]})


def _with(algorithm: Callable[[], Any]) -> Callable[[Any, Any], str]:
    """RFC 5849, section 3.4.2, with the hash of RFC 5849's successors where that is asked for."""

    def signature(client: Any, request: Any) -> str:
        secrets = (client.client_secret, client.token_secret)
        key = "&".join(quote(secret, safe="~") for secret in secrets)
        text = generate_signature_base_string(request)
        digest = hmac.new(key.encode(), text.encode(), algorithm).digest()
        return base64.b64encode(digest).decode("ascii")

    return signature


class _Client(ClientAuth):  # type: ignore[misc]  # the library has no types
    SIGNATURE_METHODS = {  # noqa: RUF012 - as the library declares it
        "HMAC-SHA1": _with(hashlib.sha1),
        "HMAC-SHA256": _with(hashlib.sha256),
    }

    def get_oauth_signature(
        self, method: str, uri: str, headers: Mapping[str, str], body: bytes | str
    ) -> str:
        """The library refuses plain http; where that may go, the guard of the road decides."""
        request = OAuth1Request(method, "https" + uri[uri.index(":") :], body=body, headers=headers)
        request.uri = uri
        signature: str = self.SIGNATURE_METHODS[self.signature_method](self, request)
        return signature
