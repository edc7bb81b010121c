"""Taking secrets out of what is kept: by name, by value, and whatever looks like a token."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from connectors._codecs import json_tree
from connectors.errors import CodecError

HIDDEN = "****"

_SAFE_HEADERS = frozenset(
    (
        *("accept", "accept-encoding", "allow", "cache-control", "content-encoding"),
        *("content-language", "content-length", "content-type", "date", "etag", "expires"),
        *("idempotency-key", "if-match", "if-modified-since", "if-none-match", "last-modified"),
        *("link", "location", "prefer", "preference-applied", "retry-after", "server", "vary"),
        *("traceparent", "user-agent", "webhook-id", "webhook-timestamp"),
        *("x-request-id", "request-id", "x-correlation-id", "intuit_tid"),
    )
)
_SAFE_PARTS = ("ratelimit", "rate-limit", "limit-remaining")
_SECRET_NAME = re.compile(
    r"pass(word|wd|phrase)?$|secret|api[_-]?key|^key$|authorization|session[_-]?id|dev[_-]?key"
    r"|(?<!sync)(?<!skip)(?<!page)(?<!page[_-])(?<!next)(?<!next[_-])(?<!continuation)token(?!_type)"
    r"|credential|private[_-]?key|assertion|signature|^code$|code[_-]?verifier|^sig$|client[_-]?state"
    r"|iban|account[_-]?number|routing[_-]?number|card[_-]?number|^cvv$|^pin$|^ssn$",
    re.IGNORECASE,
)
_PAIR = re.compile(r"(?<![\w$.%-])(?P<name>[\w$.%-]{1,80}+)=(?P<value>[^&;\s\"<]*)")
_ELEMENT = re.compile(r"<(?P<tag>(?:[\w-]+:)?(?P<name>[\w-]+))(?P<rest>[^<>]*)>(?P<value>[^<>]+)<")
# long, and of letters and digits mixed: words, numbers, dates and document ids stay readable
_TOKEN = re.compile(
    r"\beyJ[\w-]+\.[\w-]+\.[\w-]*"
    r"|(?<![\w+/-])(?=[\w+/-]*[A-Za-z])(?=[\w+/-]*\d)[\w+/-]{32,}={0,2}"
)
_UUID = re.compile(r"[0-9a-fA-F]{8}(-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}")
_MOST = 65536
_SHORTEST = 6
_SHORTEST_TOKEN = 32
_JWT = "eyJ"


class Redactor:
    """Redacts what is recorded. `secrets` are values known to be secret, wherever they stand."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        texts = {each for secret in secrets for each in _spellings(secret)}
        self._secrets = sorted((t for t in texts if len(t) >= _SHORTEST), key=len, reverse=True)

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """The headers; of those not known to be harmless only the names."""
        return {
            name: self.text(value) if _is_safe_header(name) else HIDDEN
            for name, value in headers.items()
        }

    def url(self, url: str) -> str:
        """The address without the values of telling parameters."""
        base, mark, query = url.partition("?")
        return self._known(base) + mark + self.text(query)

    def body(self, body: bytes) -> str:
        """The body as text, JSON by its names, the rest by what it looks like; cut if very long."""
        text = body[:_MOST].decode("utf-8", "replace")
        cut = f" … {len(body) - _MOST} bytes more" if len(body) > _MOST else ""
        tree = None if cut or not text.lstrip().startswith(("{", "[")) else _tree(body)
        if tree is not None:
            text = json_tree.write(self._tree(tree)).decode("utf-8")
            return self._known(text)
        return self.text(_ELEMENT.sub(_hide_element, text)) + cut

    def text(self, text: str) -> str:
        """Any text: known secrets, `name=value` pairs with telling names, and long tokens."""
        found = self._known(text)
        if "=" in found:
            found = _PAIR.sub(_hide_pair, found)
        if len(found) < _SHORTEST_TOKEN and _JWT not in found:  # as most texts are
            return found
        return _TOKEN.sub(_hide_token, found)

    def _known(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return text

    def _tree(self, tree: Any) -> Any:
        if isinstance(tree, dict):
            return {
                name: HIDDEN if value and _is_telling(name) else self._tree(value)
                for name, value in tree.items()
            }
        if isinstance(tree, list):
            return [self._tree(each) for each in tree]
        return self.text(tree) if isinstance(tree, str) else tree


def _tree(body: bytes) -> Any:
    try:
        return json_tree.decode(body).units[0]
    except CodecError:
        return None


def _spellings(secret: str) -> tuple[str, ...]:
    """A secret as it may stand in an address or a JSON text."""
    return secret, quote(secret, safe=""), secret.replace('"', '\\"').replace("\n", "\\n")


@lru_cache(maxsize=4096)
def _is_telling(name: str) -> bool:
    return _SECRET_NAME.search(name) is not None


@lru_cache(maxsize=1024)
def _is_safe_header(name: str) -> bool:
    lower = name.lower()
    return lower in _SAFE_HEADERS or any(part in lower for part in _SAFE_PARTS)


def _hide_pair(found: re.Match[str]) -> str:
    return f"{found['name']}={HIDDEN}" if _SECRET_NAME.search(found["name"]) else found[0]


def _hide_element(found: re.Match[str]) -> str:
    if _SECRET_NAME.search(found["name"]):
        return f"<{found['tag']}{found['rest']}>{HIDDEN}<"
    return found[0]


def _hide_token(found: re.Match[str]) -> str:
    """Told apart by a few digits of its hash: cursors of pages look like tokens too."""
    if _UUID.fullmatch(found[0]):
        return found[0]
    return f"hidden-{hashlib.sha256(found[0].encode()).hexdigest()[:6]}"
