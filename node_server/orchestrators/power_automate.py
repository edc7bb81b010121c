"""A custom connector for Power Automate, Logic Apps and Power Apps, as its importer wants it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from node_server.orchestrators.icon import COLOUR, icon
from node_server.orchestrators.wording import pascal, sentence, title

Plain = dict[str, Any]

# What people do in a flow. Keys, secrets, policies and settings are no business of a flow's.
IMPORTANT: Final = (
    *("map_payloads", "take_in", "get_document", "list_documents", "post_document"),
    *("validate_document", "list_exceptions", "list_approvals", "approve_document"),
)
FURTHER: Final = (
    *("explain", "render", "trace_document", "move_document", "match_document", "get_match"),
    *("list_duplicates", "list_connections", "list_counterfoils", "get_counterfoil"),
    *("run_reconciliation", "list_reconciliations", "accept_reconciliation"),
    *("reject_reconciliation", "get_exception", "assign_exception", "comment_exception"),
    *("release_exception", "reject_exception", "decide_document", "propose_party_change"),
    *("start_job", "get_job", "list_events"),
)
TRIGGER: Final = "subscribe"
_HIDDEN: Final = ("unsubscribe",)
# They change the shape of an answer, which a flow knows beforehand.
_LEFT_OUT: Final = ("envelope", "Prefer")
_LARGEST: Final = 1_000_000  # bytes that the importer takes
_EVENT: Final[Plain] = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "description": "Id of the event; twice the same is one"},
        "type": {"type": "string", "description": "As finance.invoice.approved.v1"},
        "source": {"type": "string", "description": "Where it happened"},
        "subject": {"type": "string", "description": "Id of the document"},
        "time": {"type": "string", "description": "When it happened"},
        "data": {"type": "object", "description": "What is told of it"},
    },
}


def files(described: Mapping[str, Any]) -> dict[str, bytes]:
    """The files of the connector, from the server's own OpenAPI 2.0."""
    definition = _compact(_definition(described))
    if len(definition) > _LARGEST:
        raise ValueError(f"the definition has {len(definition)} bytes; the importer takes 1 MB")
    return {
        "apiDefinition.swagger.json": definition,
        "apiProperties.json": _pretty(_PROPERTIES),
        "settings.json": _pretty(_SETTINGS),
        "icon.png": icon(),
    }


def address_for(url: str) -> str:
    """The address as the connector is to have it; `ValueError` where the cloud cannot reach it."""
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or parts.hostname == "localhost":
        raise ValueError(f"{url[:40]!r} cannot be reached from the cloud; give a public https://…")
    return f"https://{parts.netloc}"


def _definition(described: Mapping[str, Any]) -> Plain:
    told = {name: described[name] for name in ("swagger", "host", "basePath", "consumes")}
    return told | {
        "schemes": ["https"],
        "produces": ["application/json"],
        "info": _INFO | {"version": described["info"]["version"]},
        "paths": _paths(described["paths"]),
        "definitions": {name: _titled(each) for name, each in described["definitions"].items()},
        "securityDefinitions": {"api_key": {"type": "apiKey", "in": "header", "name": "X-Api-Key"}},
        "security": [{"api_key": []}],
        "x-ms-connector-metadata": [
            {"propertyName": "Website", "propertyValue": f"https://{described['host']}/docs"},
            {"propertyName": "Categories", "propertyValue": "Finance;Data"},
        ],
    }


def _paths(paths: Mapping[str, Any]) -> Plain:
    told: Plain = {}
    for path, methods in paths.items():
        kept = {name: _operation(each) for name, each in methods.items() if _is_kept(each)}
        if kept:
            told[path] = kept
        if any(each["operationId"] == TRIGGER for each in methods.values()):
            told[path]["x-ms-notification-content"] = {
                "description": "What happened.",
                "schema": _titled(_EVENT),
            }
    return told


def _is_kept(operation: Mapping[str, Any]) -> bool:
    return operation["operationId"] in (*IMPORTANT, *FURTHER, *_HIDDEN, TRIGGER)


def _operation(operation: Mapping[str, Any]) -> Plain:
    name = operation["operationId"]
    told = {
        "operationId": pascal(name),
        "summary": operation["summary"].rstrip(".")[:80],
        "description": sentence(operation["description"]),
        "x-ms-visibility": _visibility(name),
        "parameters": [
            _parameter(each) for each in operation["parameters"] if each["name"] not in _LEFT_OUT
        ],
        "responses": _responses(operation["responses"]),
    }
    told |= {"consumes": operation["consumes"]} if "consumes" in operation else {}
    if name == TRIGGER:
        told |= {"x-ms-trigger": "single", "summary": "When something happens to a document"}
        _mark_callback(told["parameters"])
    return told


def _visibility(name: str) -> str:
    if name in _HIDDEN:
        return "internal"
    return "important" if name in (*IMPORTANT, TRIGGER) else "advanced"


def _mark_callback(parameters: list[Plain]) -> None:
    """Where the trigger's own address goes: the platform fills it in, nobody sees it."""
    body = next(each for each in parameters if each["in"] == "body")
    fields = body["schema"]["properties"]
    fields["url"] |= {"x-ms-notification-url": True, "x-ms-visibility": "internal"}


def _parameter(parameter: Mapping[str, Any]) -> Plain:
    told = dict(parameter)
    told["description"] = sentence(parameter["description"])
    told["x-ms-summary"] = title(parameter["name"])
    if told["in"] == "path":
        told["x-ms-url-encoding"] = "single"
    if told["in"] == "header":
        told["x-ms-visibility"] = "advanced"
    if "schema" in told:
        told["schema"] = _titled(told["schema"])
    return told


def _responses(responses: Mapping[str, Any]) -> Plain:
    """One shape of success: of several the importer would take the first that it meets."""
    good = min(status for status in responses if status.startswith("2"))
    answer = dict(responses[good])
    answer["description"] = sentence(answer["description"])
    if "schema" in answer:
        answer["schema"] = _titled(answer["schema"])
    problem = {"$ref": "#/definitions/Problem"}
    return {good: answer, "default": {"description": "Why not.", "schema": problem}}


def _titled(schema: Any) -> Plain:
    """A schema in which everything has a type and a name for people."""
    told = {name: value for name, value in schema.items() if name in _SCHEMA_WORDS}
    if "enum" in told and None in told["enum"]:
        told["enum"] = [each for each in told["enum"] if each is not None]
    if "properties" in told:
        told["properties"] = dict(_named(told["properties"]))
    told.setdefault("type", "object" if "enum" not in told else "string")
    if told["type"] == "array":
        told["items"] = _titled(schema.get("items", {}))
    return told


_SCHEMA_WORDS: Final = (
    *("type", "description", "enum", "properties", "required", "format", "default"),
    *("minimum", "maximum", "minLength", "maxLength"),
)


def _named(properties: Mapping[str, Any]) -> Iterator[tuple[str, Plain]]:
    for name, each in properties.items():
        yield name, {"x-ms-summary": title(name)} | _titled(each)


def _compact(data: Plain) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


def _pretty(data: Plain) -> bytes:
    return (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode()


_INFO: Final[Plain] = {
    "title": "Counterfoil",
    "description": "Reads finance documents of any format, checks and matches them, and writes "
    "each into other systems exactly once.",
    "contact": {"name": "Counterfoil", "url": "https://github.com/counterfoil/counterfoil"},
    "license": {"name": "MIT"},
}
_PROPERTIES: Final[Plain] = {
    "properties": {
        "connectionParameters": {
            "api_key": {
                "type": "securestring",
                "uiDefinition": {
                    "displayName": "API key",
                    "description": "A key of Counterfoil; `counterfoil keys new` makes one.",
                    "tooltip": "It begins with cf_",
                    "constraints": {"tabIndex": 2, "clearText": False, "required": "true"},
                },
            }
        },
        "iconBrandColor": COLOUR,
        "capabilities": [],
        "publisher": "Counterfoil",
        "stackOwner": "Counterfoil",
        "policyTemplateInstances": [],
    }
}
_SETTINGS: Final[Plain] = {
    "connectorId": None,
    "environment": None,
    "apiProperties": "apiProperties.json",
    "apiDefinition": "apiDefinition.swagger.json",
    "icon": "icon.png",
    "powerAppsUrl": "https://api.powerapps.com",
    "powerAppsApiVersion": "2016-11-01",
}
