"""The fields that say what of an item goes along: its file, its JSON, a document, single fields."""

from __future__ import annotations

from typing import Final

from node_server.n8n.properties import Property, Show, choice

_AUTOMATIC: Final = choice("Automatic", "auto", "The item's file if it has one, else its JSON")
_SOURCES: Final = {
    "payload": [
        _AUTOMATIC,
        choice("File", "binary", "A file of the item: PDF, XML, EDI, a statement, an archive"),
        choice("JSON", "json", "JSON of this field, the whole item unless changed"),
        choice("Text", "text", "Text of this field"),
    ],
    "document": [
        choice("Document of the Item", "document", "What Map, Ingest or Get gave"),
        choice("Fields", "fields", "A document put together from single fields"),
        choice("JSON", "json", "JSON of this field, the whole item unless changed"),
    ],
}  # fmt: skip
_INTAKE: Final = [
    _AUTOMATIC,
    choice("Document of the Item", "document", "A canonical document, as Map gave it"),
    choice("Fields", "fields", "A canonical document put together from single fields"),
    *_SOURCES["payload"][1:],
]


def carrying(carries: str, operation: str, show: Show, *, writes_file: bool) -> list[Property]:
    """The fields of an operation that takes something of the item along."""
    options = _INTAKE if operation == "ingest" else _SOURCES[carries]
    made = [_source(options, show)]
    kinds = {each["value"] for each in options}
    shown = {name: {**show, "inputSource": wanted} for name, wanted in _WHEN.items()}
    if "binary" in kinds:
        made.append(_binary(shown["binary"]))
    if "text" in kinds:
        made.append(_text(shown["text"]))
    made.append(_json(shown["json"]))
    if "fields" in kinds:
        made += _fields(shown["fields"])
    return [*made, *([_output(show)] if writes_file else [])]


_WHEN: Final = {
    "binary": ["auto", "binary"], "text": ["text"], "json": ["json"], "fields": ["fields"],
}  # fmt: skip


def _source(options: list[dict[str, str]], show: Show) -> Property:
    return {
        "displayName": "Input",
        "name": "inputSource",
        "type": "options",
        "options": options,
        "default": options[0]["value"],
        "displayOptions": {"show": dict(show)},
        "description": "What of each item is meant",
    }


def _binary(show: Show) -> Property:
    return {
        "displayName": "Input Binary Field",
        "name": "binaryPropertyName",
        "type": "string",
        "default": "data",
        "displayOptions": {"show": dict(show)},
        "hint": "The name of the input field containing the file",
        "description": "Name of the field of the item that holds the file",
    }


def _text(show: Show) -> Property:
    return {
        "displayName": "Text",
        "name": "text",
        "type": "string",
        "typeOptions": {"rows": 5},
        "required": True,
        "default": "",
        "displayOptions": {"show": dict(show)},
        "description": "The payload itself: XML, EDI, CSV, a statement",
    }


def _json(show: Show) -> Property:
    return {
        "displayName": "JSON",
        "name": "json",
        "type": "json",
        "required": True,
        "default": "={{ $json }}",
        "displayOptions": {"show": dict(show)},
        "description": "What is meant, as JSON",
    }


_MAPPER: Final[Property] = {
    "resourceMapperMethod": "fields",
    "mode": "add",
    "fieldWords": {"singular": "field", "plural": "fields"},
    "addAllFields": False,
    "multiKeyMatch": False,
    "supportAutoMap": True,
}
_KIND: Final[Property] = {
    "displayName": "Kind Name or ID",
    "name": "kind",
    "type": "options",
    "typeOptions": {"loadOptionsMethod": "kinds"},
    "required": True,
    "default": "invoice",
    "description": "Kind of document. Choose from the list, or specify an ID using an "
    '<a href="https://docs.n8n.io/code/expressions/">expression</a>.',
}


def _fields(show: Show) -> list[Property]:
    fields: Property = {
        "displayName": "Fields",
        "name": "fields",
        "type": "resourceMapper",
        "noDataExpression": True,
        "required": True,
        "default": {"mappingMode": "defineBelow", "value": None},
        "typeOptions": {"loadOptionsDependsOn": ["kind"], "resourceMapper": _MAPPER},
        "description": "Fields of the canonical document; amounts are texts",
    }
    return [each | {"displayOptions": {"show": dict(show)}} for each in (_KIND, fields)]


def _output(show: Show) -> Property:
    return {
        "displayName": "Put Output File in Field",
        "name": "outputBinaryField",
        "type": "string",
        "required": True,
        "default": "data",
        "displayOptions": {"show": dict(show)},
        "hint": "The name of the output field to put the file in",
        "description": "Name of the field of the item that the file is put into",
    }


BATCH_SIZE: Final[Property] = {
    "displayName": "Batch Size",
    "name": "batchSize",
    "type": "number",
    "typeOptions": {"minValue": 1, "maxValue": 1000},
    "default": 500,
    "description": "How many items go into one call to the server",
}
