"""OpenAPI 3.1, drawn from the declarations of the endpoints."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from node_server.operations.describing import version
from node_server.resources.endpoint import ANY, ENDPOINTS, PROBLEM, Answer, Endpoint, Parameter
from node_server.resources.problems import PROBLEM_SCHEMA

TAGS = {
    "Pure": "Nothing is stored",
    "Model": "Kinds, schemas and rules",
    "Documents": "Taken in, listed, traced, moved on",
    "Connections": "Other systems, and what lets us in there",
    "Jobs": "Long work, done afterwards",
    "Events": "What happened, and who is told",
    "Access": "Keys, entities and the audit trail",
    "n8n": "The same, shaped for n8n",
    "Operation": "Health, figures, descriptions",
}
REASONS = {
    400: "The call is wrong: its parameters, or bytes that are not what they claim",
    401: "No valid key",
    403: "Not allowed with this key",
    404: "There is no such thing",
    405: "No such method here",
    409: "Not now: it has changed, is being carried out, or is no step from here",
    413: "Too large",
    415: "Not a content type that is taken here",
    422: "Read, but it cannot be done",
    429: "Too many requests",
    498: "Not shown to come from the system, said as that system wants it",
    500: "A fault of the server",
    502: "The other system refused, or gave no whole answer",
    503: "Not ready, or not done in time",
}
KEY_HEADER = Parameter(
    "Idempotency-Key",
    "The same key and body give the same answer, replayed; quoted or bare",
    {"type": "string", "minLength": 1, "maxLength": 255},
    "header",
    "8e03978e-40d5-43e8-bc93-6894a57f9324",
)


def openapi(address: str) -> dict[str, Any]:
    """The description of this server at that address."""
    paths: dict[str, Any] = {}
    for each in ENDPOINTS:
        paths.setdefault(each.path, {})[each.method.lower()] = _operation(each)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Counterfoil",
            "version": version,
            "summary": "Finance payloads to one model, exactly once",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": address}],
        "tags": [{"name": name, "description": says} for name, says in TAGS.items()],
        "security": [{"key": []}, {"bearer": []}],
        "paths": paths,
        "components": {
            "schemas": {"Problem": PROBLEM_SCHEMA},
            "responses": {str(status): _problem(says) for status, says in REASONS.items()},
            "securitySchemes": {
                "key": {"type": "apiKey", "in": "header", "name": "X-Api-Key"},
                "bearer": {"type": "http", "scheme": "bearer"},
            },
        },
    }


def _problem(says: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": says, "content": {PROBLEM: {"schema": schema}}}


def _operation(each: Endpoint) -> dict[str, Any]:
    parameters = (*each.parameters, *((KEY_HEADER,) if each.keyed else ()))
    told: dict[str, Any] = {
        "operationId": each.name,
        "summary": each.summary,
        "description": each.says,
        "tags": [each.tag],
        "responses": {str(s): {"$ref": f"#/components/responses/{s}"} for s in refusals(each)}
        | {str(status): _answer(a) for status, a in each.answers.items()},
    }
    if parameters:
        told["parameters"] = [_parameter(p) for p in parameters]
    if each.permission is None:
        told["security"] = []
    if each.body is not None:
        told["requestBody"] = _body(each)
    return told


def refusals(each: Endpoint) -> Iterator[int]:
    """Statuses of problems that an endpoint may give."""
    found = {400, 500, 503, *each.refusals}
    if each.permission is not None:
        found |= {401, 403, 429}
    if each.keyed:
        found |= {409, 422}
    yield from sorted(found)


def _parameter(each: Parameter) -> dict[str, Any]:
    schema = dict(each.schema)
    if each.many:
        schema = {"type": "array", "items": schema}
    told: dict[str, Any] = {
        "name": each.name,
        "in": each.place,
        "description": each.says,
        "schema": schema,
    }
    if each.place == "path":
        told["required"] = True
    if each.example is not None:
        told["example"] = [each.example] if each.many else each.example
    return told


def _body(each: Endpoint) -> dict[str, Any]:
    body = each.body
    assert body is not None  # noqa: S101  (the caller has looked)
    if ANY in body.types:
        several = {
            "type": "object",
            "properties": {"file": {"type": "array", "items": {"type": "string"}}},
        }
        content: dict[str, Any] = {
            "application/octet-stream": {"schema": {}},
            "application/xml": {"schema": {}},
            "application/json": {"schema": {}},
            "multipart/form-data": {"schema": several},
        }
    else:
        shown = {"schema": body.schema} | ({"example": body.example} if body.example else {})
        content = dict.fromkeys(body.types, shown)
    return {"description": body.says, "required": body.required, "content": content}


_TEXT = {"type": "string"}
_TYPED = {PROBLEM: {"$ref": "#/components/schemas/Problem"}}


def _answer(each: Answer) -> dict[str, Any]:
    told: dict[str, Any] = {"description": each.says}
    if each.types and each.schema is None and ANY in each.types:
        told["content"] = {ANY: {"schema": {}}}
    elif each.schema is not None:
        told["content"] = {
            kind: {"schema": each.schema if kind == "application/json" else {}}
            for kind in each.types
        }
    elif each.types and each.types != ("application/json",):
        told["content"] = {kind: {"schema": _TYPED.get(kind, _TEXT)} for kind in each.types}
    return told
