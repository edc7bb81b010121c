"""The HTTP session of this product: safe whatever address it is given.

A request is refused, or goes to an allowed host at an allowed address; no redirect is followed, no
proxy or password file of the environment is used, time and size have ends. What fails says whether
the other side can have acted.
"""

from __future__ import annotations

import re
import time
from http.cookiejar import DefaultCookiePolicy
from types import TracebackType

import requests

from connectors._transport.attempt import Attempt, under_way
from connectors._transport.body import read_body
from connectors._transport.connection import Gate, GuardedAdapter, timeouts
from connectors._transport.errors import TransportFailed, TransportRefused
from connectors._transport.failures import WAYS_TO_FAIL, failure_of
from connectors._transport.message import Answer, Request
from connectors._transport.policy import Policy, check_url
from connectors._transport.resolution import Resolver, system_resolver
from connectors._transport.tls import ClientCertificate, make_context

_METHOD = re.compile(r"[A-Z]{1,20}")
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
_HEADER_VALUE = re.compile(r"[\x20-\x7e\t]*")
_OURS = frozenset(
    ("host", "content-length", "transfer-encoding", "connection", "te", "upgrade", "expect")
)
_USUAL_HEADERS = {"Accept": "*/*", "Accept-Encoding": "gzip", "User-Agent": "counterfoil"}
_PIECE = 65536


class Session:
    """Connections under one policy, kept open between requests; one per connection of a tenant."""

    def __init__(
        self, policy: Policy, resolver: Resolver, certificate: ClientCertificate | None
    ) -> None:
        self.policy = policy
        context = make_context(policy.authorities, certificate)
        self._requests = requests.Session()
        self._requests.trust_env = False
        self._requests.headers.clear()
        if not policy.cookies:
            self._requests.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        adapter = GuardedAdapter(Gate(policy, resolver), context)
        self._requests.mount("https://", adapter)
        self._requests.mount("http://", adapter)

    def exchange(self, request: Request, total: float) -> requests.Response:
        """The answer's head; the body is still to be read."""
        prepared = self._requests.prepare_request(
            requests.Request(
                request.method,
                request.url,
                headers={**_USUAL_HEADERS, **request.headers},
                data=request.body or None,
            )
        )
        return self._requests.send(
            prepared, stream=True, allow_redirects=False, timeout=timeouts(self.policy, total)
        )

    def close(self) -> None:
        """Close what is still open."""
        self._requests.close()

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def open_session(
    policy: Policy,
    *,
    resolver: Resolver = system_resolver,
    certificate: ClientCertificate | None = None,
) -> Session:
    """A session under a policy; it may be used by several threads, and is closed by its maker."""
    return Session(policy, resolver, certificate)


def send(session: Session, request: Request, *, timeout: float | None = None) -> Answer:
    """Send one request once. Any status is an answer; a redirect is one too, and not followed.

    Raises `TransportRefused` where it may not be sent, and `TransportFailed` where no whole answer
    came. `timeout` shortens the total time of the policy.
    """
    policy = session.policy
    check_url(policy, request.url)
    _check(request)
    total = min(policy.total_timeout, timeout or policy.total_timeout)
    start = time.monotonic()
    attempt = Attempt(start + total, start + policy.connect_timeout, policy.read_timeout)
    with under_way(attempt):
        try:
            head = session.exchange(request, total)
        except WAYS_TO_FAIL as error:
            raise failure_of(error, attempt, request) from error
        with head:
            body = _read(head, attempt, request, limit=policy.max_bytes)
    return Answer(
        head.status_code, head.headers, body, request.url, time.monotonic() - start, attempt.peer
    )


def _read(head: requests.Response, attempt: Attempt, request: Request, *, limit: int) -> bytes:
    status = head.status_code
    stated = head.headers.get("Content-Length", "")
    if stated.isdigit() and int(stated) > limit and request.method != "HEAD":
        message = f"a body of {stated[:20]} bytes; at most {limit} are taken"
        raise TransportFailed("answer_too_large", message, outcome="uncertain", status=status)
    pieces = head.raw.stream(_PIECE, decode_content=False)
    encoding = head.headers.get("Content-Encoding", "")
    try:
        return read_body(pieces, encoding, limit=limit, status=status)
    except WAYS_TO_FAIL as error:
        raise failure_of(error, attempt, request, status) from error


def _check(request: Request) -> None:
    if not _METHOD.fullmatch(request.method):
        raise TransportRefused("method", f"method {request.method[:20]!r}; write it in capitals")
    for name, value in request.headers.items():
        if not _HEADER_NAME.fullmatch(name) or not _HEADER_VALUE.fullmatch(value):
            raise TransportRefused(
                "header", f"header {name[:40]!r} has a character that headers cannot carry"
            )
        if name.lower() in _OURS or name.lower().startswith("proxy-"):
            raise TransportRefused("header", f"header {name!r} is set by the transport alone")
