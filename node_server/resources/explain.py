"""`/v1/explain`: where each canonical field comes from."""

from __future__ import annotations

from node_server.operations.packing import lineage
from node_server.resources.call import Call, Reply, reply
from node_server.resources.endpoint import Answer, Body, endpoint
from node_server.resources.shapes import closed, flag, many, shape, text

_ROW = shape(
    ("path", "sources"),
    path=text("Canonical field"),
    sources=many(text(), "Places in the payload that feed it"),
    transforms=many(text()),
    tables=many(text()),
    constant={},
    derived=flag("Reckoned from several places"),
)
_BODY = closed(
    ("connector", "resource"),
    connector=text("Connector", examples=["ap/ubl"]),
    resource=text("Resource", examples=["invoice"]),
    direction={"type": "string", "enum": ["read", "write"], "default": "read"},
)


@endpoint(
    "POST",
    "/v1/explain",
    summary="Explain a map field by field",
    tag="Pure",
    permission="map",
    body=Body("The map that is meant", schema=_BODY,
              example={"connector": "ap/ubl", "resource": "invoice"}),
    answers={200: Answer("One row a field", shape(("data",), data=many(_ROW)))},
    refusals=(400, 413, 415, 422),
)  # fmt: skip
def explain(call: Call) -> Reply:
    """For each field: the places in the payload that feed it, the transforms and tables on the
    way, and whether it is stated or reckoned. Known from the map alone."""
    body = call.body
    rows = lineage(
        body["connector"],
        body["resource"],
        body.get("direction", "read"),
        call.house.overlay_of(call.tenant),
    )
    return reply({"data": rows})
