"""What an operation asks for, drawn from the API's description: the fields of its form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from node_server.n8n.offers import Offer
from node_server.n8n.wording import described, title

Kind = Literal["string", "number", "boolean", "json", "options", "multiOptions", "locator"]

# Never asked for: n8n has its own way of saying it.
_NOT_ASKED: Final = frozenset({"limit", "cursor", "envelope", "filename"})
# Fields whose choices the server knows, by the parameter's name.
_CHOICES: Final = {"connector": "readers", "entity": "entities", "connection": "connections"}
_DATES: Final = ("_from", "_to", "_since", "on")


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form."""

    name: str
    kind: Kind
    says: str
    required: bool = False
    options: tuple[str, ...] = ()
    default: Any = None
    load: str | None = None
    """Name of the list under `/v1/nodes/choices`."""
    least: int | None = None
    most: int | None = None
    many: bool = False
    """Whether several may be stated, parted by commas."""

    @property
    def title(self) -> str:
        """Its heading."""
        return title(self.name)

    @property
    def told(self) -> str:
        """What is said of it."""
        return described(self.name, self.says, self.kind)


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of an operation, and whether its rows come in pages."""

    fields: tuple[Field, ...]
    paged_by: str | None = None


def form_of(path: str, operation: Mapping[str, Any], offer: Offer) -> Form:
    """The form of one operation of the API."""
    parameters = [each for each in operation.get("parameters", ()) if each["in"] != "header"]
    names = {each["name"] for each in parameters}
    paged = "limit" in names
    cursor = next((name for name in ("cursor", "after") if paged and name in names), None)
    asked = [each for each in parameters if each["name"] not in (*_NOT_ASKED, cursor)]
    fields = [_parameter(path, each, offer) for each in asked]
    if offer.carries == "nothing":
        fields += _of_body(path, operation)
    return Form(tuple(fields), cursor)


def _parameter(path: str, stated: Mapping[str, Any], offer: Offer) -> Field:
    needed = stated["in"] == "path" or (offer.operation == "render" and stated["name"] != "strict")
    schema, says = stated["schema"], {"description": stated["description"]}
    many = schema.get("type") == "array"
    one = schema["items"] if many else schema
    return _field(path, stated["name"], one | says, needed, offer, many=many)


def _of_body(path: str, operation: Mapping[str, Any]) -> Iterator[Field]:
    content = operation.get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema", {})
    needed = schema.get("required", ())
    for name, stated in schema.get("properties", {}).items():
        yield _field(path, name, stated, name in needed, None)


def _field(
    path: str, name: str, schema: Mapping[str, Any], needed: bool, offer: Offer | None, *,
    many: bool = False,
) -> Field:  # fmt: skip
    says = schema.get("description") or title(name)
    load = _list_for(path, name, offer)
    kind: Kind = "locator" if load in ("connections", "documents") and needed else _kind(schema)
    kind = "options" if load and kind == "string" else kind
    choices = tuple(map(str, schema.get("enum") or schema.get("items", {}).get("enum", ())))
    return Field(
        name, kind, says, needed, choices, schema.get("default"), load,
        schema.get("minimum"), schema.get("maximum"), many,
    )  # fmt: skip


def _kind(schema: Mapping[str, Any]) -> Kind:
    if "enum" in schema:
        return "options"
    stated = schema.get("type")
    if stated == "array" and "enum" in schema.get("items", {}):
        return "multiOptions"
    plain: dict[Any, Kind] = {"string": "string", "integer": "number", "number": "number",
                              "boolean": "boolean"}  # fmt: skip
    return plain.get(stated, "json")


def _list_for(path: str, name: str, offer: Offer | None) -> str | None:
    if name == "id":
        return _THINGS.get(path.split("/")[2])
    if name == "document":
        return "documents" if "{id}/post" in path else None
    if name == "connector":
        return "writers" if offer is not None and offer.operation == "render" else "readers"
    if name == "resource":
        return _RESOURCES.get(offer.operation if offer else path.rpartition("/")[2])
    return _CHOICES.get(name)


_THINGS: Final = {"connections": "connections", "documents": "documents"}
_RESOURCES: Final = {
    "render": "written", "explain": "read", "pull": "pulled", "post": "posted", "map": "read",
    "ingest": "read",
}  # fmt: skip
