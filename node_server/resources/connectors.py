"""`/v1/connectors`: what can be read and written."""

from __future__ import annotations

from node_server.operations.packing import connector_details, connector_list
from node_server.resources.call import Call, Reply, listed, reply
from node_server.resources.endpoint import ENVELOPE, Answer, endpoint, in_path, page_schema, query
from node_server.resources.shapes import ANYTHING, many, shape, text

_CONNECTOR = shape(
    ("name", "title", "reads", "writes"),
    name=text("Family and name"),
    title=text(),
    docs=many(text()),
    reads=many(text(), "Resources that can be read"),
    writes=many(text(), "Resources that can be written"),
    resources=ANYTHING,
)


@endpoint(
    "GET",
    "/v1/connectors",
    summary="List the connectors",
    tag="Pure",
    permission="map",
    parameters=(ENVELOPE, query("family", "Only this family", example="erp")),
    answers={200: Answer("All connectors", page_schema(_CONNECTOR))},
)
def list_connectors(call: Call) -> Reply:
    """Every connector with the resources that it reads and writes."""
    rows = connector_list(call.house.overlay_of(call.tenant))
    if family := call.given.get("family"):
        rows = [row for row in rows if row["name"].partition("/")[0] == family]
    return listed(call, {"data": rows, "has_more": False})


@endpoint(
    "GET",
    "/v1/connectors/{family}/{name}",
    summary="Describe one connector",
    tag="Pure",
    permission="map",
    parameters=(in_path("family", "Its family", "ap"), in_path("name", "Its name", "ubl")),
    answers={200: Answer("The connector", _CONNECTOR)},
    refusals=(404,),
)
def get_connector(call: Call) -> Reply:
    """One connector: title, documentation, and what it reads and writes."""
    name = f"{call.given['family']}/{call.given['name']}"
    return reply(connector_details(name, call.house.overlay_of(call.tenant)))
