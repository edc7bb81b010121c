"""`/v1/schemas` and `/v1/rules`: the model, for machines."""

from __future__ import annotations

from node_server.operations.describing import describe_rules, schema, schema_names
from node_server.operations.telling import event_schema
from node_server.resources.call import Call, Reply, listed, reply
from node_server.resources.endpoint import ENVELOPE, Answer, endpoint, in_path, page_schema
from node_server.resources.shapes import ANYTHING, many, shape, text

_SCHEMA = Answer("A JSON Schema 2020-12", ANYTHING)


@endpoint(
    "GET",
    "/v1/schemas",
    summary="List the kinds of documents",
    tag="Model",
    permission=None,
    parameters=(ENVELOPE,),
    answers={200: Answer("Kinds with their titles", page_schema(shape(("kind",), kind=text())))},
)
def list_schemas(call: Call) -> Reply:
    """Every kind of canonical document."""
    return listed(call, {"data": [{"kind": kind} for kind in schema_names()], "has_more": False})


@endpoint(
    "GET",
    "/v1/schemas/{kind}",
    summary="JSON Schema of a kind",
    tag="Model",
    permission=None,
    parameters=(in_path("kind", "Kind of document", "invoice"),),
    answers={200: _SCHEMA},
    refusals=(404,),
)
def get_schema(call: Call) -> Reply:
    """The JSON Schema of one kind of document."""
    return reply(schema(call.given["kind"]))


@endpoint(
    "GET",
    "/v1/schemas/events/{type}",
    summary="JSON Schema of an event type",
    tag="Model",
    permission=None,
    parameters=(in_path("type", "Type of event", "finance.invoice.posted.v1"),),
    answers={200: _SCHEMA},
    refusals=(404,),
)
def get_event_schema(call: Call) -> Reply:
    """The JSON Schema of one type of event."""
    return reply(event_schema(call.given["type"]))


_RULE = shape(
    ("id", "code", "severity", "title"),
    id=text(),
    code=text(),
    standard={"type": ["string", "null"]},
    severity=text(),
    kinds=many(text()),
    title=text(),
    explains=text(),
    hint=text(),
)


@endpoint(
    "GET",
    "/v1/rules",
    summary="List the rules",
    tag="Model",
    permission=None,
    parameters=(ENVELOPE,),
    answers={200: Answer("All rules that documents are checked by", page_schema(_RULE))},
)
def list_rules(call: Call) -> Reply:
    """Every rule with the standard that it comes from."""
    return listed(call, {"data": describe_rules(), "has_more": False})
