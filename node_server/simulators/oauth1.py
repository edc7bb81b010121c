"""The other end of OAuth 1.0a (RFC 5849): whether a request is signed with our four secrets.

Written from the standard and not with the library that signs, so that each holds the other.
"""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from node_server.simulators.call import Call

_PAIR = re.compile(r'([A-Za-z_]+)="([^"]*)"')
_HASHES = {"HMAC-SHA1": "sha1", "HMAC-SHA256": "sha256"}


def signed_well(call: Call, parts: Mapping[str, str]) -> bool:
    """Whether the Authorization header carries our consumer, our token and a true signature."""
    word, _, rest = call.header("Authorization").partition(" ")
    stated = {name: unquote(value) for name, value in _PAIR.findall(rest)}
    algorithm = _HASHES.get(stated.get("oauth_signature_method", ""))
    ours = (parts["consumer_key"], parts["token"])
    named = (stated.get("oauth_consumer_key"), stated.get("oauth_token"))
    if word.lower() != "oauth" or algorithm is None or named != ours:
        return False
    key = f"{_encode(parts['consumer_secret'])}&{_encode(parts['token_secret'])}"
    digest = hmac.new(key.encode(), _base_string(call, stated).encode(), algorithm).digest()
    wanted = base64.b64encode(digest).decode()
    return hmac.compare_digest(wanted, stated.get("oauth_signature", ""))


def _base_string(call: Call, stated: Mapping[str, str]) -> str:
    """RFC 5849, section 3.4.1."""
    split = urlsplit(call.url)
    pairs = parse_qsl(split.query, keep_blank_values=True)
    if "application/x-www-form-urlencoded" in call.header("Content-Type"):
        pairs += parse_qsl(call.body.decode("utf-8", "replace"), keep_blank_values=True)
    pairs += [(n, v) for n, v in stated.items() if n not in ("oauth_signature", "realm")]
    encoded = sorted((_encode(name), _encode(value)) for name, value in pairs)
    params = "&".join(f"{name}={value}" for name, value in encoded)
    address = f"{split.scheme.lower()}://{split.netloc.lower()}{split.path}"
    return "&".join((call.method.upper(), _encode(address), _encode(params)))


def _encode(text: str) -> str:
    return quote(text, safe="-._~")
