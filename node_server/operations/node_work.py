"""The nodes of n8n, carried out: one result for each item, wrong ones told in their place."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

import connectors
from canonical_model import wire
from node_server.auth import Principal, roles_that_may
from node_server.errors import Refusal, refusal_of
from node_server.n8n.items import Content, content_of, done, failed
from node_server.n8n.nodes import NODES
from node_server.operations.documents import get_document
from node_server.operations.entities import context_of
from node_server.operations.house import House
from node_server.operations.ingesting import Intake, Payload, ingest
from node_server.operations.mapping import why_nothing
from node_server.operations.rendering import render_plain
from node_server.operations.stepping import Wish, step
from node_server.operations.validating import validate

Outputs = list[dict[str, Any]]
Given = Mapping[str, Any]


def described() -> list[dict[str, Any]]:
    """Every node with its parameters."""
    return [node.described() for node in NODES.values()]


def execute(
    house: House, who: Principal, name: str, items: list[dict[str, Any]], parameters: Given
) -> dict[str, Any]:
    """The result of each item, in order."""
    node = NODES.get(name)
    if node is None:
        known = ", ".join(NODES)
        raise Refusal(404, "not_found", f"there is no node {name[:40]!r}; there are {known}")
    if node.permission not in who.permissions:
        roles = ", ".join(roles_that_may(node.permission))
        raise Refusal(403, "forbidden", f"this node needs one of the roles {roles}")
    work = _WORK[name]
    results = []
    for number, item in enumerate(items):
        given = {**parameters, **(item.get("parameters") or {})}
        try:
            results.append(done(number, work(house, who, item, given)))
        except Exception as error:
            refusal = refusal_of(error)
            if refusal is None:
                raise
            results.append(failed(number, refusal))
    return {"results": results}


def _list(given: Given, name: str) -> tuple[str, ...]:
    stated = given.get(name) or ()
    parts = stated.split(",") if isinstance(stated, str) else stated
    return tuple(part.strip() for part in parts if part.strip())


def _map(house: House, who: Principal, item: Given, given: Given) -> Outputs:
    content = content_of(item, given)
    context = context_of(
        house, who.tenant, entity=given.get("entity") or None, own_ids=_list(given, "ownIds")
    )
    outputs: Outputs = []
    for name, member in connectors.unpack(content.data, content.filename or ""):
        result = connectors.map_payload(
            member,
            connector=given.get("connector") or None,
            resource=given.get("resource") or None,
            filename=name or None,
            overlay=house.overlay_of(who.tenant),
            context=context,
        )
        if not result.records:
            raise why_nothing([wire.to_plain(issue) for issue in result.issues])
        about = {"connector": result.connector, "resource": result.resource}
        outputs += [{**about, **wire.to_plain(record)} for record in result.records]
    return outputs


def _ingest(house: House, who: Principal, item: Given, given: Given) -> Outputs:
    content: Content = content_of(item, given)
    how = Intake(
        given.get("connector") or None,
        given.get("resource") or None,
        given.get("entity") or None,
        _list(given, "ownIds"),
    )
    payload = Payload(content.data, content.mime, content.filename)
    outcome = ingest(house, who, payload, how)
    return list(outcome["documents"])


def _document(item: Given) -> Any:
    """The canonical document of an item: itself, or the one in the record that `map` gave."""
    stated = item.get("json") or {}
    return stated.get("document", stated)


def _validate(_house: House, who: Principal, item: Given, given: Given) -> Outputs:
    data = msgspec.json.encode(_document(item))
    return [validate(data, ignore=_list(given, "ignore"), tenant=who.tenant)]


def _render(house: House, who: Principal, item: Given, given: Given) -> Outputs:
    overlay = house.overlay_of(who.tenant)
    made = render_plain(
        [_document(item)], _needed(given, "connector"), _needed(given, "resource"), overlay
    )
    content = {"data": base64.b64encode(made.payload).decode(), "mimeType": made.mime}
    return [{"payload": content, "issues": made.issues}]


def _move(house: House, who: Principal, item: Given, given: Given) -> Outputs:
    to: Any = _needed(given, "to")  # an unknown state is refused with the legal ones
    wish = Wish(
        to,
        given.get("reason") or None,
        None,
        given.get("code") or None,
    )
    return [step(house, who, _id(item), wish)]


def _get(house: House, who: Principal, item: Given, _given: Given) -> Outputs:
    return [get_document(house, who.tenant, _id(item))]


def _id(item: Given) -> str:
    stated = (item.get("json") or {}).get("id")
    if not isinstance(stated, str):
        raise Refusal(422, "body_invalid", "the item has no `id`; send what `ingest` gave")
    return stated


def _needed(given: Given, name: str) -> str:
    stated = given.get(name)
    if not isinstance(stated, str) or not stated:
        raise Refusal(422, "parameter_invalid", f"parameter {name!r} is missing")
    return stated


_WORK: dict[str, Callable[[House, Principal, Given, Given], Outputs]] = {
    "map": _map,
    "ingest": _ingest,
    "validate": _validate,
    "render": _render,
    "move": _move,
    "get": _get,
}
