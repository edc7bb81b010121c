"""Every exchange on record, without its secrets: for the trace of a document, and as a cassette.

A sender is what takes a request and gives an answer; recorders and cassettes stand in its place.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeAlias

from requests.structures import CaseInsensitiveDict

from connectors._transport.errors import TransportError, TransportFailed
from connectors._transport.message import Answer, Request
from connectors._transport.redaction import Redactor

Sender: TypeAlias = Callable[[Request], Answer]

_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and what came of it, redacted; all of it is JSON."""

    method: str
    url: str
    request_headers: dict[str, str]
    request_body: str
    status: int | None
    """None where no answer came; `error` then says why."""
    headers: dict[str, str]
    body: str
    milliseconds: int
    peer: str = ""
    error: str = ""
    outcome: str = ""
    """`not_applied` or `uncertain`, where no answer came."""


def recorded(
    sender: Sender, keep: Callable[[Exchange], None], redactor: Redactor | None = None
) -> Sender:
    """The sender, with every exchange handed to `keep`, failures too."""
    redact = redactor or Redactor()

    def send(request: Request) -> Answer:
        start = time.monotonic_ns()
        try:
            answer = sender(request)
        except TransportError as error:
            keep(_failed(request, error, _since(start), redact))
            raise
        keep(_answered(request, answer, _since(start), redact))
        return answer

    return send


def write_cassette(path: Path, exchanges: Iterable[Exchange]) -> None:
    """The exchanges as a file for tests; read it before it is shared."""
    content = {"format": _FORMAT, "exchanges": [asdict(each) for each in exchanges]}
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


class Cassette:
    """A sender that answers from a file: each recorded exchange once, in any order of requests.

    A request fits by method, address and body as they are recorded, so that secrets and tokens
    need not be the same ones.
    """

    def __init__(self, path: Path, redactor: Redactor | None = None) -> None:
        content = json.loads(path.read_text(encoding="utf-8"))
        self._left = [Exchange(**each) for each in content["exchanges"]]
        self._redact = redactor or Redactor()

    def __call__(self, request: Request) -> Answer:
        wanted = (request.method, self._redact.url(request.url), self._redact.body(request.body))
        for place, each in enumerate(self._left):
            if (each.method, each.url, each.request_body) == wanted:
                return _replay(self._left.pop(place), request)
        raise TransportFailed(
            "not_recorded",
            f"{request.method} {wanted[1][:120]} is not on the cassette; record it anew",
            outcome="not_applied",
        )

    @property
    def left(self) -> list[Exchange]:
        """What nobody asked for."""
        return list(self._left)


def _replay(exchange: Exchange, request: Request) -> Answer:
    if exchange.status is None:
        outcome: Any = exchange.outcome or "uncertain"
        raise TransportFailed("recorded", exchange.error, outcome=outcome)
    headers = CaseInsensitiveDict(exchange.headers)
    return Answer(exchange.status, headers, exchange.body.encode("utf-8"), request.url, 0.0)


def _answered(request: Request, answer: Answer, took: int, redact: Redactor) -> Exchange:
    return Exchange(
        request.method,
        redact.url(request.url),
        redact.headers(request.headers),
        redact.body(request.body),
        answer.status,
        redact.headers(answer.headers),
        redact.body(answer.body),
        took,
        peer=answer.peer,
    )


def _failed(request: Request, error: TransportError, took: int, redact: Redactor) -> Exchange:
    return Exchange(
        request.method,
        redact.url(request.url),
        redact.headers(request.headers),
        redact.body(request.body),
        None,
        {},
        "",
        took,
        error=redact.text(f"{error.code}: {error.message}"),
        outcome=error.outcome,
    )


def _since(start: int) -> int:
    return (time.monotonic_ns() - start) // 1_000_000
