"""`/openapi.json`, `/openapi-2.json`, `/asyncapi.json`, `/docs`: the server, by itself."""

from __future__ import annotations

from functools import lru_cache

from node_server.resources.asyncapi import asyncapi
from node_server.resources.call import Call, Reply, encode
from node_server.resources.docs_page import PAGE, POLICY
from node_server.resources.endpoint import Answer, endpoint
from node_server.resources.openapi import openapi
from node_server.resources.openapi2 import swagger
from node_server.resources.shapes import ANYTHING


@lru_cache(maxsize=8)
def _described(what: str, address: str) -> bytes:
    makers = {"openapi": openapi, "swagger": swagger, "asyncapi": asyncapi}
    return encode(makers[what](address))


def _address(call: Call) -> str:
    return call.house.settings.address


@endpoint(
    "GET",
    "/openapi.json",
    summary="OpenAPI 3.1",
    tag="Operation",
    permission=None,
    answers={200: Answer("The description", ANYTHING)},
)
def get_openapi(call: Call) -> Reply:
    """Made from the declarations that serve: what it says is what there is."""
    return Reply(_described("openapi", _address(call)))


@endpoint(
    "GET",
    "/openapi-2.json",
    summary="OpenAPI 2.0, for Power Automate",
    tag="Operation",
    permission=None,
    answers={200: Answer("The description", ANYTHING)},
)
def get_swagger(call: Call) -> Reply:
    """The same for tools that read only the older form."""
    return Reply(_described("swagger", _address(call)))


@endpoint(
    "GET",
    "/asyncapi.json",
    summary="AsyncAPI of the events",
    tag="Operation",
    permission=None,
    answers={200: Answer("The description", ANYTHING)},
)
def get_asyncapi(call: Call) -> Reply:
    """The events that subscribers are sent, and those of `/v1/events`."""
    return Reply(_described("asyncapi", _address(call)))


@endpoint(
    "GET",
    "/docs",
    summary="Read and try the API",
    tag="Operation",
    permission=None,
    answers={200: Answer("A page", types=("text/html",))},
)
def docs(_call: Call) -> Reply:
    """A page that reads the description and sends what you fill in."""
    return Reply(PAGE, 200, "text/html; charset=utf-8", {"Content-Security-Policy": POLICY})
