"""`/v1/nodes`: the same operations, shaped for n8n: many items in one call, and lists for forms."""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import cache
from typing import Any

from flask import request

from node_server.auth import roles_that_may
from node_server.errors import Refusal
from node_server.n8n.catalogue import catalogue
from node_server.n8n.offers import Offer, offered
from node_server.operations.answering import read_key
from node_server.operations.node_choices import choices
from node_server.operations.node_fields import fields_of
from node_server.resources.batch_posting import settled
from node_server.resources.batching import carried_out
from node_server.resources.call import Call, Reply, listed, reply
from node_server.resources.endpoint import (
    ENDPOINTS,
    ENVELOPE,
    Answer,
    Body,
    Endpoint,
    Parameter,
    endpoint,
    in_path,
    page_schema,
    query,
)
from node_server.resources.openapi import openapi
from node_server.resources.shapes import ANYTHING, closed, flag, many, shape, text, whole

_MOST_ITEMS = 1000
_NODE = shape(
    ("name", "displayName", "properties"),
    name=text(),
    displayName=text(),
    description=text(),
    resource=text(),
    operation=text(),
    properties=many(ANYTHING),
    execute=text(),
)
_ITEM = shape(
    json=ANYTHING, binary=ANYTHING, parameters=ANYTHING,
    place={"type": "integer", "description": "Its place among all items, where they come in parts"},
)  # fmt: skip
_RESULT = shape(
    ("item", "ok"), item=whole(), ok=flag(), outputs=many(ANYTHING), problem=ANYTHING,
    next_cursor=text("Where the rows of this item go on"),
)  # fmt: skip
_CHOICE = shape(("name", "value"), name=text(), value=text(), description=text())


@endpoint(
    "GET",
    "/v1/nodes",
    summary="Describe the nodes",
    tag="n8n",
    permission="map",
    parameters=(ENVELOPE,),
    answers={200: Answer("Nodes with the properties of their forms", page_schema(_NODE))},
)
def list_nodes(call: Call) -> Reply:
    """What the n8n package is made from."""
    return listed(call, {"data": catalogue(openapi("")), "has_more": False})


@cache
def _offers() -> dict[str, tuple[Offer, Endpoint]]:
    """Each node with the endpoint that it calls; endpoints are all declared by the first call."""
    by_name = {each.name: each for each in ENDPOINTS}
    return {offer.known_as: (offer, by_name[offer.endpoint]) for offer in offered(openapi(""))}


@endpoint(
    "POST",
    "/v1/nodes/{node}/execute",
    summary="Carry out a node",
    tag="n8n",
    permission="read",
    parameters=(
        in_path("node", "Name of the node", "map"),
        Parameter("Idempotency-Key", "Each item is carried out once under this key and its place",
                  {"type": "string", "minLength": 1, "maxLength": 240}, "header"),
    ),
    body=Body(
        "n8n's items with the node's parameters",
        schema=closed(
            ("items",),
            items={"type": "array", "items": _ITEM, "maxItems": _MOST_ITEMS},
            parameters=ANYTHING,
        ),
        example={"items": [{"json": {"kind": "invoice"}}], "parameters": {}},
    ),
    answers={200: Answer("One result for each item", shape(("results",), results=many(_RESULT)))},
    refusals=(400, 404, 409, 413, 415, 422),
)  # fmt: skip
def execute_node(call: Call) -> Reply:
    """One result for each item, in order. What is wrong with one is told in its place and does not
    touch the others: the status is 200 all the same. An item that was carried out under the same
    `Idempotency-Key` before is told again, so that a retry of the whole changes nothing."""
    offer, found = _chosen(call)
    key = request.headers.get("Idempotency-Key")
    key = read_key(key) if key is not None else None
    shared = dict(call.body.get("parameters") or {})
    began, wait = time.monotonic(), _wait(offer, shared)
    results = []
    for at, item in enumerate(call.body["items"]):
        own = key and f"{key}.{item.get('place', at)}"
        results.append(carried_out(call, offer, found, at, _with(item, shared), own))
    if wait:
        results = settled(call, results, began + wait)
    return reply({"results": results})


def _chosen(call: Call) -> tuple[Offer, Endpoint]:
    name = call.given["node"]
    if name not in _offers():
        known = ", ".join(_offers())
        raise Refusal(404, "not_found", f"there is no node {name[:40]!r}; there are {known}")
    offer, found = _offers()[name]
    if found.permission and found.permission not in call.who.permissions:
        roles = ", ".join(roles_that_may(found.permission))
        raise Refusal(403, "forbidden", f"this node needs one of the roles {roles}")
    return offer, found


def _with(item: Mapping[str, Any], shared: Mapping[str, Any]) -> dict[str, Any]:
    return {**item, "parameters": {**shared, **(item.get("parameters") or {})}}


def _wait(offer: Offer, shared: dict[str, Any]) -> float:
    """Many are posted first and waited for together: the wait of one would keep the next."""
    return float(shared.pop("wait", 0) or 0) if offer.endpoint == "post_document" else 0.0


@endpoint(
    "GET",
    "/v1/nodes/choices/{list}",
    summary="List choices of a form",
    tag="n8n",
    permission="map",
    parameters=(
        in_path("list", "readers, writers, connections, documents, kinds, …", "readers"),
        query("search", "Only what holds this text", maxLength=200),
        query("connector", "Only what goes with this connector", example="ap/ubl"),
        query("connection", "Only what goes with this connection's connector"),
        query("cursor", "Where to go on: `next_cursor` of the page before"),
        ENVELOPE,
    ),
    answers={200: Answer("Choices by name", page_schema(_CHOICE))},
    refusals=(404, 422),
)
def list_choices_of_form(call: Call) -> Reply:
    """What a list in an editor offers, each choice with the name to show and its value."""
    return listed(call, choices(call.house, call.who, call.given["list"], call.given))


@endpoint(
    "GET",
    "/v1/nodes/fields/{kind}",
    summary="List the fields of a kind, flat",
    tag="n8n",
    permission="map",
    parameters=(in_path("kind", "Kind of document", "invoice"),),
    answers={200: Answer("Fields by their paths", shape(("fields",), fields=many(ANYTHING)))},
    refusals=(404,),
)
def list_fields_of_form(call: Call) -> Reply:
    """The fields of a kind of document as a field mapper wants them; lists are given as JSON."""
    return reply({"fields": fields_of(call.given["kind"])})
