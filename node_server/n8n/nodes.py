"""What n8n may ask for: each node with its parameters, from which its editor form is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter of a node."""

    name: str
    title: str
    says: str
    type: str = "string"
    required: bool = False
    default: Any = ""
    options: tuple[str, ...] = ()
    load: str | None = None
    """Address from which the editor loads the choices."""

    def described(self) -> dict[str, Any]:
        """As `GET /v1/nodes` tells it."""
        told = {
            "name": self.name,
            "displayName": self.title,
            "description": self.says,
            "type": "options" if self.options else self.type,
            "required": self.required,
            "default": self.default,
        }
        if self.options:
            told["options"] = [{"name": each, "value": each} for each in self.options]
        return told | ({"loadOptions": self.load} if self.load else {})


@dataclass(frozen=True, slots=True)
class Node:
    """One node."""

    name: str
    title: str
    says: str
    permission: str
    fields: tuple[Field, ...]

    def described(self) -> dict[str, Any]:
        """As `GET /v1/nodes` tells it."""
        return {
            "name": self.name,
            "displayName": self.title,
            "description": self.says,
            "permission": self.permission,
            "properties": [each.described() for each in self.fields],
            "execute": f"/v1/nodes/{self.name}/execute",
        }


_CONNECTOR = Field(
    "connector", "Connector", "Found by itself when empty", load="/v1/connectors?envelope=false"
)
_RESOURCE = Field("resource", "Resource", "Found by itself when empty")
_BINARY = Field("binaryProperty", "Input Binary Field", "Field that holds the file", default="data")
_TEXT = Field("textField", "Text Field", "Field that holds the payload, where it is no file")
_ENTITY = Field("entity", "Legal Entity", "Ours; found by itself when its identifiers are kept")
_OWN_IDS = Field("ownIds", "Own Identifiers", "VAT numbers and the like, parted by commas")
_READ = (_CONNECTOR, _RESOURCE, _BINARY, _TEXT, _ENTITY, _OWN_IDS)

NODES: dict[str, Node] = {
    node.name: node
    for node in (
        Node("map", "Map Payload", "Read any finance payload as canonical documents", "map", _READ),
        Node(
            "ingest", "Take In Document",
            "Read a payload and store what is new in it; the same document twice is one",
            "ingest", _READ,
        ),
        Node(
            "validate", "Validate Document", "Check a canonical document", "map",
            (Field("ignore", "Ignore Rules", "Ids of rules, parted by commas"),),
        ),
        Node(
            "render", "Render Payload", "Write a canonical document as another system's payload",
            "map",
            (
                Field("connector", "Connector", "Who writes", required=True,
                      load="/v1/connectors?envelope=false"),
                Field("resource", "Resource", "What to write", required=True),
            ),
        ),
        Node(
            "move", "Move Document", "Approve, reject, hold or archive a document", "read",
            (
                Field("to", "To State", "Where to", required=True),
                Field("reason", "Reason", "Why"),
                Field("code", "Code", "Exception code, or reason of archiving"),
            ),
        ),
        Node("get", "Get Document", "Fetch a document with its state", "read", ()),
    )
}  # fmt: skip
