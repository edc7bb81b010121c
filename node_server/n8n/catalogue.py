"""Every operation that is offered, with its form: what `GET /v1/nodes` tells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from node_server.n8n.forms import Field, Form, form_of
from node_server.n8n.offers import RESOURCES, Offer, offered


@dataclass(frozen=True, slots=True)
class Node:
    """An operation with its form and the schema of what it gives."""

    offer: Offer
    form: Form
    answer: Mapping[str, Any]


def nodes(description: Mapping[str, Any]) -> Iterator[Node]:
    """Every operation that the described API offers, with its form."""
    by_name = {
        each["operationId"]: (path, each)
        for path, methods in description["paths"].items()
        for each in methods.values()
    }
    for offer in offered(description):
        path, operation = by_name[offer.endpoint]
        yield Node(offer, form_of(path, operation, offer), _answer(operation, offer.rows))


def _answer(operation: Mapping[str, Any], rows: str | None) -> Mapping[str, Any]:
    """The schema of one item that comes out."""
    answers = [each for status, each in operation["responses"].items() if status[0] == "2"]
    content = answers[0].get("content", {}) if answers else {}
    schema = content.get("application/json", {}).get("schema", {})
    for each in schema.get("anyOf", [schema]):
        if rows is None:
            return dict(each)
        if rows in each.get("properties", {}):
            return dict(each["properties"][rows].get("items", {}))
    return {}


def catalogue(description: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The same, as data for whoever builds an editor."""
    return [_told(each) for each in nodes(description)]


def _told(node: Node) -> dict[str, Any]:
    offer = node.offer
    return {
        "name": offer.known_as,
        "displayName": offer.action,
        "description": offer.says,
        "resource": offer.resource,
        "resourceName": RESOURCES[offer.resource],
        "operation": offer.operation,
        "carries": offer.carries,
        "properties": [_property(each) for each in node.form.fields],
        "execute": f"/v1/nodes/{offer.known_as}/execute",
    }


def _property(field: Field) -> dict[str, Any]:
    kind = "resourceLocator" if field.kind == "locator" else field.kind
    told: dict[str, Any] = {
        "name": field.name,
        "displayName": field.title,
        "description": field.told,
        "type": kind,
        "required": field.required,
        "default": "" if field.default is None else field.default,
    }
    if field.options:
        told["options"] = [{"name": each, "value": each} for each in field.options]
    return told | ({"choices": f"/v1/nodes/choices/{field.load}"} if field.load else {})
