"""A request as it will be sent, and the answer that came."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

from requests.structures import CaseInsensitiveDict

from connectors._codecs import json_tree
from connectors._transport.errors import TransportFailed
from connectors.errors import CodecError


@dataclass(frozen=True, slots=True)
class Request:
    """One request; it never changes, auth and paging make new ones of it."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def with_headers(self, headers: Mapping[str, str]) -> Request:
        """The same with these headers put in place of ones of the same name."""
        gone = {name.lower() for name in headers}
        kept = {name: value for name, value in self.headers.items() if name.lower() not in gone}
        return replace(self, headers={**kept, **headers})

    def with_params(self, params: Mapping[str, str]) -> Request:
        """The same with these query parameters put in place of ones of the same name."""
        base, _, query = self.url.partition("?")
        pairs = [pair for pair in query.split("&") if pair]
        kept = [pair for pair in pairs if pair.partition("=")[0] not in _encoded(params)]
        added = [f"{_encode(name)}={_encode(value)}" for name, value in params.items()]
        query = "&".join((*kept, *added))
        return replace(self, url=f"{base}?{query}" if query else base)

    def header(self, name: str) -> str | None:
        """The value of a header, whatever its case."""
        wanted = name.lower()
        return next((v for n, v in self.headers.items() if n.lower() == wanted), None)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whole; any status is an answer."""

    status: int
    headers: CaseInsensitiveDict[str]
    body: bytes = field(repr=False)
    url: str
    seconds: float
    peer: str = ""

    @property
    def ok(self) -> bool:
        """Whether the status is of the 200s."""
        return 200 <= self.status < 300

    @property
    def text(self) -> str:
        """The body as UTF-8, for people and for searching."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body as a tree with exact numbers; `TransportFailed` (uncertain) where it is none."""
        try:
            return json_tree.decode(self.body).units[0]
        except CodecError as error:
            found = f"an answer with status {self.status} that is not JSON: {self.text[:40]!r}"
            raise TransportFailed(
                "not_json", found, outcome="uncertain", status=self.status
            ) from error

    def tree(self) -> Any:
        """The body as a tree; nothing where it is not JSON, for looking into refusals."""
        try:
            return self.json()
        except TransportFailed:
            return None


def _encode(text: str) -> str:
    return quote(text, safe="-._~")


def _encoded(names: Iterable[str]) -> set[str]:
    """Both spellings in which a parameter's name may stand in an address (`$top`, `%24top`)."""
    return {*names, *map(_encode, names)}
