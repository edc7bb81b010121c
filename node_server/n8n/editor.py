"""The form of one operation in the editor, and how the package carries it out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from node_server.n8n.carrying import BATCH_SIZE, carrying
from node_server.n8n.catalogue import Node
from node_server.n8n.forms import Field
from node_server.n8n.properties import (
    Property,
    Show,
    collection,
    editor_name,
    paging,
    property_of,
)


@dataclass(frozen=True, slots=True)
class Use:
    """An operation as one node of the editor has it; `fixed` is what that node says by itself."""

    node: Node
    resource: str
    fixed: tuple[str, ...] = ()

    @property
    def fields(self) -> tuple[Field, ...]:
        """What is left to ask for."""
        return tuple(each for each in self.node.form.fields if each.name not in self.fixed)


def properties(use: Use, show: Show) -> list[Property]:
    """Everything that the form of an operation shows, in order."""
    offer, form = use.node.offer, use.node.form
    needed = [each for each in use.fields if each.required]
    made = [property_of(each, use.resource, show) for each in needed]
    if offer.carries != "nothing":
        writes = offer.endpoint == "render"
        made += carrying(offer.carries, offer.operation, show, writes_file=writes)
    made += paging(show) if form.paged_by else []
    optional = [property_of(each, use.resource) for each in use.fields if not each.required]
    if offer.carries != "nothing":
        optional.append(BATCH_SIZE)
    if optional:
        made.append(collection(_collection(use), optional, show))
    return made


def _collection(use: Use) -> str:
    return "filters" if use.node.form.paged_by else "options"


def wiring(use: Use, fixed: dict[str, str] | None = None) -> dict[str, Any]:
    """What the package must know to carry it out: fields of the form, parameters of the server."""
    offer = use.node.offer
    names = {editor_name(each, use.resource): each for each in use.fields}
    made: dict[str, Any] = {
        "node": offer.known_as,
        "parameters": {name: field.name for name, field in names.items() if field.required},
    }
    if optional := {name: field.name for name, field in names.items() if not field.required}:
        made |= {"collection": _collection(use), "optional": optional}
    if json := [name for name, field in names.items() if field.kind == "json"]:
        made["json"] = json
    if lists := [name for name, field in names.items() if field.many]:
        made["lists"] = lists
    if offer.carries != "nothing":
        made["carries"] = offer.carries
    if use.node.form.paged_by:
        made["cursor"] = use.node.form.paged_by
    return made | ({"fixed": fixed} if fixed else {})
