"""One road for every request: who, what, may they, carry out, answer, count."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import Flask, Request, Response, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from node_server import logs, metrics, tracing
from node_server.auth import Principal, principal, roles_that_may
from node_server.deadline import TimeUp, within
from node_server.errors import Refusal, refusal_of
from node_server.operations.access import Doorkeeper
from node_server.operations.answering import read_key
from node_server.operations.house import House
from node_server.operations.limiting import Limiter
from node_server.operations.tokens import TokenReader
from node_server.operations.tool_calls import TOOL_HEADER, note_tool
from node_server.resources import problems, reading
from node_server.resources.call import Call, Reply
from node_server.resources.endpoint import NDJSON, PROBLEM, Endpoint
from node_server.resources.keyed import answered_once
from node_server.spans import make_spans

NOBODY = principal("", "", "anybody", frozenset())


class Server:
    """What all routes share: the house, its doorkeeper and its limits."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.doorkeeper = Doorkeeper(house)
        self.tokens = TokenReader(house)
        self.limiter = Limiter(house.settings)
        self.spans = make_spans(house.settings)

    def mount(self, app: Flask, found: Endpoint) -> None:
        """Let Flask answer this endpoint."""
        app.add_url_rule(
            found.route, found.name, self._view(found), methods=[found.method],
            provide_automatic_options=False,
        )  # fmt: skip

    def _view(self, found: Endpoint) -> Callable[..., Response]:
        def view(**_: str) -> Response:
            return self.answer(found, lambda: self._carried_out(found))

        return view

    def answer(self, found: Endpoint | None, work: Callable[[], Reply]) -> Response:
        """The response to this request, whatever becomes of the work."""
        began = time.perf_counter()
        trace, span = self.spans.begin(request.headers.get("traceparent"))
        logs.trace_id.set(trace.trace_id)
        logs.tenant.set("")
        request.environ["counterfoil.trace"] = trace
        made = self._safely(work, trace.trace_id)
        response = _response(made, trace)
        self._count(found, response, time.perf_counter() - began)
        span.end(found.name if found else "unknown", request.method, response.status_code)
        return response

    def _safely(self, work: Callable[[], Reply], trace_id: str) -> Reply:
        try:
            with within(self.house.settings.time_limit):
                return work()
        except TimeUp:
            limit = self.house.settings.time_limit
            hint = "send less at once, or a background job to /v1/jobs"
            refusal = Refusal(
                503, "time_limit", f"not done within {limit} seconds", hint=hint,
                outcome="uncertain", retriable=True, retry_after=1,
            )  # fmt: skip
        except RequestEntityTooLarge:
            refusal = reading.too_large(self.house.settings.max_body)
        except HTTPException as error:
            refusal = problems.of_http(error)
        except Exception as error:  # noqa: BLE001  (nothing but a problem may leave)
            refusal = _missing(refusal_of(error)) or self._fault(error)
        return problems.problem(refusal, trace_id)

    def _fault(self, error: Exception) -> Refusal:
        logs.log().error("fault", exc_info=error)
        return problems.internal()

    def _carried_out(self, found: Endpoint) -> Reply:
        who = self._who(found)
        call = self._call(found, who)
        if not found.keyed or "Idempotency-Key" not in request.headers:
            return found.work(call)
        return answered_once(found, call, read_key(request.headers["Idempotency-Key"]))

    def _who(self, found: Endpoint) -> Principal:
        if found.permission is None:
            return NOBODY
        who = self._admitted(request)
        logs.tenant.set(who.tenant)
        self.limiter.count(who)
        note_tool(self.house, who, request.headers.get(TOOL_HEADER), found.method, request.path)
        if found.permission not in who.permissions:
            roles = ", ".join(roles_that_may(found.permission))
            raise Refusal(403, "forbidden", f"this needs one of the roles {roles}")
        return who

    def _admitted(self, seen: Request) -> Principal:
        stated = seen.headers.get("Authorization", "")
        scheme, _, token = stated.partition(" ")
        key = token.strip() if scheme.lower() == "bearer" else seen.headers.get("X-Api-Key", "")
        if not key:
            raise Refusal(
                401, "unauthenticated", "no key was sent",
                hint="send `Authorization: Bearer cf_…` or `X-Api-Key: cf_…`",
                headers={"WWW-Authenticate": 'Bearer realm="counterfoil"'},
            )  # fmt: skip
        if self.tokens.reads(key):
            return self.tokens.admit(key)
        return self.doorkeeper.admit(key)

    def _call(self, found: Endpoint, who: Principal) -> Call:
        given = reading.parameters(found, request)
        call = Call(
            self.house,
            who,
            request.environ["counterfoil.trace"],
            given,
            wants_lines=NDJSON in request.headers.get("Accept", ""),
            headers=dict(request.headers),
        )
        return self._with_body(found, call) if found.body is not None else call

    def _with_body(self, found: Endpoint, call: Call) -> Call:
        assert found.body is not None  # noqa: S101  (the caller has looked)
        largest = self.house.settings.max_body
        if reading.is_payload(found.body):
            several = request.mimetype == reading.MULTIPART
            data = b"" if several else reading.raw_body(request, largest)
            parts, several = reading.payloads(request, data)
            return replace(call, parts=parts, several=several)
        data = reading.raw_body(request, largest)
        body = reading.json_body(found.body, data, request.mimetype)
        return replace(call, body=body)

    def _count(self, found: Endpoint | None, response: Response, seconds: float) -> None:
        route = found.path if found else "(none)"
        method = request.method if found else "(any)"
        metrics.requests.labels(method, route, str(response.status_code)).inc()
        metrics.latency.labels(method, route).observe(seconds)
        logs.log().info(
            "request",
            method=request.method,
            route=route,
            status=response.status_code,
            ms=round(seconds * 1000, 2),
        )


def _missing(refusal: Refusal | None) -> Refusal | None:
    """A name in the address that is not known is not there; one in a body is wrong."""
    if refusal is not None and refusal.code == "unknown_name" and request.method == "GET":
        return Refusal(404, "not_found", refusal.message, hint=refusal.hint)
    return refusal


def _response(made: Reply, trace: tracing.Trace) -> Response:
    response = Response(made.body, made.status)
    if made.content_type:
        response.headers["Content-Type"] = made.content_type
    else:
        response.headers.pop("Content-Type", None)
    response.headers["traceparent"] = trace.header
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    for name, value in made.headers.items():
        response.headers[name] = value
    return response


def refuse_unknown(server: Server, app: Flask) -> None:
    """Whatever Flask refuses before a route is found comes in our shape too."""

    def handler(error: Any) -> Response:
        def work() -> Reply:
            raise error

        return server.answer(None, work)

    app.register_error_handler(HTTPException, handler)
    app.register_error_handler(Exception, handler)


__all__ = ["PROBLEM", "Server", "refuse_unknown"]
