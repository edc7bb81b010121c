"""OpenAPI 2.0 for Power Automate and Logic Apps: flat, key first, nothing optional in shape."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from node_server.operations.describing import version
from node_server.resources.endpoint import ANY, ENDPOINTS, Endpoint, Parameter
from node_server.resources.openapi import KEY_HEADER, REASONS, TAGS, refusals
from node_server.resources.problems import PROBLEM_SCHEMA

_KEPT = ("type", "enum", "default", "minimum", "maximum", "minLength", "maxLength", "format")


def swagger(address: str) -> dict[str, Any]:
    """The description of this server at that address."""
    parts = urlsplit(address)
    paths: dict[str, Any] = {}
    for each in ENDPOINTS:
        if each.tag != "Operation":
            paths.setdefault(each.path, {})[each.method.lower()] = _operation(each)
    return {
        "swagger": "2.0",
        "info": {"title": "Counterfoil", "version": version,
                 "description": "Finance payloads to one model, exactly once"},
        "host": parts.netloc,
        "basePath": "/",
        "schemes": [parts.scheme or "https"],
        "consumes": ["application/json"],
        "produces": ["application/json"],
        "securityDefinitions": {"key": {"type": "apiKey", "in": "header", "name": "X-Api-Key"}},
        "security": [{"key": []}],
        "tags": [{"name": name, "description": says} for name, says in TAGS.items()],
        "paths": paths,
        "definitions": {"Problem": _flat(PROBLEM_SCHEMA)},
    }  # fmt: skip


def _operation(each: Endpoint) -> dict[str, Any]:
    parameters = [_parameter(p) for p in each.parameters]
    if each.keyed:
        parameters.append(_parameter(KEY_HEADER))
    told: dict[str, Any] = {
        "operationId": each.name,
        "summary": each.summary,
        "description": each.says,
        "tags": [each.tag],
        "x-ms-visibility": "important" if each.tag in ("Pure", "Documents") else "advanced",
        "responses": {str(status): _answer(each, status) for status in each.answers}
        | {str(s): _refusal(s) for s in refusals(each)},
    }
    if each.body is not None:
        parameters.append(_body(each))
        if ANY in each.body.types:
            told["consumes"] = ["application/octet-stream"]
    return told | {"parameters": parameters}


def _parameter(each: Parameter) -> dict[str, Any]:
    told: dict[str, Any] = {"name": each.name, "in": each.place, "description": each.says}
    told |= {"x-ms-summary": each.says[:80], "required": each.place == "path"}
    kept = {name: value for name, value in each.schema.items() if name in _KEPT}
    if each.many:
        return told | {
            "type": "array",
            "items": {"type": kept["type"]},
            "collectionFormat": "multi",
        }
    return told | kept


def _body(each: Endpoint) -> dict[str, Any]:
    body = each.body
    assert body is not None  # noqa: S101  (the caller has looked)
    payload = ANY in body.types
    schema = {"type": "string", "format": "binary"} if payload else _flat(body.schema or {})
    return {"name": "body", "in": "body", "required": body.required,
            "description": body.says, "schema": schema}  # fmt: skip


def _answer(each: Endpoint, status: int) -> dict[str, Any]:
    answer = each.answers[status]
    told: dict[str, Any] = {"description": answer.says}
    if answer.schema is not None:
        told["schema"] = _flat(answer.schema)
    return told


def _refusal(status: int) -> dict[str, Any]:
    return {"description": REASONS[status], "schema": {"$ref": "#/definitions/Problem"}}


def _flat(schema: Any) -> dict[str, Any]:
    """A schema without choices: where there are several, the first one stands for all."""
    if not isinstance(schema, dict) and not hasattr(schema, "items"):
        return {}
    told = dict(schema)
    for choice in ("anyOf", "oneOf"):
        if choice in told:
            return _flat(told[choice][0])
    told.pop("additionalProperties", None)
    told.pop("examples", None)
    told.pop("pattern", None)
    if isinstance(told.get("type"), list):
        told["type"] = told["type"][0]
    if "properties" in told:
        told["properties"] = {name: _flat(each) for name, each in told["properties"].items()}
    if "items" in told:
        told["items"] = _flat(told["items"]) or {"type": "object"}
    return told
