"""`/v1/nodes`: the same operations, shaped for n8n."""

from __future__ import annotations

from node_server.operations import node_work
from node_server.resources.call import Call, Reply, listed, reply
from node_server.resources.endpoint import ENVELOPE, Answer, Body, endpoint, in_path, page_schema
from node_server.resources.shapes import ANYTHING, closed, flag, many, shape, text, whole

_NODE = shape(
    ("name", "displayName", "properties"),
    name=text(),
    displayName=text(),
    description=text(),
    permission=text(),
    properties=many(ANYTHING),
    execute=text(),
)
_ITEM = shape(json=ANYTHING, binary=ANYTHING, parameters=ANYTHING)
_RESULT = shape(("item", "ok"), item=whole(), ok=flag(), outputs=many(ANYTHING), problem=ANYTHING)


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
    return listed(call, {"data": node_work.described(), "has_more": False})


@endpoint(
    "POST",
    "/v1/nodes/{node}/execute",
    summary="Carry out a node",
    tag="n8n",
    permission="read",
    parameters=(in_path("node", "Name of the node", "map"),),
    body=Body(
        "n8n's items with the node's parameters",
        schema=closed(
            ("items",),
            items={"type": "array", "items": _ITEM, "maxItems": 1000},
            parameters=ANYTHING,
        ),
        example={"items": [{"json": {"kind": "invoice"}}], "parameters": {}},
    ),
    answers={200: Answer("One result for each item", shape(("results",), results=many(_RESULT)))},
    keyed=True,
    refusals=(400, 404, 409, 413, 415, 422),
)
def execute_node(call: Call) -> Reply:
    """One result for each item, in order. What is wrong with one is told in its place and does not
    touch the others: the status is 200 all the same."""
    body = call.body
    made = node_work.execute(
        call.house, call.who, call.given["node"], body["items"], body.get("parameters") or {}
    )
    return reply(made)
