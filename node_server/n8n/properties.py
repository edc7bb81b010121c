"""Forms as the properties of n8n's editor."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from node_server.n8n.forms import Field
from node_server.n8n.wording import camel, title, titled

Property = dict[str, Any]
Show = Mapping[str, Sequence[str]]

_FROM_LIST: Final = (
    'Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">'
    "expression</a>."
)
_SEARCHED: Final = {"connections": "searchConnections", "documents": "searchDocuments"}
_ALPHABETICAL_FROM: Final = 5
_JSON_DEFAULT: Final = "{}"


def editor_name(field: Field, resource: str) -> str:
    """The name in the editor: `resource` means something else there, and `id` too little."""
    if field.name == "resource":
        return "resourceName"
    if field.kind == "locator":
        return "connectionId" if field.load == "connections" else "documentId"
    return f"{resource}Id" if field.name == "id" else camel(field.name)


def choice(name: str, value: str, says: str = "", action: str = "") -> dict[str, str]:
    """One choice of a list."""
    made = {"name": name, "value": value}
    made |= {"description": says} if says and says != name else {}
    return made | ({"action": action} if action else {})


def by_name(choices: Iterable[dict[str, str]]) -> list[dict[str, str]]:
    """Choices as the editor lists them."""
    return sorted(choices, key=lambda each: each["name"].casefold())


def selector(name: str, heading: str, choices: list[dict[str, str]], show: Show) -> Property:
    """A list of which nothing can be an expression: resource or operation."""
    made: Property = {
        "displayName": heading,
        "name": name,
        "type": "options",
        "noDataExpression": True,
    }
    made |= {"displayOptions": {"show": dict(show)}} if show else {}
    return made | {"options": by_name(choices), "default": choices[0]["value"]}


def property_of(field: Field, resource: str, show: Show | None = None) -> Property:
    """A field as a property; without `show` one of a collection."""
    heading = _heading(field, resource)
    made: Property = {"displayName": heading, "name": editor_name(field, resource)}
    made |= _typed(field, resource)
    if field.required and show is not None:
        made["required"] = True
    if show:
        made["displayOptions"] = {"show": dict(show)}
    made["description"] = _description(field, heading)
    return made


def _heading(field: Field, resource: str) -> str:
    if field.kind == "locator":
        return "Connection" if field.load == "connections" else "Document"
    heading = f"{title(resource)} ID" if field.name == "id" else field.title
    return f"{heading} Name or ID" if field.load else heading


def _typed(field: Field, resource: str) -> Property:
    if field.kind == "locator":
        return _locator(field)
    if field.load:
        depends = {"loadOptionsDependsOn": ["connector", "options.connector", "connectionId.value"]}
        about = depends if field.name == "resource" else {}
        options: Property = {"loadOptionsMethod": field.load, **about}
        return {"type": "options", "typeOptions": options, "default": ""}
    if field.kind in ("options", "multiOptions"):
        return _options(field)
    if field.kind == "number":
        bounds = {"minValue": field.least, "maxValue": field.most}
        stated = {name: value for name, value in bounds.items() if value is not None}
        bounded = {"typeOptions": stated} if stated else {}
        return {"type": "number", **bounded, "default": field.default or field.least or 0}
    if field.kind == "boolean":
        return {"type": "boolean", "default": bool(field.default)}
    if field.kind == "json":
        return {"type": "json", "default": _JSON_DEFAULT}
    return {"type": "string", "default": "" if field.default is None else str(field.default)}


def _options(field: Field) -> Property:
    choices = [choice(titled(each.replace("_", " ")), each) for each in field.options]
    shown = by_name(choices) if len(choices) >= _ALPHABETICAL_FROM else choices
    default: Any = [] if field.kind == "multiOptions" else field.default or field.options[0]
    return {"type": field.kind, "options": shown, "default": default}


def _locator(field: Field) -> Property:
    assert field.load is not None  # noqa: S101  (only fields with a list are locators)
    of_item = field.load == "documents"
    unset = {"mode": "list", "value": ""}
    default = {"mode": "id", "value": "={{ $json.id }}"} if of_item else unset
    search = {"searchListMethod": _SEARCHED[field.load], "searchable": True}
    example = "e.g. inv_xcz5mmqd6wcxnvcnkip3edr7qa" if of_item else "e.g. xero-main"
    modes = [
        {"displayName": "From List", "name": "list", "type": "list", "typeOptions": search},
        {"displayName": "By ID", "name": "id", "type": "string", "placeholder": example},
    ]
    return {"type": "resourceLocator", "default": default, "modes": modes}


def _description(field: Field, heading: str) -> str:
    said = field.told
    if field.load and field.kind != "locator":
        return f"{said}. {_FROM_LIST}"
    if said == heading:
        said = f"{said} that is meant"
    return said if ". " not in said else f"{said}."


def collection(name: str, properties: list[Property], show: Show) -> Property:
    """Optional fields together, each added when it is wanted."""
    heading = titled(name)
    return {
        "displayName": heading,
        "name": name,
        "type": "collection",
        "placeholder": f"Add {heading.removesuffix('s').lower()}",
        "default": {},
        "displayOptions": {"show": dict(show)},
        "options": sorted(properties, key=lambda each: str(each["displayName"])),
    }


def paging(show: Show) -> list[Property]:
    """How much of a list is wanted."""
    bounded = {**show, "returnAll": [False]}
    return [
        {
            "displayName": "Return All",
            "name": "returnAll",
            "type": "boolean",
            "default": False,
            "displayOptions": {"show": dict(show)},
            "description": "Whether to return all results or only up to a given limit",
        },
        {
            "displayName": "Limit",
            "name": "limit",
            "type": "number",
            "typeOptions": {"minValue": 1},
            "default": 50,
            "displayOptions": {"show": bounded},
            "description": "Max number of results to return",
        },
    ]
